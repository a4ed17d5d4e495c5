import { useQueries, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { collection } from '../api/queries.ts'
import type { Application, Certificate, Connector, CorsRefusal } from '../api/types.ts'
import { applicationPath, segmentHealth, useApplications } from '../applications/applications.ts'
import { certificatesPath, covers } from '../certificates/certificates.ts'
import { ChoiceFilter } from '../parts/choice-filter.tsx'
import { Page } from '../parts/page.tsx'
import { PathLink } from '../parts/path-link.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { Picture } from './picture.tsx'
import { topologySearch } from './search.ts'
import { buildTopology, type Topology, type TopologyNode } from './topology.ts'
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
        {(all) => <Ways all={all.filter(({ onPremisesPublishing }) => onPremisesPublishing)} />}
      </Loaded>
    </Page>
  )
}

function Ways({ all }: { readonly all: readonly Application[] }) {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/topology' })
  const shown = all.filter(
    ({ id }) => search.application === undefined || id === search.application,
  )
  const topology = useTopology(shown)
  if (all.length === 0) return <p className="list-none">Nothing is published yet.</p>
  const broken = topology.nodes.filter(({ problems }) => problems.length > 0)
  return (
    <>
      <div className="filters">
        <ChoiceFilter
          label="Application"
          value={search.application}
          options={all.map(({ id, displayName }) => [id, displayName])}
          onChange={(application) => navigate({ search: topologySearch({ application }) })}
        />
      </div>
      <div className="sections">
        <Section
          title={
            broken.length === 0 ? 'Nothing is broken' : `${broken.length} of them need attention`
          }
        >
          <Picture topology={topology} />
        </Section>
        <Section title="The same as a list">
          <WayList topology={topology} />
        </Section>
      </div>
    </>
  )
}

function useTopology(applications: readonly Application[]): Topology {
  const connectors = useQuery({
    ...collection<Connector>(`${profile}/connectors`),
    refetchInterval: refreshMs,
  })
  const certificates = useQuery(collection<Certificate>(certificatesPath))
  const health = useQueries({
    queries: applications.map(({ id }) => ({ ...segmentHealth(id), refetchInterval: refreshMs })),
  })
  const refusals = useQueries({
    queries: applications.map(({ id }) =>
      collection<CorsRefusal>(`${applicationPath(id)}/onPremisesPublishing/corsRefusals`),
    ),
  })
  const facts = {
    applications: applications.map((application, index) => {
      const known = { health: health[index]?.data ?? [], refusals: refusals[index]?.data ?? [] }
      return { application, ...known }
    }),
    connectors: connectors.data ?? [],
    certificates: certificates.data ?? [],
    now: Date.now(),
  }
  return buildTopology(facts, covers)
}

const columns = [
  ['host', 'At the edge'],
  ['connector', 'Connectors'],
  ['internal', 'Inside'],
] as const

/** The facts of the picture in words. */
function WayList({ topology: { nodes, edges } }: { readonly topology: Topology }) {
  const labels = new Map(nodes.map(({ id, label }) => [id, label]))
  const waysOf = (node: TopologyNode): string => {
    const ways = edges.filter(({ from }) => from === node.id)
    const words = ways.map(({ to, isBroken }) => `${labels.get(to)}${isBroken ? ' (broken)' : ''}`)
    return words.length === 0 ? '' : `leads to ${words.join(', ')}`
  }
  return columns.map(([column, title]) => (
    <div key={column}>
      <h3 className="topology-column">{title}</h3>
      <ul className="topology-list">
        {nodes
          .filter((node) => node.column === column)
          .map((node) => (
            <li key={node.id}>
              <PathLink path={node.path}>{node.label}</PathLink>{' '}
              <span className="soft">{[node.group, waysOf(node)].filter(Boolean).join(', ')}</span>
              {node.problems.map((problem) => (
                <strong key={problem} className="topology-sentence">
                  {problem}
                </strong>
              ))}
            </li>
          ))}
      </ul>
    </div>
  ))
}
