import { Button } from '@fluentui/react-components'
import { ArrowSyncRegular } from '@fluentui/react-icons/svg/arrow-sync'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { ChoiceFilter } from '../parts/choice-filter.tsx'
import { type Column, List } from '../parts/list.tsx'
import { MoreButton } from '../parts/more-button.tsx'
import { Page } from '../parts/page.tsx'
import { type Pages, usePages } from '../parts/pages.ts'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { refined } from '../parts/search.ts'
import { SearchBox } from '../parts/search-box.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { When } from '../parts/when.tsx'
import { activityText } from '../revisions/activity.ts'
import { type AuditEntry, auditColumns, auditQuery, authorOf, targetOf } from './audit.ts'
import { AuditBlade } from './audit-blade.tsx'
import { type AuditSearch, categories, spanLabels } from './search.ts'
import { TakeAway } from './take-away.tsx'

const route = getRouteApi('/audit')

// What a person scrolls through at once.
const pageSize = 50
// As many as the API gives in one answer.
const savedPageSize = 999

/** Who changed what, and why. */
export function AuditPage() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/audit' })
  const entries = usePages<AuditEntry>(auditQuery(search, pageSize, Date.now()))
  const refine = (part: Partial<Record<keyof AuditSearch, string>>): void =>
    void navigate({ search: (before: AuditSearch) => refined(before, part), replace: true })
  const opened = entries.items?.find(({ id }) => id === search.entry)
  return (
    <Page
      title="Audit log"
      lead="Every change with its author and reason, what is no configuration included: passwords that were reset, sign-ins that were ended."
      commands={
        <>
          <Button
            icon={<ArrowSyncRegular />}
            disabled={entries.isReading}
            onClick={entries.refresh}
          >
            Refresh
          </Button>
          <TakeAway
            path={auditQuery(search, savedPageSize, Date.now())}
            fileName="audit"
            columns={auditColumns}
          />
        </>
      }
    >
      <div className="filters">
        <SearchBox
          label="Author"
          value={search.author ?? ''}
          onChange={(author) => refine({ author })}
        />
        <ChoiceFilter
          label="About"
          value={search.category}
          options={categories.map((category) => [category, categoryLabels[category]])}
          onChange={(category) => refine({ category })}
        />
        <ChoiceFilter
          label="Time"
          value={search.days}
          options={spanLabels}
          onChange={(days) => refine({ days })}
        />
      </div>
      <Entries entries={entries} onOpen={(entry) => refine({ entry })} />
      {opened && <AuditBlade entry={opened} onClose={() => refine({ entry: '' })} />}
    </Page>
  )
}

const categoryLabels = {
  ApplicationManagement: 'Applications',
  UserManagement: 'People',
  GroupManagement: 'Groups',
  Policy: 'Policies',
  DirectoryManagement: 'Everything else',
} as const

interface EntriesProps {
  readonly entries: Pages<AuditEntry>
  readonly onOpen: (id: string) => void
}

function Entries({ entries, onOpen }: EntriesProps) {
  if (entries.problem) return <ProblemBar problem={entries.problem} onRetry={entries.refresh} />
  if (!entries.items) return <Waiting what="audit log" />
  return (
    <>
      <List
        label="Changes"
        items={entries.items}
        columns={columns(onOpen)}
        idOf={({ id }) => id}
        none="No change matches these filters."
      />
      <MoreButton pages={entries} />
    </>
  )
}

function columns(onOpen: (id: string) => void): readonly Column<AuditEntry>[] {
  return [
    {
      id: 'time',
      title: 'Time',
      cell: ({ id, activityDateTime }) => (
        <Button appearance="transparent" className="row-button" onClick={() => onOpen(id)}>
          <When at={activityDateTime} />
        </Button>
      ),
    },
    { id: 'activity', title: 'Activity', cell: (entry) => activityText(entry.activityDisplayName) },
    { id: 'target', title: 'What', cell: targetOf },
    { id: 'author', title: 'Who', roomy: true, cell: authorOf },
    { id: 'reason', title: 'Why', roomy: true, cell: ({ resultReason }) => resultReason },
  ]
}
