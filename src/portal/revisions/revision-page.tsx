import { Badge, Button } from '@fluentui/react-components'
import { ArrowUndoRegular } from '@fluentui/react-icons/svg/arrow-undo'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { resource } from '../api/queries.ts'
import type { WholeRevision } from '../api/types.ts'
import { Facts } from '../parts/facts.tsx'
import { lazyBlade } from '../parts/lazy-blade.tsx'
import { Page } from '../parts/page.tsx'
import { PathLink } from '../parts/path-link.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { When } from '../parts/when.tsx'
import { activityText } from './activity.ts'
import { DiffList } from './diff-list.tsx'
import { revisionPath } from './revisions.ts'

const RollBackBlade = lazyBlade(async () => (await import('./roll-back-blade.tsx')).RollBackBlade)

const route = getRouteApi('/revisions/$id')
const above = [{ path: '/revisions', label: 'History' }]

/** One revision: what it changed, field by field, and the way back. */
export function RevisionPage() {
  const { id } = route.useParams()
  const revision = useQuery(resource<WholeRevision>(revisionPath(id)))
  const [isRollingBack, setRollingBack] = useState(false)
  const found = revision.data
  return (
    <Page
      title={`Revision ${id}`}
      above={above}
      badge={
        found?.isRollbackOf && (
          <Badge appearance="tint" color="informative" shape="rounded">
            Takes back{' '}
            <PathLink path={revisionPath(found.isRollbackOf)}>{found.isRollbackOf}</PathLink>
          </Badge>
        )
      }
      commands={
        <Button
          icon={<ArrowUndoRegular />}
          disabled={!found?.isReversible}
          onClick={() => setRollingBack(true)}
        >
          Roll back …
        </Button>
      }
    >
      <Loaded query={revision} what="revision">
        {(whole) => <Whole revision={whole} />}
      </Loaded>
      {isRollingBack && <RollBackBlade id={id} onClose={() => setRollingBack(false)} />}
    </Page>
  )
}

function Whole({ revision }: { readonly revision: WholeRevision }) {
  const { author, reason, activity, createdDateTime, isReversible, changes } = revision
  return (
    <div className="sections">
      <Section title="Facts">
        <Facts
          facts={[
            { name: 'Time', value: <When at={createdDateTime} /> },
            { name: 'Who', value: author },
            { name: 'Why', value: reason || 'No reason was given' },
            { name: 'Activity', value: activityText(activity) },
            ...(isReversible
              ? []
              : [{ name: 'Way back', value: 'None: nothing is kept of what it was before' }]),
          ]}
        />
      </Section>
      <Section title="Changes">
        {changes.length === 0 ? (
          <p>Nothing that is kept: passwords and the like are in no history.</p>
        ) : (
          <DiffList diff={{ changes }} />
        )}
      </Section>
    </div>
  )
}
