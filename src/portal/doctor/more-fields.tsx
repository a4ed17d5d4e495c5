import { Combobox, Field, Option } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { collection } from '../api/queries.ts'
import type { Person } from '../api/types.ts'
import { ChoiceField, TextField } from '../parts/fields.tsx'
import { callModes, credentialsModes, type DoctorSearch } from './search.ts'

/** Changes some fields of the question. */
export type SetFields = (part: Partial<Record<keyof DoctorSearch, string>>) => void

interface MoreFieldsProps {
  readonly typed: DoctorSearch
  readonly set: SetFields
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

/** What most questions leave out. */
export function MoreFields({ typed, set }: MoreFieldsProps) {
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
