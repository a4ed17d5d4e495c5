import { useQuery } from '@tanstack/react-query'
import { collection, resource } from '../api/queries.ts'
import type { Certificate, Connector, LiveRequest, Me, Person } from '../api/types.ts'
import { useApplications, useStatuses } from '../applications/applications.ts'
import { Page } from '../parts/page.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { findConcerns } from './attention.ts'
import { Attention } from './attention.tsx'
import { FirstSteps } from './first-steps.tsx'
import { LastChanges } from './last-changes.tsx'
import { Numbers } from './numbers.tsx'
import { Tour, tourOf } from './tour.tsx'
import './home.css'

const profile = '/onPremisesPublishingProfiles/applicationProxy'
// What is on this page is looked at while something is put right elsewhere.
const refreshMs = 15_000

/** Where an administrator begins: what needs attention, what to do next, what was done last. */
export function HomePage() {
  const { data: me } = useQuery(resource<Me>('/me'))
  const applications = useApplications()
  const greeting = me ? `Good to see you, ${me.displayName}.` : 'Good to see you.'
  return (
    <Page title="Home" lead={greeting}>
      <Loaded query={applications} what="overview">
        {() => <Overview />}
      </Loaded>
    </Page>
  )
}

function Overview() {
  const { data: applications = [] } = useApplications()
  const listed = useStatuses(applications)
  const connectors = useQuery({
    ...collection<Connector>(`${profile}/connectors`),
    refetchInterval: refreshMs,
  })
  const certificates = useQuery(collection<Certificate>(`${profile}/certificates`))
  const refused = useQuery({ ...resource<Refused>(refusedCalls), refetchInterval: refreshMs })
  const people = useQuery(resource<{ value: readonly Person[] }>('/users?$top=2'))
  const tour = tourOf(applications)
  const concerns = findConcerns({
    applications: listed,
    connectors: connectors.data ?? [],
    certificates: certificates.data ?? [],
    refused: refused.data?.value ?? [],
    now: Date.now(),
  })
  const published = applications.filter(({ onPremisesPublishing }) => onPremisesPublishing)
  const done = {
    connector: connectors.data?.some(({ status }) => status === 'active') === true,
    application: published.length > 0,
    people: (people.data?.value.length ?? 0) > 1,
  }
  const isNew = connectors.data !== undefined && people.data !== undefined && !allOf(done)
  return (
    <div className="home">
      <div className="sections">
        {tour && <Tour tour={tour} />}
        {isNew && <FirstSteps done={done} />}
        <Attention
          concerns={concerns}
          isKnown={!connectors.isPending && !refused.isPending}
          isEmpty={published.length === 0}
        />
      </div>
      <div className="sections">
        <Numbers applications={listed} connectors={connectors.data ?? []} />
        <LastChanges />
      </div>
    </div>
  )
}

interface Refused {
  readonly value: readonly LiveRequest[]
}

const refusedCalls = `/requests?$filter=${encodeURIComponent("startswith(code,'cors-')")}&$top=50`

function allOf(done: Readonly<Record<string, boolean>>): boolean {
  return Object.values(done).every(Boolean)
}
