import { Badge, Button } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { TimerRegular } from '@fluentui/react-icons/svg/timer'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Empty } from '../parts/empty.tsx'
import { type Column, List } from '../parts/list.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { lifetimeIn } from './lifetime.ts'
import { LifetimeBlade } from './lifetime-blade.tsx'
import { type LifetimePolicy, lifetimeList } from './policies.ts'

/** How long the edge believes a session before it asks the provider again. */
export function LifetimesTab() {
  const policies = useQuery(lifetimeList())
  const [opened, setOpened] = useState<LifetimePolicy | 'new' | undefined>()
  return (
    <>
      <div className="section-actions">
        <Button icon={<AddRegular />} onClick={() => setOpened('new')}>
          New lifetime
        </Button>
      </div>
      <Loaded query={policies} what="token lifetimes">
        {(all) =>
          all.length === 0 ? (
            <Empty
              icon={TimerRegular}
              title="One hour, for everything"
              command="sallyport token-lifetimes create --help"
            >
              So long the edge believes a session before it asks the identity provider again, behind
              the scenes. Give some applications another time, or all of them.
            </Empty>
          ) : (
            <List
              label="Token lifetimes"
              items={all}
              columns={columns(setOpened)}
              idOf={({ id }) => id}
            />
          )
        }
      </Loaded>
      {opened !== undefined && (
        <LifetimeBlade
          policy={opened === 'new' ? undefined : opened}
          onClose={() => setOpened(undefined)}
        />
      )}
    </>
  )
}

function columns(onOpen: (policy: LifetimePolicy) => void): readonly Column<LifetimePolicy>[] {
  return [
    {
      id: 'name',
      title: 'Name',
      grow: 2,
      cell: (policy) => (
        <Button appearance="transparent" className="row-button" onClick={() => onOpen(policy)}>
          {policy.displayName}
        </Button>
      ),
    },
    {
      id: 'time',
      title: 'Time',
      cell: ({ definition }) => lifetimeIn(definition) ?? '1:00:00',
    },
    {
      id: 'default',
      title: 'Holds for',
      cell: ({ isOrganizationDefault }) =>
        isOrganizationDefault ? (
          <Badge appearance="tint" color="informative" shape="rounded">
            All applications
          </Badge>
        ) : (
          'Those that have it'
        ),
    },
  ]
}
