import { useState } from 'react'
import type { Change } from '../api/client.ts'
import type { Application } from '../api/types.ts'
import { FormBlade } from '../parts/form-blade.tsx'
import { type Principal, PrincipalPicker } from '../parts/principal-picker.tsx'
import { applicationPath } from './applications.ts'

interface AddOwnersBladeProps {
  readonly application: Application
  readonly without: readonly string[]
  readonly onClose: () => void
}

/** People who are to look after an application. */
export function AddOwnersBlade({ application, without, onClose }: AddOwnersBladeProps) {
  const [chosen, setChosen] = useState<readonly Principal[]>([])
  // Whoever got in before another one was refused is not sent again.
  const missing = chosen.filter(({ id }) => !without.includes(id))
  return (
    <FormBlade
      title="Add owners"
      action="Add"
      changes={missing.map((owner) => additionOf(application, owner))}
      onClose={onClose}
    >
      {() => (
        <PrincipalPicker
          label="People"
          kind="people"
          chosen={missing}
          onChange={setChosen}
          without={without}
        />
      )}
    </FormBlade>
  )
}

function additionOf({ id, displayName }: Application, owner: Principal): Change {
  return {
    method: 'POST',
    path: `${applicationPath(id)}/owners/$ref`,
    body: { '@odata.id': `/directoryObjects/${owner.id}` },
    summary: `${owner.displayName} owns ${displayName}`,
  }
}
