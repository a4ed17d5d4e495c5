import { Button } from '@fluentui/react-components'
import { useState } from 'react'
import type { Change } from '../api/client.ts'
import { ConfirmByName } from '../parts/confirm-by-name.tsx'
import { SwitchField, TextField } from '../parts/fields.tsx'
import { FormBlade } from '../parts/form-blade.tsx'
import { definitionOf, lifetimeIn } from './lifetime.ts'
import { type LifetimePolicy, lifetimesPath } from './policies.ts'

interface LifetimeBladeProps {
  /** Undefined: a new one. */
  readonly policy: LifetimePolicy | undefined
  readonly onClose: () => void
}

/** One token lifetime policy. */
export function LifetimeBlade({ policy, onClose }: LifetimeBladeProps) {
  const [displayName, setDisplayName] = useState(policy?.displayName ?? '')
  const [lifetime, setLifetime] = useState(lifetimeIn(policy?.definition ?? []) ?? '8:00:00')
  const [isOrganizationDefault, setDefault] = useState(policy?.isOrganizationDefault ?? false)
  const [isDeleting, setDeleting] = useState(false)
  const body = { displayName, definition: definitionOf(lifetime), isOrganizationDefault }
  const summary = `Saved ${displayName}`
  const change: Change = policy
    ? { method: 'PATCH', path: `${lifetimesPath}/${policy.id}`, body, summary }
    : { method: 'POST', path: lifetimesPath, body, summary }
  return (
    <>
      <FormBlade
        title={policy ? 'Token lifetime' : 'New token lifetime'}
        changes={[change]}
        shown={['displayName', 'definition', 'isOrganizationDefault']}
        onClose={onClose}
      >
        {(problem) => (
          <>
            <TextField
              label="Name"
              required
              value={displayName}
              onChange={setDisplayName}
              problem={problem('displayName')}
            />
            <TextField
              label="Time"
              required
              hint="Hours, minutes and seconds, from 0:10:00 to 1.00:00:00 (a day)."
              value={lifetime}
              onChange={setLifetime}
              problem={problem('definition')}
            />
            <SwitchField
              label="For all applications"
              hint="It then wins over what an application has. One policy at most."
              checked={isOrganizationDefault}
              onChange={setDefault}
              problem={problem('isOrganizationDefault')}
            />
            {policy && (
              <div>
                <Button onClick={() => setDeleting(true)}>Delete it …</Button>
              </div>
            )}
          </>
        )}
      </FormBlade>
      {policy && isDeleting && (
        <ConfirmByName
          title={`Delete ${policy.displayName}?`}
          name={policy.displayName}
          change={{
            method: 'DELETE',
            path: `${lifetimesPath}/${policy.id}`,
            summary: `Deleted ${policy.displayName}`,
          }}
          onClose={() => setDeleting(false)}
          onDone={onClose}
        >
          Applications that have it go back to an hour.
        </ConfirmByName>
      )}
    </>
  )
}
