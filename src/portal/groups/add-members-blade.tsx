import type { Group } from '../api/types.ts'
import { AddPrincipalsBlade } from '../parts/add-principals-blade.tsx'

interface AddMembersBladeProps {
  readonly group: Group
  readonly without: readonly string[]
  readonly onClose: () => void
}

/** People and groups that are to be in a group. */
export function AddMembersBlade({ group, without, onClose }: AddMembersBladeProps) {
  return (
    <AddPrincipalsBlade
      title="Add members"
      label="People and groups"
      without={without}
      additionOf={({ id, displayName }) => ({
        method: 'POST',
        path: `/groups/${group.id}/members/$ref`,
        body: { '@odata.id': `/directoryObjects/${id}` },
        summary: `${displayName} is in ${group.displayName}`,
      })}
      onClose={onClose}
    />
  )
}
