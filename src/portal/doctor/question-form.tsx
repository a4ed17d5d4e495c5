import { Button, Combobox, Field, Option } from '@fluentui/react-components'
import { StethoscopeRegular } from '@fluentui/react-icons/svg/stethoscope'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { collection } from '../api/queries.ts'
import type { Person } from '../api/types.ts'
import { CopyButton } from '../parts/copyable.tsx'
import { ChoiceField, TextField } from '../parts/fields.tsx'
import { compact } from '../parts/search.ts'
import { callModes, credentialsModes, type DoctorSearch, doctorSearch } from './search.ts'

interface QuestionFormProps {
  readonly question: DoctorSearch
  readonly onAsk: (question: DoctorSearch) => void
}

type Set = (part: Partial<Record<keyof DoctorSearch, string>>) => void

/** Everything that can be said about the call; most of it may be left out. */
export function QuestionForm({ question, onAsk }: QuestionFormProps) {
  const [typed, setTyped] = useState<DoctorSearch>(question)
  const set: Set = (part) => setTyped(doctorSearch({ ...typed, ...part }))
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
      <details className="doctor-more" open={hasMore(question)}>
        <summary>More about the call, and who makes it</summary>
        <MoreFields typed={typed} set={set} />
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

interface MoreFieldsProps {
  readonly typed: DoctorSearch
  readonly set: Set
}

const credentialLabels = {
  include: 'With cookies (include)',
  'same-origin': 'Cookies to its own origin only (same-origin)',
  omit: 'Without cookies (omit)',
} as const

const modeLabels = {
  cors: 'fetch or XMLHttpRequest',
  'no-cors': 'fetch with mode: no-cors',
  webSocket: 'WebSocket',
} as const

function MoreFields({ typed, set }: MoreFieldsProps) {
  return (
    <div className="doctor-more-fields">
      <TextField
        label="Headers the page sets"
        hint="Names, such as x-api-key, if-match."
        value={typed.headers ?? ''}
        onChange={(headers) => set({ headers })}
      />
      <TextField
        label="Content type it sends"
        placeholder="application/json"
        value={typed.type ?? ''}
        onChange={(type) => set({ type })}
      />
      <ChoiceField
        label="Credentials"
        value={typed.credentials ?? 'include'}
        choices={credentialsModes.map((mode) => [mode, credentialLabels[mode]])}
        onChange={(credentials) => set({ credentials })}
      />
      <ChoiceField
        label="How it calls"
        value={typed.mode ?? 'cors'}
        choices={callModes.map((mode) => [mode, modeLabels[mode]])}
        onChange={(mode) => set({ mode })}
      />
      <PersonField value={typed.person ?? ''} onChange={(person) => set({ person })} />
      <TextField
        label="From the IP address"
        hint="For policies that look at places."
        value={typed.ip ?? ''}
        onChange={(ip) => set({ ip })}
      />
    </div>
  )
}

// More are found by typing.
const offeredMax = 50

interface PersonFieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
}

/** See as this person: assignments and policies are those of whoever is named. */
function PersonField({ value, onChange }: PersonFieldProps) {
  const { data: people = [] } = useQuery(collection<Person>('/users'))
  const wanted = value.toLowerCase()
  const offered = people.filter(({ displayName, userPrincipalName }) =>
    `${displayName}\n${userPrincipalName}`.toLowerCase().includes(wanted),
  )
  return (
    <Field
      label="See as this person"
      hint="Nobody: somebody whom assignments and policies let in; for a visit, somebody who is signed out."
    >
      <Combobox
        freeform
        clearable
        value={value}
        selectedOptions={[value]}
        placeholder="ann@contoso.com"
        onChange={(event) => onChange(event.target.value)}
        onOptionSelect={(_event, { optionValue = '' }) => onChange(optionValue)}
      >
        {offered.slice(0, offeredMax).map(({ id, displayName, userPrincipalName }) => (
          <Option key={id} value={userPrincipalName} text={userPrincipalName}>
            {displayName} <span className="soft">{userPrincipalName}</span>
          </Option>
        ))}
      </Combobox>
    </Field>
  )
}
