import { droppedLines } from '../base/log-output.ts'
import type { Directory, DirectoryState } from '../directory/directory.ts'
import type { Load } from '../edge/overload.ts'
import type { RequestMetrics } from '../edge/request-metrics.ts'
import { counter, gauge, type Measure, type Metric, type Sample } from '../signals/metric.ts'
import { processMetrics } from '../signals/process-metrics.ts'
import type { LinkHub } from '../tunnel/edge-end.ts'
import type { Certificates } from './certificates.ts'
import type { SignalSource } from './command-signals.ts'
import { askDirectory } from './edge-readiness.ts'
import type { Management } from './management.ts'
import type { SignInCounts } from './sign-in-counts.ts'
import type { Snapshots } from './snapshot.ts'

/** What an edge tells about itself. */
export interface EdgeParts {
  readonly directory: Pick<Directory, 'vitals' | 'acme'>
  readonly hub: LinkHub
  readonly snapshots: Snapshots
  readonly certificates: Pick<Certificates, 'shown'>
  readonly listener: { readonly connections: number }
  readonly overload: { readonly load: Load }
  readonly management: Pick<Management, 'throttled'>
  readonly signIns: SignInCounts
  readonly counted: RequestMetrics
}

const loads: readonly Load[] = ['normal', 'shed', 'refuse']
// Scrapers keep each of them for ever; whoever has more certificates watches the one that ends first.
const certificatesMax = 1_000
const millisecondsPerSecond = 1_000

/** Metrics and health of one process of an edge: it has a snapshot and its ports, so the directory is what is left to ask. */
export function signalsOf(parts: EdgeParts): SignalSource {
  return { measure: edgeMetrics(parts), readiness: () => askDirectory(parts.directory) }
}

/** The metrics of one process of an edge. What fails to answer is left out. [D4] */
function edgeMetrics(parts: EdgeParts): Measure {
  const ofProcess = processMetrics()
  return async () => [
    ...(await ofProcess()),
    ...parts.counted.metrics(),
    parts.signIns.metric(),
    ...connectorMetrics(parts),
    ...snapshotMetrics(parts.snapshots),
    ...(await directoryMetrics(parts.directory)),
    ...(await certificateMetrics(parts)),
    ...processState(parts),
  ]
}

function connectorMetrics({ hub, snapshots }: EdgeParts): readonly Metric[] {
  const { connectorGroups, drainedConnectors } = snapshots.state
  const links = new Map(hub.connected.map(({ connectorId, links }) => [connectorId, links]))
  const ids = [...connectorGroups.keys()]
  const each = (of: (id: string) => number): Sample[] =>
    ids.map((connector_id) => ({ labels: { connector_id }, value: of(connector_id) }))
  const info = [...connectorGroups].map(([connector_id, connector_group_id]) => {
    return { labels: { connector_id, connector_group_id }, value: 1 }
  })
  return [
    gauge('sallyport_connector_info', 'Registered connectors and their groups.', 'max', info),
    gauge(
      'sallyport_connector_up',
      '1: it holds a link to this edge.',
      'max',
      each((id) => (links.has(id) ? 1 : 0)),
    ),
    gauge(
      'sallyport_connector_drained',
      '1: it was taken out of service.',
      'max',
      each((id) => (drainedConnectors.has(id) ? 1 : 0)),
    ),
    gauge(
      'sallyport_connector_links',
      'Tunnel links.',
      'sum',
      each((id) => links.get(id) ?? 0),
    ),
    gauge(
      'sallyport_connector_streams',
      'Requests and WebSockets on the links.',
      'sum',
      each((id) => hub.streamsOf(id)),
    ),
    originMetric(hub, ids),
  ]
}

/** How many origins a connector reaches, and why it does not reach the others. */
function originMetric(hub: LinkHub, ids: readonly string[]): Metric {
  const samples = ids.flatMap((connector_id) => {
    const counts = new Map<string, number>()
    for (const { code } of hub.healthOf(connector_id)) counts.set(code, (counts.get(code) ?? 0) + 1)
    return [...counts].map(([result, value]) => ({ labels: { connector_id, result }, value }))
  })
  return gauge(
    'sallyport_connector_origins',
    'Internal origins by result of the last probe.',
    'max',
    samples,
  )
}

function snapshotMetrics({ state, compiledAt, failures }: Snapshots): readonly Metric[] {
  return [
    gauge('sallyport_snapshot_version', 'The version in force.', 'max', state.version),
    gauge(
      'sallyport_snapshot_compiled_timestamp_seconds',
      'When it was compiled.',
      'max',
      compiledAt / millisecondsPerSecond,
    ),
    counter('sallyport_snapshot_failures_total', 'Versions that could not be compiled.', [
      { labels: {}, value: failures },
    ]),
    gauge('sallyport_published_applications', 'Applications.', 'max', publishedIn(state)),
  ]
}

function publishedIn({ applications }: DirectoryState): number {
  return applications.filter(({ publishing }) => publishing !== undefined).length
}

async function directoryMetrics({ vitals }: EdgeParts['directory']): Promise<readonly Metric[]> {
  const beganMs = performance.now()
  const read = await vitals().catch(() => undefined)
  const took = (performance.now() - beganMs) / millisecondsPerSecond
  const up = gauge('sallyport_directory_up', '1: the directory answers.', 'each', read ? 1 : 0)
  if (!read) return [up]
  return [
    up,
    gauge('sallyport_directory_read_seconds', 'What a read took just now.', 'each', took),
    gauge('sallyport_sessions', 'Sessions that have not ended.', 'max', read.sessions),
  ]
}

async function certificateMetrics({
  certificates,
  directory,
}: EdgeParts): Promise<readonly Metric[]> {
  const shown = new Set([...certificates.shown().values()].filter((each) => each !== undefined))
  const soonest = [...shown].sort((one, other) => one.notAfter - other.notAfter)
  const ends = soonest.slice(0, certificatesMax).map(({ names, thumbprint, source, notAfter }) => ({
    labels: { certificate: names[0] ?? '', thumbprint, source },
    value: notAfter / millisecondsPerSecond,
  }))
  const orders = await directory.acme.hosts().catch(() => [])
  const failing = orders.filter(({ failures }) => failures > 0).slice(0, certificatesMax)
  return [
    gauge(
      'sallyport_certificate_expiry_timestamp_seconds',
      'When certificates end that are shown to browsers; the local authority renews its own.',
      'max',
      ends,
    ),
    gauge(
      'sallyport_certificate_order_failures',
      'Failed orders in a row, by host; the last error is in the log.',
      'max',
      failing.map(({ host, failures }) => ({ labels: { host }, value: failures })),
    ),
  ]
}

function processState({ listener, overload, management }: EdgeParts): readonly Metric[] {
  const load = loads.indexOf(overload.load)
  const one = (value: number): Sample[] => [{ labels: {}, value }]
  return [
    gauge('sallyport_connections', 'Open connections, TLS and plain.', 'sum', listener.connections),
    gauge('sallyport_overload', '0: none, 1: requests get 503, 2: no connections.', 'max', load),
    counter(
      'sallyport_api_throttled_total',
      'Calls of the management API that got 429.',
      one(management.throttled),
    ),
    counter(
      'sallyport_log_lines_dropped_total',
      'Lines that nobody wrote down in time.',
      one(droppedLines()),
    ),
  ]
}
