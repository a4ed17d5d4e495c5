import { Badge, Button } from '@fluentui/react-components'
import { ArrowSyncRegular } from '@fluentui/react-icons/svg/arrow-sync'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { collection } from '../api/queries.ts'
import type { Application } from '../api/types.ts'
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
import { type SignInSearch, signInKinds, spanLabels } from './search.ts'
import { kindLabels, nameOf, type SignIn, signInColumns, signInQuery } from './sign-in.ts'
import { SignInBlade } from './sign-in-blade.tsx'
import { TakeAway } from './take-away.tsx'

const route = getRouteApi('/sign-ins')

// What a person scrolls through at once.
const pageSize = 50
// As many as the API gives in one answer.
const savedPageSize = 999

/** Who signed in, or tried to. */
export function SignInsPage() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/sign-ins' })
  const entries = usePages<SignIn>(signInQuery(search, pageSize, Date.now()))
  const refine = (part: Partial<Record<keyof SignInSearch, string>>): void =>
    void navigate({ search: (before: SignInSearch) => refined(before, part), replace: true })
  return (
    <Page
      title="Sign-ins"
      lead="Who signed in or tried to: people, renewals behind their backs, programs. Requests within a session are no sign-ins."
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
            path={signInQuery(search, savedPageSize, Date.now())}
            fileName="sign-ins"
            columns={signInColumns}
          />
        </>
      }
    >
      <Filters search={search} onRefine={refine} />
      <Entries entries={entries} onOpen={(entry) => refine({ entry })} />
      {search.entry !== undefined && (
        <SignInBlade id={search.entry} onClose={() => refine({ entry: '' })} />
      )}
    </Page>
  )
}

interface FiltersProps {
  readonly search: SignInSearch
  readonly onRefine: (part: Partial<Record<keyof SignInSearch, string>>) => void
}

function Filters({ search, onRefine }: FiltersProps) {
  const { data: applications = [] } = useQuery(
    collection<Application>('/applications?$select=id,displayName,appId'),
  )
  return (
    <div className="filters">
      <SearchBox
        label="User name or id"
        value={search.user ?? ''}
        onChange={(user) => onRefine({ user })}
      />
      <SearchBox label="IP address" value={search.ip ?? ''} onChange={(ip) => onRefine({ ip })} />
      <ChoiceFilter
        label="Result"
        value={search.result}
        options={[
          ['success', 'Success'],
          ['failure', 'Failure'],
        ]}
        onChange={(result) => onRefine({ result })}
      />
      <ChoiceFilter
        label="Kind"
        value={search.kind}
        options={signInKinds.map((kind) => [kind, kindLabels[kind] ?? kind])}
        onChange={(kind) => onRefine({ kind })}
      />
      <ChoiceFilter
        label="Application"
        value={search.app}
        options={applications.map(({ appId, displayName }) => [appId, displayName])}
        onChange={(app) => onRefine({ app })}
      />
      <ChoiceFilter
        label="Time"
        value={search.days}
        options={spanLabels}
        onChange={(days) => onRefine({ days })}
      />
    </div>
  )
}

interface EntriesProps {
  readonly entries: Pages<SignIn>
  readonly onOpen: (id: string) => void
}

function Entries({ entries, onOpen }: EntriesProps) {
  if (entries.problem) return <ProblemBar problem={entries.problem} onRetry={entries.refresh} />
  if (!entries.items) return <Waiting what="sign-ins" />
  return (
    <>
      <List
        label="Sign-ins"
        items={entries.items}
        columns={columns(onOpen)}
        idOf={({ id }) => id}
        none={
          entries.hasMore
            ? 'None among the newest 20,000: look further back.'
            : 'No sign-in matches these filters.'
        }
      />
      <MoreButton pages={entries} />
    </>
  )
}

function columns(onOpen: (id: string) => void): readonly Column<SignIn>[] {
  return [
    {
      id: 'time',
      title: 'Time',
      cell: ({ id, createdDateTime }) => (
        <Button appearance="transparent" className="row-button" onClick={() => onOpen(id)}>
          <When at={createdDateTime} />
        </Button>
      ),
    },
    { id: 'who', title: 'Who', cell: nameOf },
    {
      id: 'app',
      title: 'Application',
      roomy: true,
      cell: ({ appDisplayName }) => appDisplayName ?? <span className="soft">–</span>,
    },
    { id: 'result', title: 'Result', cell: (entry) => <Result entry={entry} /> },
    { id: 'ip', title: 'IP address', roomy: true, cell: ({ ipAddress }) => ipAddress },
    {
      id: 'reason',
      title: 'Reason',
      grow: 2,
      roomy: true,
      cell: ({ status }) => status.errorCode !== 0 && status.failureReason,
    },
  ]
}

function Result({ entry: { status } }: { readonly entry: SignIn }) {
  const isGood = status.errorCode === 0
  return (
    <Badge appearance="tint" shape="rounded" color={isGood ? 'success' : 'danger'}>
      {isGood ? 'Success' : `Failure ${status.errorCode}`}
    </Badge>
  )
}
