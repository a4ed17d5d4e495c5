import { Badge } from '@fluentui/react-components'
import { PeopleRegular } from '@fluentui/react-icons/svg/people'
import { PersonAddRegular } from '@fluentui/react-icons/svg/person-add'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useDeferredValue } from 'react'
import type { Person } from '../api/types.ts'
import { ChoiceFilter } from '../parts/choice-filter.tsx'
import { Empty } from '../parts/empty.tsx'
import { LinkButton } from '../parts/link-button.tsx'
import { type Column, List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { refined } from '../parts/search.ts'
import { SearchBox } from '../parts/search-box.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { peopleList } from './people.ts'
import type { PeopleSearch } from './search.ts'

const route = getRouteApi('/people')

/** Everybody in the directory. */
export function PeoplePage() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/people' })
  const people = useQuery(peopleList(useDeferredValue(search.q ?? '')))
  const refine = (part: Partial<Record<keyof PeopleSearch, string>>): void =>
    void navigate({ search: (before: PeopleSearch) => refined(before, part), replace: true })
  return (
    <Page
      title="People"
      lead="Those of the embedded provider, and whoever came in by another one."
      commands={
        <LinkButton to="/people/new" appearance="primary" icon={<PersonAddRegular />}>
          New person
        </LinkButton>
      }
    >
      <div className="filters">
        <SearchBox
          label="Search by name or user name"
          value={search.q ?? ''}
          onChange={(q) => refine({ q })}
        />
        <ChoiceFilter
          label="State"
          value={search.state}
          options={[
            ['enabled', 'Enabled'],
            ['disabled', 'Disabled'],
          ]}
          onChange={(state) => refine({ state })}
        />
      </div>
      <Loaded query={people} what="people">
        {(all) =>
          all.length === 0 && !search.q ? (
            <NoPeople />
          ) : (
            <List
              label="People"
              items={all.filter((person) => matches(person, search))}
              columns={columns}
              idOf={({ id }) => id}
              sort={search.sort ?? 'name'}
              onSort={(sort) => refine({ sort })}
              none="Nobody matches this."
            />
          )
        }
      </Loaded>
    </Page>
  )
}

function matches({ accountEnabled }: Person, { state }: PeopleSearch): boolean {
  return state === undefined || (state === 'enabled') === accountEnabled
}

function NoPeople() {
  return (
    <Empty icon={PeopleRegular} title="Nobody is here yet" command="sallyport users create --help">
      Add people who sign in with a password or a passkey here, or let them come in by an identity
      provider of yours.
    </Empty>
  )
}

const columns: readonly Column<Person>[] = [
  {
    id: 'name',
    title: 'Name',
    grow: 2,
    sortBy: ({ displayName }) => displayName,
    cell: ({ id, displayName }) => (
      <Link className="link list-name" to="/people/$id" params={{ id }}>
        {displayName}
      </Link>
    ),
  },
  {
    id: 'user',
    title: 'User name',
    grow: 2,
    sortBy: ({ userPrincipalName }) => userPrincipalName,
    cell: ({ userPrincipalName }) => <span className="url">{userPrincipalName}</span>,
  },
  {
    id: 'mail',
    title: 'Mail',
    grow: 2,
    roomy: true,
    sortBy: ({ mail }) => mail ?? '',
    cell: ({ mail }) => mail ?? <span className="soft">–</span>,
  },
  {
    id: 'state',
    title: 'State',
    roomy: true,
    sortBy: ({ accountEnabled }) => Number(accountEnabled),
    cell: ({ accountEnabled }) =>
      accountEnabled === false ? (
        <Badge appearance="tint" color="warning" shape="rounded">
          Disabled
        </Badge>
      ) : (
        'Enabled'
      ),
  },
]
