import { Badge } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { type Column, List } from '../parts/list.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { When } from '../parts/when.tsx'
import { type AcmeHost, acmeHostList } from './certificates.ts'

/** Hosts that certificates are ordered for, and how that goes. */
export function AcmeHosts() {
  const hosts = useQuery(acmeHostList())
  return (
    <Section
      title="Ordered by themselves"
      lead={
        <>
          Published hosts without an uploaded certificate, where the edge was started with{' '}
          <span className="unbroken">--acme-directory</span>.
        </>
      }
    >
      <Loaded query={hosts} what="orders">
        {(all) => (
          <List
            label="Ordered hosts"
            items={all}
            columns={columns}
            idOf={({ id }) => id}
            none="Nothing is ordered."
          />
        )}
      </Loaded>
    </Section>
  )
}

const columns: readonly Column<AcmeHost>[] = [
  { id: 'host', title: 'Host', grow: 2, cell: ({ id }) => <span className="url">{id}</span> },
  {
    id: 'state',
    title: 'Status',
    cell: ({ failureCount }) => (
      <Badge appearance="tint" shape="rounded" color={failureCount === 0 ? 'success' : 'danger'}>
        {failureCount === 0 ? 'As planned' : `Failed ${failureCount} times`}
      </Badge>
    ),
  },
  {
    id: 'next',
    title: 'Next try',
    cell: ({ nextAttemptDateTime }) => <When at={nextAttemptDateTime} />,
  },
  {
    id: 'error',
    title: 'What the authority said last',
    grow: 3,
    roomy: true,
    cell: ({ lastError }) => lastError,
  },
]
