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
  readonly applications: readonly Application[]
  readonly connectors: readonly Connector[]
  readonly certificates: readonly Certificate[]
  /** Of all applications. */
  readonly health: readonly SegmentHealth[]
  readonly refusals: readonly CorsRefusal[]
  readonly now: number
}

export type ColumnName = 'people' | 'host' | 'connector' | 'internal'

/** Addresses that belong together: those of an application outside, those of a host inside. */
export interface TopologyGroup {
  readonly id: string
  readonly column: 'host' | 'internal'
  readonly label: string
  /** Where it leads, when there is a page about it. */
  readonly path: string | undefined
}

/** One box of the picture. */
export interface TopologyNode {
  readonly id: string
  readonly column: ColumnName
  readonly label: string
  /** Whose address it is. */
  readonly note: string
  readonly group: TopologyGroup | undefined
  /** Where it leads. */
  readonly path: string
  /** What is wrong with it, each in a sentence; empty: nothing. */
  readonly problems: readonly string[]
}

/** From an address outside to the one behind it, by ids of nodes. */
export interface TopologyWay {
  readonly applicationId: string
  readonly host: string
  readonly internal: string
  readonly through: readonly {
    readonly connector: string
    readonly isDown: boolean
    readonly isReached: boolean | null
  }[]
  /** It is known that no connector serves it. */
  readonly isUnserved: boolean
}

export interface Topology {
  readonly nodes: readonly TopologyNode[]
  readonly ways: readonly TopologyWay[]
}

/** Whether a certificate is for the host, as certificates name hosts. */
type Covers = (name: string, host: string) => boolean

/** People, hosts, connectors and internal applications, with everything that is broken where it is. [G5] [K4] */
export function buildTopology(facts: TopologyFacts, covers: Covers): Topology {
  const nodes = new Map<string, TopologyNode>()
  const ways: TopologyWay[] = []
  const add = (node: TopologyNode): void => {
    const known = nodes.get(node.id)
    const problems = [...new Set([...(known?.problems ?? []), ...node.problems])]
    const notes = new Set([...(known?.note.split(', ') ?? []), node.note])
    nodes.set(node.id, { ...node, ...known, problems, note: [...notes].join(', ') })
  }
  add(people)
  for (const connector of facts.connectors) add(connectorNode(connector))
  const tell = {
    expired: expiredBy(facts, covers),
    uncovered: uncoveredCalls(facts.refusals),
    health: new Map(facts.health.map((each) => [healthKey(each), each])),
  }
  for (const application of facts.applications) {
    for (const pair of pairsOf(application)) {
      const health = tell.health.get(healthKey(pair))
      const host = hostNode(pair, application, tell)
      const internal = internalNode(pair, application, health)
      add(host)
      add(internal)
      const through = (health?.connectors ?? []).flatMap(({ id, isReached }) => {
        const connector = nodes.get(`connector ${id}`)
        if (!connector) return []
        return [{ connector: connector.id, isDown: connector.problems.length > 0, isReached }]
      })
      const isUnserved = health !== undefined && health.connectors.length === 0
      const ends = { host: host.id, internal: internal.id }
      ways.push({ applicationId: application.id, ...ends, through, isUnserved })
    }
  }
  return { nodes: [...nodes.values()], ways }
}

/** Only what lies on the ways that are wanted; connectors and people that lie on none are left out. */
export function onlyWays(
  { nodes, ways }: Topology,
  isWanted: (way: TopologyWay, on: readonly TopologyNode[]) => boolean,
): Topology {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const idsOn = ({ host, internal, through }: TopologyWay) => [
    host,
    internal,
    ...through.map(({ connector }) => connector),
  ]
  const wanted = ways.filter((way) =>
    isWanted(
      way,
      idsOn(way).flatMap((id) => byId.get(id) ?? []),
    ),
  )
  const kept = new Set(wanted.flatMap(idsOn))
  if (wanted.length > 0) kept.add(people.id)
  return { nodes: nodes.filter(({ id }) => kept.has(id)), ways: wanted }
}

const people: TopologyNode = {
  id: 'people',
  column: 'people',
  label: 'People',
  note: '',
  group: undefined,
  path: '/people',
  problems: [],
}

