import { useQuery } from '@tanstack/react-query'
import { resource } from '../api/queries.ts'
import type { Revision } from '../api/types.ts'
import { PathLink } from '../parts/path-link.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { Age } from '../parts/when.tsx'
import { activityText, subjectOf } from '../revisions/activity.ts'
import { revisionPath } from '../revisions/revisions.ts'

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
  const { author, reason, createdDateTime, activity } = revision
  return (
    <li className="change">
      <span>
        <PathLink path={revisionPath(revision.id)}>{subjectOf(revision)}</PathLink>
        {`: ${activityText(activity).toLowerCase()}`}
      </span>
      <span className="concern-detail">
        {author}, <Age at={createdDateTime} />
        {reason ? `: ${reason}` : ''}
      </span>
    </li>
  )
}
