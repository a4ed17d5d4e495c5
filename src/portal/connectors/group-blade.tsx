import { Button } from '@fluentui/react-components'
import { useState } from 'react'
import type { Change } from '../api/client.ts'
import type { ConnectorGroup } from '../api/types.ts'
import { changedFields } from '../parts/changed-fields.ts'
import { ConfirmByName } from '../parts/confirm-by-name.tsx'
import { ChoiceField, TextField } from '../parts/fields.tsx'
import { FormBlade } from '../parts/form-blade.tsx'
import { groupsPath } from './connectors.ts'

interface GroupBladeProps {
  /** Undefined: a new one. */
  readonly group: ConnectorGroup | undefined
  readonly onClose: () => void
}

const regions = [
  ['', 'None'],
  ['nam', 'North America'],
  ['eur', 'Europe'],
  ['aus', 'Australia'],
  ['asia', 'Asia'],
  ['ind', 'India'],
] as const
type Region = (typeof regions)[number][0]

interface Fields {
  readonly name: string
  readonly region: Region
}

/** One connector group: its name and region, and its end. */
export function GroupBlade({ group, onClose }: GroupBladeProps) {
  const saved: Fields = { name: group?.name ?? '', region: group?.region ?? '' }
  const [fields, setFields] = useState(saved)
  const [isDeleting, setDeleting] = useState(false)
  const change = changeOf(group, fields, changedFields(fields, saved))
  return (
    <>
      <FormBlade
        title={group ? 'Connector group' : 'New connector group'}
        changes={change ? [change] : []}
        shown={['name', 'region']}
        onClose={onClose}
      >
        {(problem) => (
          <>
            <TextField
              label="Name"
              required
              value={fields.name}
              onChange={(name) => setFields({ ...fields, name })}
              problem={problem('name')}
            />
            <ChoiceField
              label="Region"
              hint="Where its connectors stand; those of another region are not moved here."
              value={fields.region}
              choices={regions}
              onChange={(region) => setFields({ ...fields, region })}
              problem={problem('region')}
            />
            {group && !group.isDefault && (
              <div>
                <Button onClick={() => setDeleting(true)}>Delete the group …</Button>
              </div>
            )}
          </>
        )}
      </FormBlade>
      {group && isDeleting && (
        <ConfirmByName
          title={`Delete the group ${group.name}?`}
          name={group.name}
          change={{
            method: 'DELETE',
            path: `${groupsPath}/${group.id}`,
            summary: `Deleted the group ${group.name}`,
          }}
          onClose={() => setDeleting(false)}
          onDone={onClose}
        >
          It goes only when no connector and no application is in it.
        </ConfirmByName>
      )}
    </>
  )
}

function changeOf(
  group: ConnectorGroup | undefined,
  { name, region }: Fields,
  changed: Partial<Fields>,
): Change | undefined {
  if (!group) {
    const body = { name, ...(region !== '' && { region }) }
    return { method: 'POST', path: groupsPath, body, summary: `Created the group ${name}` }
  }
  if (Object.keys(changed).length === 0) return undefined
  const body = {
    ...(changed.name !== undefined && { name }),
    ...(changed.region !== undefined && { region: region === '' ? null : region }),
  }
  const path = `${groupsPath}/${group.id}`
  return { method: 'PATCH', path, body, summary: `Saved the group ${name}` }
}