function connectorNode({ id, machineName, status, isDrained }: Connector): TopologyNode {
  const down = status === 'inactive' ? ['It is not connected.'] : []
  return {
    id: `connector ${id}`,
    column: 'connector',
    label: machineName,
    note: '',
    group: undefined,
    path: `/connectors/${id}`,
    problems: isDrained ? ['It is taken out of service.'] : down,
  }
}

/** One external URL with the internal one behind it. */
interface Pair {
  readonly applicationId: string
  readonly segmentId: string | undefined
  readonly externalUrl: string
  readonly internalUrl: string
}

function pairsOf({ id: applicationId, onPremisesPublishing }: Application): readonly Pair[] {
  if (!onPremisesPublishing) return []
  const segments = segmentsOf(onPremisesPublishing)
  if (segments.length > 0) {
    return segments.map(({ id, externalUrl, internalUrl }) => {
      return { applicationId, segmentId: id, externalUrl, internalUrl }
    })
  }
  const { externalUrl, internalUrl } = onPremisesPublishing
  if (externalUrl === null || internalUrl === null) return []
  return [{ applicationId, segmentId: undefined, externalUrl, internalUrl }]
}

function healthKey(pair: Pick<SegmentHealth, 'applicationId' | 'externalUrl' | 'internalUrl'>) {
  return `${pair.applicationId} ${pair.externalUrl} ${pair.internalUrl}`
}

/** What is known about hosts. */
interface HostFacts {
  readonly expired: (host: string) => boolean
  /** How often pages of other origins called where no rule is, by application and segment. */
  readonly uncovered: ReadonlyMap<string, number>
}

function expiredBy({ certificates, now }: TopologyFacts, covers: Covers) {
  return (host: string): boolean => {
    const own = certificates.filter(({ dnsNames }) => dnsNames.some((name) => covers(name, host)))
    return own.length > 0 && own.every(({ expiryDate }) => Date.parse(expiryDate) < now)
  }
}

function uncoveredCalls(refusals: readonly CorsRefusal[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { applicationId, segmentId, reason, offeredChange, count } of refusals) {
    if (reason !== 'no-rule' || offeredChange === null) continue
    const key = `${applicationId} ${segmentId ?? ''}`
    counts.set(key, (counts.get(key) ?? 0) + count)
  }
  return counts
}

function hostNode(
  { externalUrl, segmentId }: Pair,
  { id, displayName, onPremisesPublishing }: Application,
  { expired, uncovered }: HostFacts,
): TopologyNode {
  const count = uncovered.get(`${id} ${segmentId ?? ''}`) ?? 0
  const path = `/applications/${id}`
  return {
    id: `host ${externalUrl}`,
    column: 'host',
    label: shortUrl(externalUrl),
    note: displayName,
    group: { id: `application ${id}`, column: 'host', label: displayName, path },
    path: count > 0 ? `/cross-origin?application=${id}` : path,
    problems: [
      ...(onPremisesPublishing?.isInMaintenance ? ['It is in maintenance.'] : []),
      ...(expired(hostOf(externalUrl)) ? ['Its certificate has expired.'] : []),
      ...(count > 0
        ? [`It has no CORS rule, and pages of other origins called it: ${count}.`]
        : []),
    ],
  }
}

function internalNode(
  { internalUrl }: Pair,
  { id, displayName }: Application,
  health: SegmentHealth | undefined,
): TopologyNode {
  const unreached = (health?.connectors ?? []).filter(({ isReached }) => isReached === false)
  const problems = unreached.map(
    // The code first: it is what is left where there is little room.
    ({ machineName, reason }) =>
      `${reason ?? 'unreachable'} from ${machineName}: ${reasonText(reason)}.`,
  )
  const alone = health?.connectors.length === 0 ? ['No connector serves it.'] : []
  const host = hostOf(internalUrl)
  return {
    id: `internal ${internalUrl}`,
    column: 'internal',
    label: shortUrl(internalUrl),
    note: displayName,
    group: { id: `inside ${host}`, column: 'internal', label: host, path: undefined },
    path: `/applications/${id}`,
    problems: [...problems, ...alone],
  }
}

/** The host of a URL that may begin with a star. */
function hostOf(url: string): string {
  const host = URL.parse(url.replace('//*.', '//star-.'))?.hostname ?? url
  return host.replace(/^star-\./, '*.')
}

function shortUrl(url: string): string {
  return url.replace(/^https:\/\//, '').replace(/\/$/, '')
}
