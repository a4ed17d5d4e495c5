import { Badge } from '@fluentui/react-components'

/** Whether a connector gets there, as a coloured word. */
export function ReachBadge({ isReached }: { readonly isReached: boolean }) {
  return (
    <Badge appearance="tint" shape="rounded" color={isReached ? 'success' : 'danger'}>
      {isReached ? 'Reached' : 'Not reached'}
    </Badge>
  )
}
