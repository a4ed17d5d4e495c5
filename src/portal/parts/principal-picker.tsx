import { Combobox, Field, Option, OptionGroup, Tag, TagGroup } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { collection } from '../api/queries.ts'
import type { Group, Person } from '../api/types.ts'

/** Somebody who can be let in: a person or a group. */
export interface Principal {
  readonly id: string
  readonly displayName: string
  /** The user name, empty for a group. */
  readonly detail: string
  readonly type: 'User' | 'Group'
}

interface PrincipalPickerProps {
  readonly label: string
  readonly chosen: readonly Principal[]
  readonly onChange: (chosen: readonly Principal[]) => void
  /** Groups are offered, too, when unsaid. */
  readonly kind?: 'people'
  /** Ids that are not offered, because they are in already. */
  readonly without?: readonly string[]
}

/** Finds people and groups by name; the chosen ones stand below and can be taken away again. */
export function PrincipalPicker(props: PrincipalPickerProps) {
  const { label, kind, chosen, onChange, without = [] } = props
  const [text, setText] = useState('')
  const all = usePrincipals()
  const taken = new Set([...without, ...chosen.map(({ id }) => id)])
  const offered = findPrincipals(all, text).filter(
    ({ id, type }) => !taken.has(id) && (kind === undefined || type === 'User'),
  )
  return (
    <div className="principal-picker">
      <Field label={label}>
        <Combobox
          freeform
          placeholder="Type a name"
          value={text}
          selectedOptions={[]}
          onChange={(event) => setText(event.target.value)}
          onOptionSelect={(_event, { optionValue }) => {
            const found = all.find(({ id }) => id === optionValue)
            if (found) onChange([...chosen, found])
            setText('')
          }}
        >
          <Offers label="People" principals={offered.filter(({ type }) => type === 'User')} />
          <Offers label="Groups" principals={offered.filter(({ type }) => type === 'Group')} />
          {offered.length === 0 && <Option disabled>Nobody found</Option>}
        </Combobox>
      </Field>
      {chosen.length > 0 && (
        <TagGroup
          aria-label={`${label}: chosen`}
          className="principal-tags"
          onDismiss={(_event, { value }) => onChange(chosen.filter(({ id }) => id !== value))}
        >
          {chosen.map(({ id, displayName }) => (
            <Tag key={id} value={id} dismissible dismissIcon={{ 'aria-label': 'remove' }}>
              {displayName}
            </Tag>
          ))}
        </TagGroup>
      )}
    </div>
  )
}

function Offers({
  label,
  principals,
}: {
  readonly label: string
  readonly principals: readonly Principal[]
}) {
  if (principals.length === 0) return null
  return (
    <OptionGroup label={label}>
      {principals.map(({ id, displayName, detail }) => (
        <Option key={id} value={id} text={displayName}>
          {displayName}
          {detail !== '' && <span className="soft">{detail}</span>}
        </Option>
      ))}
    </OptionGroup>
  )
}

function usePrincipals(): readonly Principal[] {
  const { data: people = [] } = useQuery(collection<Person>('/users'))
  const { data: groups = [] } = useQuery(collection<Group>('/groups'))
  return [
    ...people.map(({ id, displayName, userPrincipalName }): Principal => {
      return { id, displayName, detail: userPrincipalName, type: 'User' }
    }),
    ...groups.map(
      ({ id, displayName }): Principal => ({ id, displayName, detail: '', type: 'Group' }),
    ),
  ]
}

// More than a person reads before typing another letter.
const offeredMax = 20

function findPrincipals(all: readonly Principal[], text: string): readonly Principal[] {
  const wanted = text.trim().toLowerCase()
  return all
    .filter(({ displayName, detail }) => `${displayName} ${detail}`.toLowerCase().includes(wanted))
    .slice(0, offeredMax)
}
