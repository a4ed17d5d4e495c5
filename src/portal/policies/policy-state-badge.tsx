import { Badge } from '@fluentui/react-components'
import { type PolicyState, stateLabels } from './policies.ts'

const colors = {
  enabled: 'success',
  enabledForReportingButNotEnforced: 'informative',
  disabled: 'subtle',
} as const satisfies Readonly<Record<PolicyState, string>>

/** Whether a policy is in force, as a coloured word. */
export function PolicyStateBadge({ state }: { readonly state: PolicyState }) {
  return (
    <Badge appearance="tint" color={colors[state]} shape="rounded">
      {stateLabels[state]}
    </Badge>
  )
}
