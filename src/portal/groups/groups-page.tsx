import { Button } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { PeopleTeamRegular } from '@fluentui/react-icons/svg/people-team'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useDeferredValue, useState } from 'react'
import { collection } from '../api/queries.ts'
import type { Group } from '../api/types.ts'
import { Empty } from '../parts/empty.tsx'
import { lazyBlade } from '../parts/lazy-blade.tsx'
import { type Column, List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { refined } from '../parts/search.ts'
import { SearchBox } from '../parts/search-box.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { searchQuery } from '../people/people.ts'
import type { GroupsSearch } from './search.ts'

const NewGroupBlade = lazyBlade(async () => (await import('./new-group-blade.tsx')).NewGroupBlade)

const route = getRouteApi('/groups')

/** All groups. */
export function GroupsPage() {
  const { q = '', sort = 'name' } = route.useSearch()
  const navigate = useNavigate({ from: '/groups' })
  const text = useDeferredValue(q)
  const groups = useQuery(
    collection<Group>(`/groups${searchQuery(text, ['displayName', 'description'])}`),
  )
  const [isAdding, setAdding] = useState(false)
  const refine = (part: Partial<Record<keyof GroupsSearch, string>>): void =>
    void navigate({ search: (before: GroupsSearch) => refined(before, part), replace: true })
  return (
    <Page
      title="Groups"
      lead="People and other groups, to be let in and to be meant by policies together."
      commands={
        <Button appearance="primary" icon={<AddRegular />} onClick={() => setAdding(true)}>
          New group
        </Button>
      }
    >
      <div className="filters">
        <SearchBox label="Search by name" value={q} onChange={(text) => refine({ q: text })} />
      </div>
      <Loaded query={groups} what="groups">
        {(all) =>
          all.length === 0 && q === '' ? (
            <Empty
              icon={PeopleTeamRegular}
              title="There is no group yet"
              command="sallyport groups create --help"
            >
              With a group you let in many people at once, and a policy can mean them or leave them
              out.
            </Empty>
          ) : (
            <List
              label="Groups"
              items={all}
              columns={columns}
              idOf={({ id }) => id}
              sort={sort}
              onSort={(next) => refine({ sort: next })}
              none="No group matches this."
            />
          )
        }
      </Loaded>
      {isAdding && <NewGroupBlade onClose={() => setAdding(false)} />}
    </Page>
  )
}

const columns: readonly Column<Group>[] = [
  {
    id: 'name',
    title: 'Name',
    sortBy: ({ displayName }) => displayName,
    cell: ({ id, displayName }) => (
      <Link className="link list-name" to="/groups/$id" params={{ id }}>
        {displayName}
      </Link>
    ),
  },
  {
    id: 'description',
    title: 'Description',
    grow: 2,
    roomy: true,
    cell: ({ description }) => description ?? <span className="soft">–</span>,
  },
]
