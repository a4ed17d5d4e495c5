import { Input } from '@fluentui/react-components'

interface ReasonInputProps {
  readonly value: string
  readonly onChange: (value: string) => void
}

/** Why, for the audit trail. */
export function ReasonInput({ value, onChange }: ReasonInputProps) {
  return (
    <Input
      className="save-reason"
      aria-label="Reason, for the audit trail"
      placeholder="Reason, for the audit trail (optional)"
      value={value}
      onChange={(_event, data) => onChange(data.value)}
    />
  )
}
