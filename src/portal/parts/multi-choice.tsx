import { Combobox, Field, Option, Tag, TagGroup } from '@fluentui/react-components'
import { useState } from 'react'

interface MultiChoiceProps {
  readonly label: string
  readonly hint?: string
  readonly problem?: string | undefined
  /** Ids with what people call them. */
  readonly options: readonly (readonly [id: string, label: string])[]
  readonly chosen: readonly string[]
  readonly onChange: (chosen: readonly string[]) => void
}

// More than a person reads before typing another letter.
const offeredMax = 30

/** Several of many; the chosen ones stand below and can be taken away again. */
export function MultiChoice(props: MultiChoiceProps) {
  const { label, options, chosen, onChange } = props
  const [text, setText] = useState('')
  const wanted = text.trim().toLowerCase()
  const offered = options
    .filter(([id, name]) => !chosen.includes(id) && name.toLowerCase().includes(wanted))
    .slice(0, offeredMax)
  const nameOf = (id: string): string => options.find(([each]) => each === id)?.[1] ?? id
  return (
    <div className="principal-picker">
      <Field
        label={label}
        {...(props.hint !== undefined && { hint: props.hint })}
        {...(props.problem !== undefined && {
          validationMessage: props.problem,
          validationState: 'error' as const,
        })}
      >
        <Combobox
          freeform
          placeholder="Type a name"
          value={text}
          selectedOptions={[]}
          onChange={(event) => setText(event.target.value)}
          onOptionSelect={(_event, { optionValue }) => {
            if (options.some(([id]) => id === optionValue)) {
              onChange([...chosen, optionValue ?? ''])
            }
            setText('')
          }}
        >
          {offered.map(([id, name]) => (
            <Option key={id} value={id} text={name}>
              {name}
            </Option>
          ))}
          {offered.length === 0 && <Option disabled>Nothing found</Option>}
        </Combobox>
      </Field>
      {chosen.length > 0 && (
        <TagGroup
          aria-label={`${label}: chosen`}
          className="principal-tags"
          onDismiss={(_event, { value }) => onChange(chosen.filter((id) => id !== value))}
        >
          {chosen.map((id) => (
            <Tag key={id} value={id} dismissible dismissIcon={{ 'aria-label': 'remove' }}>
              {nameOf(id)}
            </Tag>
          ))}
        </TagGroup>
      )}
    </div>
  )
}
