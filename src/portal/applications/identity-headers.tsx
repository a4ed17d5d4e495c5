import { Button, Input, Select } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { DeleteRegular } from '@fluentui/react-icons/svg/delete'
import type { IdentityHeader, Publishing } from '../api/types.ts'
import { ChoiceField } from '../parts/fields.tsx'

type Mapping = Publishing['headerBasedSingleSignOn']

interface IdentityHeadersProps {
  readonly value: Mapping
  readonly onChange: (value: Mapping) => void
  readonly problem: (path: string) => string | undefined
}

const sources: readonly (readonly [IdentityHeader['source'], string])[] = [
  ['attribute', 'A fact about the person'],
  ['claim', 'A claim of the provider'],
  ['groups', 'Their groups'],
  ['roles', 'Their roles'],
  ['constant', 'Always the same'],
]

// What the directory knows of people and groups; the other sources take free text.
const known: Partial<Record<IdentityHeader['source'], readonly string[]>> = {
  attribute: ['userPrincipalName', 'displayName', 'mail', 'mailNickname', 'id'],
  groups: ['displayName', 'id', 'allDisplayNames', 'allIds'],
}

/** Which header carries what. */
export function IdentityHeaders({ value, onChange, problem }: IdentityHeadersProps) {
  const { headers } = value
  const replace = (next: readonly IdentityHeader[]): void => onChange({ ...value, headers: next })
  const change = (at: number, part: Partial<IdentityHeader>): void =>
    replace(headers.map((header, index) => (index === at ? { ...header, ...part } : header)))
  const add = (): void =>
    replace([...headers, { name: '', source: 'attribute', value: 'userPrincipalName' }])
  return (
    <>
      {headers.map((header, index) => (
        <HeaderRow
          // biome-ignore lint/suspicious/noArrayIndexKey: a mapping has no identity but its place
          key={index}
          place={index + 1}
          header={header}
          problem={problem(`headers/${index}`)}
          onChange={(part) => change(index, part)}
          onRemove={() => replace(headers.filter((_, other) => other !== index))}
        />
      ))}
      <div>
        <Button icon={<AddRegular />} onClick={add}>
          Add a header
        </Button>
      </div>
      <ChoiceField
        label="Letters beyond ASCII"
        value={value.valueEncoding}
        choices={[
          ['percent', 'Percent-encoded'],
          ['utf8', 'As UTF-8'],
          ['base64', 'As encoded words (Base64)'],
        ]}
        onChange={(valueEncoding) => onChange({ ...value, valueEncoding })}
        problem={problem('valueEncoding')}
      />
    </>
  )
}

interface HeaderRowProps {
  readonly place: number
  readonly header: IdentityHeader
  readonly problem: string | undefined
  readonly onChange: (part: Partial<IdentityHeader>) => void
  readonly onRemove: () => void
}

function HeaderRow({ place, header, problem, onChange, onRemove }: HeaderRowProps) {
  const choices = known[header.source]
  return (
    <div className="identity-row">
      <Input
        aria-label={`Name of header ${place}`}
        placeholder="X-Remote-User"
        value={header.name}
        onChange={(_event, data) => onChange({ name: data.value })}
      />
      <Select
        aria-label={`What header ${place} carries`}
        value={header.source}
        onChange={(_event, data) => {
          const source = data.value as IdentityHeader['source']
          onChange({ source, value: known[source]?.[0] ?? '' })
        }}
      >
        {sources.map(([id, label]) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </Select>
      {choices ? (
        <Select
          aria-label={`Value of header ${place}`}
          value={header.value}
          onChange={(_event, data) => onChange({ value: data.value })}
        >
          {choices.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </Select>
      ) : (
        <Input
          aria-label={`Value of header ${place}`}
          disabled={header.source === 'roles'}
          value={header.value}
          onChange={(_event, data) => onChange({ value: data.value })}
        />
      )}
      <Button
        appearance="subtle"
        aria-label={`Remove header ${place}`}
        icon={<DeleteRegular />}
        onClick={onRemove}
      />
      {problem !== undefined && (
        <p className="row-problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  )
}
