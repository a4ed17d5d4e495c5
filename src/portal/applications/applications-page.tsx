import { SkeletonItem } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { AppsRegular } from '@fluentui/react-icons/svg/apps'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { Application } from '../api/types.ts'
import { publishingDomain } from '../parts/addresses.ts'
import { ChoiceFilter } from '../parts/choice-filter.tsx'
import { Empty } from '../parts/empty.tsx'
import { LinkButton } from '../parts/link-button.tsx'
import { type Column, List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { refined } from '../parts/search.ts'
import { SearchBox } from '../parts/search-box.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { type ListedApplication, useApplications, useStatuses } from './applications.ts'
import { externalUrlsOf, kindOf } from './facts.ts'
import { kindLabels } from './kind-labels.ts'
import { type ApplicationSearch, kinds, type Status, statuses } from './search.ts'
import { StatusBadge, statusLabel } from './status-badge.tsx'

const route = getRouteApi('/applications')

/** Everything that is published, or could be. */
export function ApplicationsPage() {
  const applications = useApplications()
  return (
    <Page
      title="Applications"
      lead="What people reach from outside, and where it stands inside the network."
      commands={
        <LinkButton to="/applications/new" appearance="primary" icon={<AddRegular />}>
          New application
        </LinkButton>
      }
    >
      <Loaded query={applications} what="applications">
        {(all) => (all.length === 0 ? <NoApplications /> : <Applications all={all} />)}
      </Loaded>
    </Page>
  )
}

function NoApplications() {
  return (
    <Empty
      icon={AppsRegular}
      title="Nothing is published yet"
      command={`sallyport apps create --name Wiki --internal http://wiki.test/ --external https://wiki.${publishingDomain()}/ --everybody`}
    >
      Publish a web application that stands inside your network: give it a name, its address inside,
      and say who may enter. It takes less than a minute.
    </Empty>
  )
}

function Applications({ all }: { readonly all: readonly Application[] }) {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/applications' })
  const listed = useStatuses(all)
  const shown = listed.filter((each) => matches(each, search))
  const refine = (part: Partial<Record<keyof ApplicationSearch, string>>): void =>
    void navigate({
      search: (before: ApplicationSearch) => refined(before, part),
      replace: true,
    })
  return (
    <>
      <div className="filters">
        <SearchBox
          label="Search by name or URL"
          value={search.q ?? ''}
          onChange={(q) => refine({ q })}
        />
        <ChoiceFilter
          label="Kind"
          value={search.kind}
          options={kinds.map((kind) => [kind, kindLabels[kind]])}
          onChange={(kind) => refine({ kind })}
        />
        <ChoiceFilter
          label="Status"
          value={search.status}
          options={statuses.map((status) => [status, statusLabel(status)])}
          onChange={(status) => refine({ status })}
        />
      </div>
      <List
        label="Applications"
        items={shown}
        columns={columns}
        idOf={({ application }) => application.id}
        sort={search.sort ?? 'name'}
        onSort={(sort) => refine({ sort })}
        none="No application matches these filters."
      />
    </>
  )
}

function matches({ application, status }: ListedApplication, search: ApplicationSearch): boolean {
  if (search.kind !== undefined && kindOf(application) !== search.kind) return false
  if (search.status !== undefined && status !== search.status) return false
  const wanted = search.q?.trim().toLowerCase()
  if (!wanted) return true
  const text = [application.displayName, application.appId, ...externalUrlsOf(application)].join(
    '\n',
  )
  return text.toLowerCase().includes(wanted)
}

const columns: readonly Column<ListedApplication>[] = [
  {
    id: 'name',
    title: 'Name',
    isLink: true,
    grow: 2,
    sortBy: ({ application }) => application.displayName,
    cell: ({ application }) => (
      <Link className="link list-name" to="/applications/$id" params={{ id: application.id }}>
        {application.displayName}
      </Link>
    ),
  },
  {
    id: 'status',
    title: 'Status',
    sortBy: ({ status }) => statuses.indexOf(status as Status),
    cell: ({ status }) =>
      status === undefined ? (
        <SkeletonItem size={16} className="list-pending" />
      ) : (
        <StatusBadge status={status} />
      ),
  },
  {
    id: 'kind',
    title: 'Kind',
    roomy: true,
    sortBy: ({ application }) => kindOf(application),
    cell: ({ application }) => kindLabels[kindOf(application)],
  },
  {
    id: 'external',
    title: 'External URL',
    grow: 3,
    roomy: true,
    sortBy: ({ application }) => externalUrlsOf(application)[0] ?? '',
    cell: ({ application }) => <ExternalUrls urls={externalUrlsOf(application)} />,
  },
]

function ExternalUrls({ urls }: { readonly urls: readonly string[] }) {
  const [first, ...more] = urls
  if (first === undefined) return <span className="soft">–</span>
  return (
    <span className="url">
      {first}
      {more.length > 0 && <span className="soft"> and {more.length} more</span>}
    </span>
  )
}
