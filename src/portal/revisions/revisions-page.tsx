import { Badge, Button } from '@fluentui/react-components'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { Revision } from '../api/types.ts'
import { type Column, List } from '../parts/list.tsx'
import { MoreButton } from '../parts/more-button.tsx'
import { Page } from '../parts/page.tsx'
import { type Pages, usePages } from '../parts/pages.ts'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { refined } from '../parts/search.ts'
import { SearchBox } from '../parts/search-box.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { When } from '../parts/when.tsx'
import { activityText, subjectOf } from './activity.ts'
import { revisionQuery } from './revisions.ts'
import type { RevisionSearch } from './search.ts'

const route = getRouteApi('/revisions')

// What a person scrolls through at once.
const pageSize = 50

/** Every change of configuration; each can be read field by field, and taken back. */
export function RevisionsPage() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/revisions' })
  const revisions = usePages<Revision>(revisionQuery(search, pageSize))
  const refine = (part: Partial<Record<keyof RevisionSearch, string>>): void =>
    void navigate({ search: (before: RevisionSearch) => refined(before, part), replace: true })
  return (
    <Page
      title="History"
      lead="Every change of configuration is a revision: who, when, why, and what everything was before and after. Each can be taken back, also one of weeks ago."
    >
      <div className="filters">
        <SearchBox
          label="Author"
          value={search.author ?? ''}
          onChange={(author) => refine({ author })}
        />
        {search.resource !== undefined && (
          <Button onClick={() => refine({ resource: '' })}>
            Only what changed {search.resource}: show all
          </Button>
        )}
      </div>
      <Revisions revisions={revisions} />
    </Page>
  )
}

function Revisions({ revisions }: { readonly revisions: Pages<Revision> }) {
  if (revisions.problem)
    return <ProblemBar problem={revisions.problem} onRetry={revisions.refresh} />
  if (!revisions.items) return <Waiting what="history" />
  return (
    <>
      <List
        label="Revisions"
        items={revisions.items}
        columns={columns}
        idOf={({ id }) => id}
        none="No revision matches this."
      />
      <MoreButton pages={revisions} />
    </>
  )
}

const columns: readonly Column<Revision>[] = [
  {
    id: 'what',
    title: 'What',
    cell: (revision) => (
      <Link className="link list-name" to="/revisions/$id" params={{ id: revision.id }}>
        {subjectOf(revision)}
      </Link>
    ),
  },
  {
    id: 'activity',
    title: 'Activity',
    cell: ({ activity, isRollbackOf }) =>
      isRollbackOf === null ? (
        activityText(activity)
      ) : (
        <Badge appearance="tint" color="informative" shape="rounded">
          {`Takes back ${isRollbackOf}`}
        </Badge>
      ),
  },
  { id: 'author', title: 'Who', grow: 2, roomy: true, cell: ({ author }) => author },
  { id: 'reason', title: 'Why', roomy: true, cell: ({ reason }) => reason },
  {
    id: 'time',
    title: 'Time',
    cell: ({ createdDateTime }) => <When at={createdDateTime} />,
  },
]
