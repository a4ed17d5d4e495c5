import type {
  Application,
  Certificate,
  Connector,
  CorsRefusal,
  SegmentHealth,
} from '../api/types.ts'
import { segmentsOf } from '../applications/facts.ts'
import { reasonText } from '../applications/reasons.ts'

/** What the picture is drawn from. */
export interface TopologyFacts {
  readonly applications: readonly ApplicationFacts[]
  readonly connectors: readonly Connector[]
  readonly certificates: readonly Certificate[]
  readonly now: number
}

export interface ApplicationFacts {
  readonly application: Application
  readonly health: readonly SegmentHealth[]
  readonly refusals: readonly CorsRefusal[]
}

export type ColumnName = 'people' | 'host' | 'connector' | 'internal'

/** One box of the picture. */
export interface TopologyNode {
  readonly id: string
  readonly column: ColumnName
  readonly label: string
  /** The application it belongs to, for the heading above it. */
  readonly group: string
  /** Where it leads. */
  readonly path: string
  /** What is wrong with it, each in a sentence; empty: nothing. */
  readonly problems: readonly string[]
}

/** One line of the picture. */
export interface TopologyEdge {
  readonly from: string
  readonly to: string
  readonly isBroken: boolean
}

export interface Topology {
  readonly nodes: readonly TopologyNode[]
  readonly edges: readonly TopologyEdge[]
}

/** Whether a certificate is for the host, as certificates name hosts. */
type Covers = (name: string, host: string) => boolean

/** People, hosts, connectors and internal applications, with everything that is broken where it is. [G5] [K4] */
export function buildTopology(facts: TopologyFacts, covers: Covers): Topology {
  const nodes = new Map<string, TopologyNode>()
  const edges = new Map<string, TopologyEdge>()
  const add = (node: TopologyNode): void => {
    const known = nodes.get(node.id)
    const problems = [...new Set([...(known?.problems ?? []), ...node.problems])]
    nodes.set(node.id, { ...node, ...known, problems })
  }
  const join = (edge: TopologyEdge): void => {
    const id = `${edge.from} ${edge.to}`
    edges.set(id, { ...edge, isBroken: edge.isBroken || edges.get(id)?.isBroken === true })
  }
  add({ ...people, problems: [] })
  for (const connector of facts.connectors) add(connectorNode(connector))
  for (const each of facts.applications) {
    for (const pair of pairsOf(each)) {
      const host = hostNode(pair, each, facts, covers)
      const internal = internalNode(pair, each)
      add(host)
      add(internal)
      join({ from: people.id, to: host.id, isBroken: false })
      const reaching = pair.health?.connectors ?? []
      for (const { id, isReached } of reaching) {
        const known = nodes.get(`connector ${id}`)
        if (!known) continue
        const isDown = known.problems.length > 0
        join({ from: host.id, to: known.id, isBroken: isDown })
        join({ from: known.id, to: internal.id, isBroken: isDown || isReached === false })
      }
      const isUnserved = pair.health !== undefined
      if (reaching.length === 0) join({ from: host.id, to: internal.id, isBroken: isUnserved })
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] }
}

const people = {
  id: 'people',
  column: 'people',
  label: 'People',
  group: '',
  path: '/people',
} as const

function connectorNode({ id, machineName, status, isDrained }: Connector): TopologyNode {
  const problems = isDrained
    ? ['It is taken out of service.']
    : status === 'inactive'
      ? ['It is not connected.']
      : []
  const path = `/connectors/${id}`
  return {
    id: `connector ${id}`,
    column: 'connector',
    label: machineName,
    group: '',
    path,
    problems,
  }
}

/** One external URL with the internal one behind it. */
interface Pair {
  readonly segmentId: string | undefined
  readonly externalUrl: string
  readonly internalUrl: string
  readonly health: SegmentHealth | undefined
}

function pairsOf({ application, health }: ApplicationFacts): readonly Pair[] {
  const publishing = application.onPremisesPublishing
  if (!publishing) return []
  const withHealth = (pair: Omit<Pair, 'health'>): Pair => {
    return { ...pair, health: health.find(({ internalUrl }) => internalUrl === pair.internalUrl) }
  }
  const segments = segmentsOf(publishing)
  if (segments.length > 0) {
    return segments.map(({ id, externalUrl, internalUrl }) =>
      withHealth({ segmentId: id, externalUrl, internalUrl }),
    )
  }
  const { externalUrl, internalUrl } = publishing
  if (externalUrl === null || internalUrl === null) return []
  return [withHealth({ segmentId: undefined, externalUrl, internalUrl })]
}

function hostNode(
  { externalUrl, segmentId }: Pair,
  { application, refusals }: ApplicationFacts,
  { certificates, now }: TopologyFacts,
  covers: Covers,
): TopologyNode {
  const { id, displayName } = application
  const host = URL.parse(externalUrl.replace('//*.', '//star-.'))?.hostname ?? externalUrl
  const named = host.replace(/^star-\./, '*.')
  const own = certificates.filter(({ dnsNames }) => dnsNames.some((name) => covers(name, named)))
  const isExpired = own.length > 0 && own.every(({ expiryDate }) => Date.parse(expiryDate) < now)
  const uncovered = refusals.filter(
    (each) =>
      (each.segmentId ?? undefined) === segmentId &&
      each.reason === 'no-rule' &&
      each.offeredChange !== null,
  )
  const count = uncovered.reduce((sum, each) => sum + each.count, 0)
  return {
    id: `host ${externalUrl}`,
    column: 'host',
    label: shortUrl(externalUrl),
    group: displayName,
    path: count > 0 ? `/cross-origin?application=${id}` : `/applications/${id}`,
    problems: [
      ...(application.onPremisesPublishing?.isInMaintenance ? ['It is in maintenance.'] : []),
      ...(isExpired ? ['Its certificate has expired.'] : []),
      ...(count > 0
        ? [`It has no CORS rule, and pages of other origins called it: ${count}.`]
        : []),
    ],
  }
}

function internalNode(
  { internalUrl, health }: Pair,
  { application }: ApplicationFacts,
): TopologyNode {
  const { id, displayName } = application
  const path = `/applications/${id}`
  const unreached = (health?.connectors ?? []).filter(({ isReached }) => isReached === false)
  const problems = unreached.map(
    // The code first: it is what is left where there is little room.
    ({ machineName, reason }) =>
      `${reason ?? 'unreachable'} from ${machineName}: ${reasonText(reason)}.`,
  )
  const alone = health?.connectors.length === 0 ? ['No connector serves it.'] : []
  return {
    id: `internal ${internalUrl}`,
    column: 'internal',
    label: shortUrl(internalUrl),
    group: displayName,
    path,
    problems: [...problems, ...alone],
  }
}

function shortUrl(url: string): string {
  return url.replace(/^https:\/\//, '').replace(/\/$/, '')
}
