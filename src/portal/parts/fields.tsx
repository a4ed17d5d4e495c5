import { Field, Input, Select, Switch, Textarea } from '@fluentui/react-components'
import { useState } from 'react'

interface CommonProps {
  readonly label: string
  /** What it does, in words that an administrator of the original would know. */
  readonly hint?: string
  readonly problem?: string | undefined
}

interface TextFieldProps extends CommonProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly placeholder?: string
  readonly required?: boolean
  readonly type?: 'text' | 'url' | 'number' | 'password'
  readonly autoFocus?: boolean
}

/** One line of text. */
export function TextField(props: TextFieldProps) {
  const { value, onChange, placeholder = '', type = 'text', autoFocus = false } = props
  return (
    <Field {...fluentField(props)} required={props.required ?? false}>
      <Input
        // The browser's own check of URLs knows no star.
        type={type === 'url' ? 'text' : type}
        inputMode={type === 'url' ? 'url' : type === 'number' ? 'numeric' : 'text'}
        spellCheck={type === 'text'}
        autoComplete={type === 'password' ? 'new-password' : 'off'}
        autoFocus={autoFocus}
        placeholder={placeholder}
        value={value}
        onChange={(_event, data) => onChange(data.value)}
      />
    </Field>
  )
}

interface ChoiceFieldProps<Choice extends string> extends CommonProps {
  readonly value: Choice
  readonly choices: readonly (readonly [Choice, string])[]
  readonly onChange: (value: Choice) => void
}

/** One of a few. */
export function ChoiceField<Choice extends string>(props: ChoiceFieldProps<Choice>) {
  const { value, choices, onChange } = props
  return (
    <Field {...fluentField(props)}>
      <Select value={value} onChange={(_event, data) => onChange(data.value as Choice)}>
        {choices.map(([id, text]) => (
          <option key={id} value={id}>
            {text}
          </option>
        ))}
      </Select>
    </Field>
  )
}

interface LinesFieldProps extends CommonProps {
  readonly value: readonly string[]
  readonly onChange: (value: readonly string[]) => void
  readonly placeholder?: string
}

/** A list of texts, one on each line. */
export function LinesField(props: LinesFieldProps) {
  const { value, onChange, placeholder = '' } = props
  // What is typed keeps its empty lines until the field is left.
  const [typed, setTyped] = useState<string | undefined>(undefined)
  return (
    <Field {...fluentField(props)}>
      <Textarea
        className="lines-field"
        spellCheck={false}
        resize="vertical"
        rows={Math.min(Math.max(value.length + 1, 2), linesMax)}
        placeholder={placeholder}
        value={typed ?? value.join('\n')}
        onChange={(_event, data) => {
          setTyped(data.value)
          onChange(linesOf(data.value))
        }}
        onBlur={() => setTyped(undefined)}
      />
    </Field>
  )
}

// More scrolls.
const linesMax = 8

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

interface SwitchFieldProps extends CommonProps {
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
}

/** On or off, with what it means below. */
export function SwitchField(props: SwitchFieldProps) {
  const { label: _, ...field } = fluentField(props)
  return (
    <Field {...field} className="switch-field">
      <Switch
        label={props.label}
        checked={props.checked}
        onChange={(_event, data) => props.onChange(data.checked)}
      />
    </Field>
  )
}

function fluentField({ label, hint, problem }: CommonProps) {
  return {
    label,
    ...(hint !== undefined && { hint }),
    ...(problem !== undefined && { validationMessage: problem, validationState: 'error' as const }),
  }
}
