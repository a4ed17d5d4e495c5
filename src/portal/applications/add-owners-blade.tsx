import type { Application } from '../api/types.ts'
import { AddPrincipalsBlade } from '../parts/add-principals-blade.tsx'
import { applicationPath } from './applications.ts'

interface AddOwnersBladeProps {
  readonly application: Application
  readonly without: readonly string[]
  readonly onClose: () => void
}

/** People who are to look after an application. */
export function AddOwnersBlade({ application, without, onClose }: AddOwnersBladeProps) {
  return (
    <AddPrincipalsBlade
      title="Add owners"
      label="People"
      kind="people"
      without={without}
      additionOf={({ id, displayName }) => ({
        method: 'POST',
        path: `${applicationPath(application.id)}/owners/$ref`,
        body: { '@odata.id': `/directoryObjects/${id}` },
        summary: `${displayName} owns ${application.displayName}`,
      })}
      onClose={onClose}
    />
  )
}
