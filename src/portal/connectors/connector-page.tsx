import { Button } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Connector } from '../api/types.ts'
import { reasonText } from '../applications/reasons.ts'
import { AsCode } from '../parts/as-code.tsx'
import { useChange } from '../parts/change.ts'
import { ConfirmByName } from '../parts/confirm-by-name.tsx'
import { Facts } from '../parts/facts.tsx'
import { ChoiceField } from '../parts/fields.tsx'
import { type Column, List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { Age, When } from '../parts/when.tsx'
import {
  connectorOf,
  connectorsPath,
  drainChange,
  groupList,
  moveChange,
  type OriginHealth,
  originHealth,
  stateOf,
} from './connectors.ts'
import { ReachBadge } from './reach-badge.tsx'
import { StateBadge } from './state-badge.tsx'

const route = getRouteApi('/connectors/$id')
const above = [{ path: '/connectors', label: 'Connectors' }]

/** One connector: whether it serves, what it reaches, and out of service and back. */
export function ConnectorPage() {
  const { id } = route.useParams()
  const connector = useQuery(connectorOf(id))
  if (!connector.data) {
    return (
      <Page title="Connector" above={above}>
        <Loaded query={connector} what="connector">
          {() => null}
        </Loaded>
      </Page>
    )
  }
  return <Connected connector={connector.data} />
}

function Connected({ connector }: { readonly connector: Connector }) {
  const [isDeleting, setDeleting] = useState(false)
  const navigate = useNavigate()
  const { send, isSending, problem } = useChange()
  const drain = drainChange(connector)
  return (
    <Page
      title={connector.machineName}
      above={above}
      badge={<StateBadge state={stateOf(connector)} />}
      commands={
        <>
          <Button disabled={isSending} onClick={() => send(drain)}>
            {connector.isDrained ? 'Back into service' : 'Take out of service'}
          </Button>
          <Button onClick={() => setDeleting(true)}>Delete …</Button>
          <AsCode changes={[drain]} />
        </>
      }
    >
      <ProblemBar problem={problem} />
      <div className="sections">
        <Section title="Facts">
          <Facts
            facts={[
              { name: 'Address', value: connector.externalIp },
              { name: 'Version', value: connector.version },
              {
                name: 'Last seen',
                value:
                  connector.status === 'active' ? (
                    'Now'
                  ) : (
                    <Age at={connector.lastSeenDateTime} never="It never connected" />
                  ),
              },
              { name: 'Enrolled', value: <When at={connector.createdDateTime} /> },
              { name: 'Id', value: connector.id, copied: connector.id },
            ]}
          />
        </Section>
        <Section title="What it reaches" lead={leads[stateOf(connector)]}>
          <Origins id={connector.id} />
        </Section>
        <Move connector={connector} />
      </div>
      {isDeleting && (
        <ConfirmByName
          title={`Delete ${connector.machineName}?`}
          name={connector.machineName}
          change={{
            method: 'DELETE',
            path: `${connectorsPath}/${connector.id}`,
            summary: `Deleted ${connector.machineName}`,
          }}
          onClose={() => setDeleting(false)}
          onDone={() => navigate({ to: '/connectors' })}
        >
          Its key is worth nothing afterwards, and what it has under way is cut off. Take it out of
          service first if others of its group are to go on without a failed request.
        </ConfirmByName>
      )}
    </Page>
  )
}

const leads = {
  connected: 'Name, allow-list, TCP, TLS and certificate, tried every 30 seconds.',
  drained: 'Out of service it looks on, and gets no request.',
  away: 'It is not connected, and says nothing. Does its process run, and does its machine get out?',
  never: 'It has a key and never connected: does its process run, and does its machine get out?',
} as const

const originColumns: readonly Column<OriginHealth>[] = [
  {
    id: 'origin',
    title: 'Inside the network',
    grow: 2,
    cell: ({ origin }) => <span className="url">{origin}</span>,
  },
  {
    id: 'reached',
    title: 'Status',
    cell: ({ isReached }) => <ReachBadge isReached={isReached} />,
  },
  {
    id: 'detail',
    title: 'Found',
    grow: 2,
    cell: ({ isReached, reason, connectTimeInMilliseconds: ms }) =>
      isReached ? <span className="soft">{`after ${ms} ms`}</span> : reasonText(reason),
  },
]

function Origins({ id }: { readonly id: string }) {
  const health = useQuery(originHealth(id))
  return (
    <Loaded query={health} what="origins">
      {(origins) => (
        <List
          label="Origins"
          items={origins}
          columns={originColumns}
          idOf={({ origin }) => origin}
          none="It has told of nothing: there is no address to try, or it is not connected."
        />
      )}
    </Loaded>
  )
}

function Move({ connector }: { readonly connector: Connector }) {
  const { data: groups = [] } = useQuery(groupList())
  const [chosen, setChosen] = useState<string | undefined>(undefined)
  const { send, isSending, problem } = useChange()
  const group = groups.find(({ id }) => id === (chosen ?? connector.connectorGroupId))
  const isMove = group !== undefined && group.id !== connector.connectorGroupId
  const change = isMove ? moveChange(connector, group) : undefined
  return (
    <Section title="Group" lead="It serves the applications of this group, and of no other.">
      <ProblemBar problem={problem} />
      <ChoiceField
        label="Connector group"
        value={group?.id ?? ''}
        choices={groups.map(({ id, name }) => [id, name] as const)}
        onChange={setChosen}
      />
      {change && (
        <div className="section-actions">
          <Button appearance="primary" disabled={isSending} onClick={() => send(change)}>
            Move it
          </Button>
          <AsCode changes={[change]} />
        </div>
      )}
    </Section>
  )
}
