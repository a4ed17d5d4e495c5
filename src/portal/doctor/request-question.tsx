import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { listApi, readApi } from '../api/client.ts'
import { Loaded } from '../parts/waiting.tsx'
import type { LiveRequest } from '../requests/types.ts'
import { questionOfRequest, type Refusal } from './of-request.ts'
import type { DoctorSearch } from './search.ts'

interface RequestQuestionProps {
  readonly id: string
  readonly onFound: (question: DoctorSearch) => void
}

/** Looks a request up, and asks about it. */
export function RequestQuestion({ id, onFound }: RequestQuestionProps) {
  const found = useQuery({
    queryKey: ['doctor-request', id],
    queryFn: async ({ signal }) => {
      const request = await readApi<LiveRequest>(`/requests/${encodeURIComponent(id)}`, signal)
      const path = `/applications/${request.applicationId}/onPremisesPublishing/corsRefusals`
      const wanted = request.kind === 'preflight' && request.applicationId !== undefined
      const refusals = wanted ? await listApi<Refusal>(path, signal) : []
      return questionOfRequest(request, refusals)
    },
  })
  const question = found.data
  useEffect(() => {
    if (question) onFound(question)
  }, [question, onFound])
  return (
    <Loaded query={found} what="request">
      {() => null}
    </Loaded>
  )
}
