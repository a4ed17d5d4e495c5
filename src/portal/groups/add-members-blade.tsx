import { useState } from 'react'
import type { Change } from '../api/client.ts'
import type { Group } from '../api/types.ts'
import { FormBlade } from '../parts/form-blade.tsx'
import { type Principal, PrincipalPicker } from '../parts/principal-picker.tsx'

interface AddMembersBladeProps {
  readonly group: Group
  readonly without: readonly string[]
  readonly onClose: () => void
}

/** People and groups that are to be in a group. */
export function AddMembersBlade({ group, without, onClose }: AddMembersBladeProps) {
  const [chosen, setChosen] = useState<readonly Principal[]>([])
  // Whoever got in before another one was refused is not sent again.
  const missing = chosen.filter(({ id }) => !without.includes(id))
  return (
    <FormBlade
      title="Add members"
      action="Add"
      changes={missing.map((principal) => additionOf(group, principal))}
      onClose={onClose}
    >
      {() => (
        <PrincipalPicker
          label="People and groups"
          chosen={missing}
          onChange={setChosen}
          without={without}
        />
      )}
    </FormBlade>
  )
}

function additionOf(group: Group, { id, displayName }: Principal): Change {
  return {
    method: 'POST',
    path: `/groups/${group.id}/members/$ref`,
    body: { '@odata.id': `/directoryObjects/${id}` },
    summary: `${displayName} is in ${group.displayName}`,
  }
}
