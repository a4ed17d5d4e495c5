import { Button } from '@fluentui/react-components'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Change } from '../api/client.ts'
import { ConfirmByName } from '../parts/confirm-by-name.tsx'
import { Section } from '../parts/section.tsx'
import { applicationPath } from './applications.ts'
import type { TabProps } from './tab-props.ts'

/** Taking it off the internet, and deleting it. */
export function DeleteTab({ application }: TabProps) {
  const [doing, setDoing] = useState<'unpublish' | 'delete' | undefined>(undefined)
  const navigate = useNavigate()
  const { displayName, onPremisesPublishing: publishing } = application
  const path = applicationPath(application.id)
  const close = (): void => setDoing(undefined)
  const unpublish: Change = {
    method: 'PATCH',
    path,
    body: { onPremisesPublishing: null },
    summary: `${displayName} is no longer published`,
  }
  const remove: Change = { method: 'DELETE', path, summary: `Deleted ${displayName}` }
  return (
    <div className="sections">
      {publishing && (
        <Section
          title="Unpublish"
          lead="Its URLs lead nowhere afterwards. Its name, its assignments and its roles stay."
        >
          <div>
            <Button onClick={() => setDoing('unpublish')}>Unpublish …</Button>
          </div>
        </Section>
      )}
      <Section
        title="Delete"
        lead="The application goes with everything about it: segments, rules, assignments, roles."
      >
        <div>
          <Button onClick={() => setDoing('delete')}>Delete …</Button>
        </div>
      </Section>
      {doing === 'unpublish' && (
        <ConfirmByName
          title={`Unpublish ${displayName}?`}
          name={displayName}
          action="Unpublish"
          change={unpublish}
          onClose={close}
          onDone={close}
        >
          Everybody who uses it now is cut off, and its addresses and rules are forgotten.
        </ConfirmByName>
      )}
      {doing === 'delete' && (
        <ConfirmByName
          title={`Delete ${displayName}?`}
          name={displayName}
          change={remove}
          onClose={close}
          onDone={() => navigate({ to: '/applications' })}
        >
          Everybody who uses it now is cut off.
        </ConfirmByName>
      )}
    </div>
  )
}
