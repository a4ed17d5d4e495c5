import { Badge, Button } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { LocationRegular } from '@fluentui/react-icons/svg/location'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Empty } from '../parts/empty.tsx'
import { type Column, List } from '../parts/list.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { LocationBlade } from './location-blade.tsx'
import { locationList, type NamedLocation } from './policies.ts'

/** Places that policies can name. */
export function LocationsTab() {
  const locations = useQuery(locationList())
  const [opened, setOpened] = useState<NamedLocation | 'addresses' | 'countries' | undefined>()
  return (
    <>
      <div className="section-actions">
        <Button icon={<AddRegular />} onClick={() => setOpened('addresses')}>
          New addresses
        </Button>
        <Button icon={<AddRegular />} onClick={() => setOpened('countries')}>
          New countries
        </Button>
      </div>
      <Loaded query={locations} what="locations">
        {(all) =>
          all.length === 0 ? (
            <Empty
              icon={LocationRegular}
              title="No place has a name yet"
              command="sallyport locations create --help"
            >
              Name your offices by their addresses, or countries, so that policies can mean them.
            </Empty>
          ) : (
            <List
              label="Named locations"
              items={all}
              columns={columns(setOpened)}
              idOf={({ id }) => id}
            />
          )
        }
      </Loaded>
      {opened !== undefined && (
        <LocationBlade opened={opened} onClose={() => setOpened(undefined)} />
      )}
    </>
  )
}

function columns(onOpen: (location: NamedLocation) => void): readonly Column<NamedLocation>[] {
  return [
    {
      id: 'name',
      title: 'Name',
      cell: (location) => (
        <Button appearance="transparent" className="row-button" onClick={() => onOpen(location)}>
          {location.displayName}
        </Button>
      ),
    },
    {
      id: 'trusted',
      title: 'Trusted',
      cell: ({ isTrusted }) =>
        isTrusted === true && (
          <Badge appearance="tint" color="success" shape="rounded">
            Trusted
          </Badge>
        ),
    },
    {
      id: 'what',
      title: 'What',
      grow: 2,
      cell: ({ ipRanges, countriesAndRegions }) =>
        (ipRanges?.map(({ cidrAddress }) => cidrAddress) ?? countriesAndRegions ?? []).join(', '),
    },
  ]
}
