import { Blade } from '../parts/blade.tsx'
import { Facts } from '../parts/facts.tsx'
import { PathLink } from '../parts/path-link.tsx'
import { When } from '../parts/when.tsx'
import { activityText } from '../revisions/activity.ts'
import { pathOfResource } from '../revisions/resource-paths.ts'
import { type AuditEntry, type AuditTarget, authorOf } from './audit.ts'
import '../revisions/revisions.css'

interface AuditBladeProps {
  readonly entry: AuditEntry
  readonly onClose: () => void
}

/** One change: who, why, and each property before and after. */
export function AuditBlade({ entry, onClose }: AuditBladeProps) {
  return (
    <Blade title={activityText(entry.activityDisplayName)} size="large" onClose={onClose}>
      <div className="stack">
        <Facts
          facts={[
            { name: 'Time', value: <When at={entry.activityDateTime} /> },
            { name: 'Who', value: authorOf(entry) },
            { name: 'Why', value: entry.resultReason || 'No reason was given' },
          ]}
        />
        {entry.targetResources.map((target) => (
          <Target key={target.id} target={target} />
        ))}
      </div>
    </Blade>
  )
}

function Target({ target }: { readonly target: AuditTarget }) {
  const { id, displayName, type, modifiedProperties } = target
  const path = pathOfResource(type, id)
  const name = displayName ?? id
  return (
    <section className="diff" aria-label={name}>
      <h3 className="diff-title">
        {path === undefined ? name : <PathLink path={path}>{name}</PathLink>}
        <span className="soft">{type}</span>
        <PathLink path={`/revisions?resource=${encodeURIComponent(id)}`}>Its history</PathLink>
      </h3>
      <dl className="diff-fields">
        {modifiedProperties.map((property) => (
          <div key={property.displayName}>
            <dt>{property.displayName}</dt>
            <dd>
              {property.oldValue !== null && <del>{property.oldValue}</del>}
              {property.newValue !== null && <ins>{property.newValue}</ins>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
