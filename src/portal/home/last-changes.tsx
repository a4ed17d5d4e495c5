import { useQuery } from '@tanstack/react-query'
import { resource } from '../api/queries.ts'
import type { Revision } from '../api/types.ts'
import { PathLink } from '../parts/path-link.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { Age } from '../parts/when.tsx'
import { activityText } from '../revisions/revisions.ts'

/** The last changes of configuration: what, by whom, why. */
export function LastChanges() {
  const revisions = useQuery(resource<{ value: readonly Revision[] }>('/revisions?$top=6'))
  return (
    <Section title="Last changes" actions={<PathLink path="/revisions">All of them</PathLink>}>
      <Loaded query={revisions} what="last changes">
        {({ value }) => (
          <ul className="changes">
            {value.map((revision) => (
              <Change key={revision.id} revision={revision} />
            ))}
            {value.length === 0 && <li>Nothing has been changed yet.</li>}
          </ul>
        )}
      </Loaded>
    </Section>
  )
}

function Change({ revision }: { readonly revision: Revision }) {
  const { changes, author, reason, createdDateTime, activity } = revision
  const names = namesOf(activity, changes)
  return (
    <li className="change">
      <span>
        <strong>{names.slice(0, 2).join(', ') || 'Sallyport'}</strong>
        {names.length > 2 && ` and ${names.length - 2} more`}: {activityText(activity)}
      </span>
      <span className="concern-detail">
        {author}, <Age at={createdDateTime} />
        {reason ? `: ${reason}` : ''}
      </span>
    </li>
  )
}

/** What it is about: of an application that went, not everybody who was assigned to it. */
function namesOf(activity: string, changes: Revision['changes']): readonly string[] {
  const main = changes.filter(({ resource }) => activity.startsWith(`${resource}.`))
  const names = (main.length > 0 ? main : changes).map(({ displayName }) => displayName)
  return [...new Set(names.filter((name) => name !== null))]
}
