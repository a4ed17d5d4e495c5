import { ShieldTaskRegular } from '@fluentui/react-icons/svg/shield-task'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Empty } from '../parts/empty.tsx'
import { type Column, List } from '../parts/list.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { When } from '../parts/when.tsx'
import { demandOf, type Policy, policyList } from './policies.ts'
import { PolicyStateBadge } from './policy-state-badge.tsx'

/** All policies. */
export function PoliciesTab() {
  const policies = useQuery(policyList())
  return (
    <Loaded query={policies} what="policies">
      {(all) =>
        all.length === 0 ? (
          <Empty
            icon={ShieldTaskRegular}
            title="There is no policy yet"
            command="sallyport policies create --help"
          >
            Ask for a second factor outside the office, for a fresh sign-in at one application, or
            keep a country out. A new policy begins in report-only.
          </Empty>
        ) : (
          <List label="Policies" items={all} columns={columns} idOf={({ id }) => id} />
        )
      }
    </Loaded>
  )
}

const columns: readonly Column<Policy>[] = [
  {
    id: 'name',
    title: 'Name',
    grow: 2,
    cell: ({ id, displayName }) => (
      <Link className="link list-name" to="/policies/$id" params={{ id }}>
        {displayName}
      </Link>
    ),
  },
  { id: 'state', title: 'State', cell: ({ state }) => <PolicyStateBadge state={state} /> },
  { id: 'demand', title: 'Asks for', grow: 2, cell: demandOf },
  {
    id: 'changed',
    title: 'Changed',
    roomy: true,
    cell: ({ createdDateTime, modifiedDateTime }) => (
      <When at={modifiedDateTime ?? createdDateTime} />
    ),
  },
]
