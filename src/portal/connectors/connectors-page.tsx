import { Badge, Button } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { EditRegular } from '@fluentui/react-icons/svg/edit'
import { PlugConnectedRegular } from '@fluentui/react-icons/svg/plug-connected'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Connector, ConnectorGroup } from '../api/types.ts'
import { Empty } from '../parts/empty.tsx'
import { lazyBlade } from '../parts/lazy-blade.tsx'
import { LinkButton } from '../parts/link-button.tsx'
import { type Column, List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { Age } from '../parts/when.tsx'
import { connectorList, groupList, stateOf } from './connectors.ts'
import { StateBadge } from './state-badge.tsx'

const GroupBlade = lazyBlade(async () => (await import('./group-blade.tsx')).GroupBlade)

/** Connectors by group: who is there, and who is missing. */
export function ConnectorsPage() {
  const connectors = useQuery(connectorList())
  const groups = useQuery(groupList())
  const [edited, setEdited] = useState<ConnectorGroup | 'new' | undefined>(undefined)
  return (
    <Page
      title="Connectors"
      lead="They stand inside the network and dial out; nothing has to listen there. Several of one group share the load."
      commands={
        <>
          <LinkButton to="/connectors/new" appearance="primary" icon={<AddRegular />}>
            Add a connector
          </LinkButton>
          <Button icon={<AddRegular />} onClick={() => setEdited('new')}>
            New group
          </Button>
        </>
      }
    >
      <Loaded query={groups} what="connector groups">
        {(all) => (
          <Loaded query={connectors} what="connectors">
            {(members) => (
              <div className="sections">
                {inOrder(all).map((group) => (
                  <Group
                    key={group.id}
                    group={group}
                    connectors={members.filter(
                      ({ connectorGroupId }) => connectorGroupId === group.id,
                    )}
                    onEdit={() => setEdited(group)}
                  />
                ))}
              </div>
            )}
          </Loaded>
        )}
      </Loaded>
      {edited !== undefined && (
        <GroupBlade
          group={edited === 'new' ? undefined : edited}
          onClose={() => setEdited(undefined)}
        />
      )}
    </Page>
  )
}

function inOrder(groups: readonly ConnectorGroup[]): readonly ConnectorGroup[] {
  return groups.toSorted(
    (a, b) => Number(b.isDefault) - Number(a.isDefault) || a.name.localeCompare(b.name),
  )
}

interface GroupProps {
  readonly group: ConnectorGroup
  readonly connectors: readonly Connector[]
  readonly onEdit: () => void
}

function Group({ group, connectors, onEdit }: GroupProps) {
  const active = connectors.filter((each) => stateOf(each) === 'connected').length
  return (
    <Section
      title={group.name}
      actions={
        <>
          {group.isDefault && (
            <Badge appearance="outline" shape="rounded">
              Default
            </Badge>
          )}
          {connectors.length > 0 && (
            <Badge
              appearance="tint"
              shape="rounded"
              color={active === 0 ? 'danger' : active < connectors.length ? 'warning' : 'success'}
            >
              {`${active} of ${connectors.length} in service`}
            </Badge>
          )}
          <Button
            appearance="subtle"
            icon={<EditRegular />}
            aria-label={`Edit the group ${group.name}`}
            onClick={onEdit}
          />
        </>
      }
    >
      {connectors.length === 0 ? (
        <Empty
          icon={PlugConnectedRegular}
          title="No connector in this group"
          action={
            <LinkButton to="/connectors/new" search={{ group: group.id }}>
              Add a connector
            </LinkButton>
          }
          command={`sallyport connectors token --group ${JSON.stringify(group.name)}`}
        >
          Applications of this group cannot be reached until one is there.
        </Empty>
      ) : (
        <List
          label={`Connectors of ${group.name}`}
          items={connectors}
          columns={columns}
          idOf={({ id }) => id}
        />
      )}
    </Section>
  )
}

const columns: readonly Column<Connector>[] = [
  {
    id: 'name',
    title: 'Machine',
    grow: 2,
    cell: ({ id, machineName }) => (
      <Link className="link list-name" to="/connectors/$id" params={{ id }}>
        {machineName}
      </Link>
    ),
  },
  {
    id: 'state',
    title: 'Status',
    cell: (connector) => <StateBadge state={stateOf(connector)} />,
  },
  { id: 'address', title: 'Address', roomy: true, cell: ({ externalIp }) => externalIp },
  { id: 'version', title: 'Version', roomy: true, cell: ({ version }) => version },
  {
    id: 'seen',
    title: 'Last seen',
    roomy: true,
    cell: (connector) =>
      connector.status === 'active' ? 'Now' : <Age at={connector.lastSeenDateTime} />,
  },
]
