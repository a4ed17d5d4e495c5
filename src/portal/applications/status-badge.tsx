import { Badge } from '@fluentui/react-components'
import type { Status } from './search.ts'

interface Look {
  readonly label: string
  readonly color: 'success' | 'warning' | 'danger' | 'informative' | 'subtle'
}

const looks: Readonly<Record<Status, Look>> = {
  healthy: { label: 'Healthy', color: 'success' },
  degraded: { label: 'Degraded', color: 'warning' },
  unreachable: { label: 'Unreachable', color: 'danger' },
  unknown: { label: 'Not known yet', color: 'informative' },
  maintenance: { label: 'Maintenance', color: 'warning' },
  off: { label: 'Not published', color: 'subtle' },
}

/** What a status is called. */
export function statusLabel(status: Status): string {
  return looks[status].label
}

/** How an application fares, as a coloured word. */
export function StatusBadge({ status }: { readonly status: Status }) {
  const { label, color } = looks[status]
  return (
    <Badge appearance="tint" color={color} shape="rounded">
      {label}
    </Badge>
  )
}
