import { Button } from '@fluentui/react-components'
import { StethoscopeRegular } from '@fluentui/react-icons/svg/stethoscope'
import { type FormEvent, lazy, Suspense, useState } from 'react'
import { CopyButton } from '../parts/copyable.tsx'
import { TextField } from '../parts/fields.tsx'
import { compact } from '../parts/search.ts'
import type { SetFields } from './more-fields.tsx'
import { type DoctorSearch, doctorSearch } from './search.ts'

// Choosing a person brings what the page can do without at first.
const MoreFields = lazy(async () => ({ default: (await import('./more-fields.tsx')).MoreFields }))

interface QuestionFormProps {
  readonly question: DoctorSearch
  readonly onAsk: (question: DoctorSearch) => void
}

/** Everything that can be said about the call; most of it may be left out. */
export function QuestionForm({ question, onAsk }: QuestionFormProps) {
  const [typed, setTyped] = useState<DoctorSearch>(question)
  const [isMore, setIsMore] = useState(hasMore(question))
  const set: SetFields = (part) => setTyped(doctorSearch({ ...typed, ...part }))
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const { request: _, ...asked } = typed
    if (asked.target === undefined) setProblem('Which address is called?')
    else onAsk(compact(asked))
  }
  return (
    <form className="stack" onSubmit={submit} aria-label="The call">
      <div className="doctor-addresses">
        <TextField
          label="Page that calls"
          hint="Empty: somebody opens the address."
          type="url"
          placeholder="https://shop.contoso.com/"
          value={typed.page ?? ''}
          onChange={(page) => set({ page })}
        />
        <TextField
          label="Address that is called"
          hint="Query and fragment decide nothing, and are left out."
          type="url"
          placeholder="https://stock.contoso.com/api/values"
          required
          value={typed.target ?? ''}
          problem={problem}
          onChange={(target) => set({ target })}
        />
        <TextField
          label="Method"
          value={typed.method ?? ''}
          placeholder="GET"
          onChange={(method) => set({ method })}
        />
      </div>
      <details
        className="doctor-more"
        open={isMore}
        onToggle={({ currentTarget }) => setIsMore(currentTarget.open)}
      >
        <summary>More about the call, and who makes it</summary>
        <Suspense>{isMore && <MoreFields typed={typed} set={set} />}</Suspense>
      </details>
      <div className="command-bar">
        <Button type="submit" appearance="primary" icon={<StethoscopeRegular />}>
          Examine
        </Button>
        {question.target !== undefined && (
          <span className="doctor-share">
            <CopyButton text={location.href} label="the address of this examination" />
            <span className="soft">for somebody else</span>
          </span>
        )}
      </div>
    </form>
  )
}

function hasMore({ headers, type, credentials, mode, person, ip }: DoctorSearch): boolean {
  return [headers, type, credentials, mode, person, ip].some((value) => value !== undefined)
}
