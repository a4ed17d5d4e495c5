import { Button } from '@fluentui/react-components'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import type { Change } from '../api/client.ts'
import { problemWithin } from '../api/problem.ts'
import { AsCode } from '../parts/as-code.tsx'
import { useChange } from '../parts/change.ts'
import { LinkButton } from '../parts/link-button.tsx'
import { Page } from '../parts/page.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { ReasonInput } from '../parts/reason-input.tsx'
import { useUnsaved } from '../parts/unsaved.ts'
import { type Policy, policiesPath } from './policies.ts'
import { PolicyFields, shownPaths } from './policy-fields.tsx'
import { bodyOf, newPolicy } from './policy-form.ts'

/** A new policy; it begins in report-only. */
export function NewPolicyPage() {
  const [form, setForm] = useState(newPolicy)
  const [reason, setReason] = useState('')
  const navigate = useNavigate()
  const { send, isSending, problem } = useChange()
  const unsaved = useUnsaved([form, reason])
  const change: Change = {
    method: 'POST',
    path: policiesPath,
    body: bodyOf(form),
    summary: `Created ${form.displayName}`,
  }
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const made = await send(change, { reason })
    if (!made) return
    unsaved.settle()
    await navigate({ to: '/policies/$id', params: { id: (made.value as Policy).id } })
  }
  return (
    <Page
      title="New policy"
      above={[{ path: '/policies', label: 'Conditional access' }]}
      lead="It begins in report-only: evaluated and written into the sign-in log, and nobody notices. Turn it on when its results are as expected."
    >
      <form onSubmit={submit} className="sections" noValidate {...unsaved.watch}>
        <PolicyFields
          form={form}
          set={(part) => setForm({ ...form, ...part })}
          problem={(path) => problemWithin(problem, path)}
        />
        <ProblemBar problem={problem} shown={shownPaths} />
        <div className="section-actions">
          <Button type="submit" appearance="primary" disabled={isSending}>
            {isSending ? 'Creating …' : 'Create'}
          </Button>
          <LinkButton to="/policies">Cancel</LinkButton>
          <ReasonInput value={reason} onChange={setReason} />
          <AsCode changes={[change]} />
        </div>
      </form>
    </Page>
  )
}
