import { Select } from '@fluentui/react-components'

interface ChoiceFilterProps {
  readonly label: string
  /** Empty or undefined: all. */
  readonly value: string | undefined
  readonly options: readonly (readonly [string, string])[]
  readonly onChange: (value: string) => void
}

/** Narrows a list to one of a few. */
export function ChoiceFilter({ label, value = '', options, onChange }: ChoiceFilterProps) {
  return (
    <Select aria-label={label} value={value} onChange={(_event, data) => onChange(data.value)}>
      <option value="">{`${label}: all`}</option>
      {options.map(([id, text]) => (
        <option key={id} value={id}>
          {text}
        </option>
      ))}
    </Select>
  )
}
