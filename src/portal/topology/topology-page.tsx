import { Button, Switch } from '@fluentui/react-components'
import { FlowRegular } from '@fluentui/react-icons/svg/flow'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import { collection } from '../api/queries.ts'
import type {
  Application,
  Certificate,
  Connector,
  CorsRefusal,
  SegmentHealth,
} from '../api/types.ts'
import { useApplications } from '../applications/applications.ts'
import { NothingPublished } from '../applications/nothing-published.tsx'
import { certificatesPath, covers } from '../certificates/certificates.ts'
import { ChoiceFilter } from '../parts/choice-filter.tsx'
import { Page } from '../parts/page.tsx'
import { refined } from '../parts/search.ts'
import { SearchBox } from '../parts/search-box.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded, Waiting } from '../parts/waiting.tsx'
import { arrange, isBroken, type Opening } from './arrange.ts'
import { matching } from './filter.ts'
import { Frame } from './frame.tsx'
import { Picture } from './picture.tsx'
import type { TopologySearch } from './search.ts'
import { buildTopology, onlyWays, type Topology } from './topology.ts'
import { WayList } from './way-list.tsx'
import { attentionText } from './words.ts'
import './topology.css'

const route = getRouteApi('/topology')

const profile = '/onPremisesPublishingProfiles/applicationProxy'

// What breaks is to be seen while somebody looks.
const refreshMs = 10_000

/** From people to internal applications at a glance, with what is broken in its place. */
export function TopologyPage() {
  const applications = useApplications()
  return (
    <Page
      title="Topology"
      lead="The ways from people to internal applications. What is broken stands in its place, and each box leads to where it is put right."
    >
      <Loaded query={applications} what="applications">
        {(all) => <Published all={all} />}
      </Loaded>
    </Page>
  )
}

function Published({ all }: { readonly all: readonly Application[] }) {
  const published = useMemo(
    () => all.filter(({ onPremisesPublishing }) => onPremisesPublishing),
    [all],
  )
  const topology = useTopology(published)
  if (published.length === 0) {
    return (
      <NothingPublished icon={FlowRegular}>
        Here you see the ways from people over connectors to your applications, and where one of
        them is broken.
      </NothingPublished>
    )
  }
  if (!topology) return <Waiting what="data paths" />
  return <Ways applications={published} topology={topology} />
}

interface WaysProps {
  readonly applications: readonly Application[]
  readonly topology: Topology
}

function Ways({ applications, topology }: WaysProps) {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/topology' })
  const refine = (part: Partial<Record<keyof TopologySearch, string>>): void =>
    void navigate({
      search: (before: TopologySearch) => refined(before, part),
      replace: true,
    })
  const shown = useMemo(() => onlyWays(topology, matching(search)), [topology, search])
  const isFiltered = Object.keys(search).length > 0
  return (
    <>
      <div className="filters">
        <SearchBox
          label="Find a name, address or problem"
          value={search.q ?? ''}
          onChange={(q) => refine({ q })}
        />
        <ChoiceFilter
          label="Application"
          value={search.application}
          options={applications.map(({ id, displayName }) => [id, displayName])}
          onChange={(application) => refine({ application })}
        />
        <Switch
          label="Only what is broken"
          checked={search.state === 'broken'}
          onChange={(_event, { checked }) => refine({ state: checked ? 'broken' : '' })}
        />
      </div>
      {isFiltered && shown.ways.length === 0 ? (
        <p className="list-none">Nothing matches these filters.</p>
      ) : (
        // What somebody opened among all of it is not what they want open among what a filter leaves.
        <Arranged key={JSON.stringify(search)} topology={isFiltered ? shown : topology} />
      )}
    </>
  )
}

function Arranged({ topology }: { readonly topology: Topology }) {
  const [chosen, setChosen] = useState<ReadonlyMap<string, Opening>>(new Map())
  const arranged = useMemo(() => arrange(topology, chosen), [topology, chosen])
  const open = useCallback((group: string, opening: Opening): void => {
    setChosen((before) => new Map(before).set(group, opening))
  }, [])
  const groups = arranged.items.flatMap((item) => (item.kind === 'group' ? [item.group.id] : []))
  const openAll = (opening: Opening): void =>
    setChosen(new Map(groups.map((group) => [group, opening])))
  const actions = groups.length > 0 && (
    <>
      <Button onClick={() => openAll('open')}>Open all</Button>
      <Button onClick={() => openAll('closed')}>Close all</Button>
    </>
  )
  return (
    <div className="sections">
      <Section
        title={attentionText(topology.nodes.filter(isBroken).length)}
        {...(actions && { actions })}
      >
        <Frame>{(scale) => <Picture arranged={arranged} scale={scale} onOpen={open} />}</Frame>
      </Section>
      <Section title="The same as a list">
        <WayList arranged={arranged} onOpen={open} />
      </Section>
    </div>
  )
}

/** Five calls, however many applications there are. Undefined until it is known who serves what. */
function useTopology(applications: readonly Application[]): Topology | undefined {
  const connectors = useQuery({
    ...collection<Connector>(`${profile}/connectors`),
    refetchInterval: refreshMs,
  })
  const certificates = useQuery(collection<Certificate>(certificatesPath))
  const health = useQuery({
    ...collection<SegmentHealth>(`${profile}/segmentHealth?$top=999`),
    refetchInterval: refreshMs,
  })
  const refusals = useQuery({
    ...collection<CorsRefusal>(`${profile}/corsRefusals?$top=999&$filter=reason eq 'no-rule'`),
    refetchInterval: refreshMs,
  })
  const isKnown = !connectors.isPending && !health.isPending
  return useMemo(() => {
    if (!isKnown) return undefined
    const facts = {
      applications,
      connectors: connectors.data ?? [],
      certificates: certificates.data ?? [],
      health: health.data ?? [],
      refusals: refusals.data ?? [],
      now: Date.now(),
    }
    return buildTopology(facts, covers)
  }, [isKnown, applications, connectors.data, certificates.data, health.data, refusals.data])
}
