import { Badge } from '@fluentui/react-components'
import type { ConnectorState } from './connectors.ts'

const looks = {
  connected: ['Connected', 'success'],
  drained: ['Out of service', 'warning'],
  away: ['Not connected', 'danger'],
  never: ['Never connected', 'danger'],
} as const satisfies Readonly<Record<ConnectorState, readonly [string, string]>>

/** How a connector fares, as a coloured word. */
export function StateBadge({ state }: { readonly state: ConnectorState }) {
  const [label, color] = looks[state]
  return (
    <Badge appearance="tint" color={color} shape="rounded">
      {label}
    </Badge>
  )
}
