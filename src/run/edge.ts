import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { openDirectory } from '../directory/open.ts'
import type { Edge } from '../edge/edge.ts'
import type { OwnAnswer, OwnHost, OwnHosts } from '../edge/entry.ts'
import { type EntryLimits, Listener } from '../edge/listener.ts'
import { LiveStreams } from '../edge/live-streams.ts'
import { LocalCa } from '../edge/local-ca.ts'
import { serveEdge } from '../edge/server.ts'
import { watchStreams } from '../edge/watch-streams.ts'
import { setMessageLimits } from '../http1/limits.ts'
import { api, connectorEntrance, type OwnName, signIn } from '../publishing/built-in.ts'
import { isNamedOrigin } from '../publishing/route-table.ts'
import type { LinkHub } from '../tunnel/edge-end.ts'
import { tunnelAlpn } from '../tunnel/limits.ts'
import { WebSocketEntrance } from '../tunnel/web-socket-entrance.ts'
import { createAccess } from './access.ts'
import { keepAcme } from './acme.ts'
import { createApiToken } from './api-token.ts'
import { Certificates, openVault } from './certificates.ts'
import type { SignalSource } from './command-signals.ts'
import { keepCorsRefusals } from './cors-refusals.ts'
import { openDataFolder } from './data-folder.ts'
import { createDoctorProbe } from './doctor-probe.ts'
import type { EdgeFacts, EdgeSettings } from './edge-settings.ts'
import { signalsOf } from './edge-signals.ts'
import { lockFolder } from './folder-lock.ts'
import { keepHouse } from './housekeeping.ts'
import { createIdentity } from './identity.ts'
import { openKeys } from './keys.ts'
import { edgeLimits } from './limits.ts'
import { createManagement, type Management } from './management.ts'
import { type OwnOrigins, ownOrigins, reservedHosts } from './origins.ts'
import { watchOverload } from './overload.ts'
import { bindPorts, challengesAt, entrancesAt } from './ports.ts'
import { keepRequests } from './requests.ts'
import { openSessions } from './sessions.ts'
import { createSites, publishSites } from './sites.ts'
import { keepSnapshot } from './snapshot.ts'
import { openTunnels } from './tunnels.ts'
import type { WorkerChannel } from './worker-channel.ts'
import { WorkshopThread } from './workshop.ts'

export interface RunningEdge extends EdgeFacts, SignalSource {
  /** A bearer token with the administrator's permission. */
  createToken(lifetimeSeconds: number): Promise<string>
  /** Finishes what is under way for at most `graceMs`, then stops. */
  close(graceMs: number): Promise<void>
}

// Whoever sends a request just before hearing that this connection is closed has sent it by then.
const lateRequestsMs = 1_000

/**
 * Wires one edge together; with a channel it is one of several processes of an edge. Rejects when the port or the data
 * folder is not to be had, or is another edge's.
 */
export async function startEdge(
  settings: EdgeSettings,
  log: Log,
  channel?: WorkerChannel,
): Promise<RunningEdge> {
  const resources = await openResources(settings, log, channel)
  const { listener, ports, keys, ca, directory, workshop } = resources
  const { port } = ports
  const { dataDir, sessionLifetimeSeconds, sessionIdleSeconds, limits = edgeLimits } = settings
  setMessageLimits(limits.message)
  const shared = { directory, ca, channel, workshop, log }
  const tunnels = await openTunnels({ ...shared, dataDir, limits: limits.tunnel })
  const { hub, links } = tunnels
  const origins = ownOrigins(settings.domain, port, settings.connectorHost)
  const vault = openVault(keys.seal)
  const certificates = new Certificates({ ca, vault, origins, channel, log })
  const snapshots = await keepSnapshot(directory, tunnels, certificates, log, publishSites(origins))
  const sessions = openSessions(directory, keys, log)
  const refusals = keepCorsRefusals(directory, log)
  const access = await createAccess(settings, snapshots, directory, log)
  const lifetimes = { sessionLifetimeSeconds, sessionIdleSeconds }
  const signInParts = { sessions, keys, origins, ...lifetimes, snapshots, vault }
  const { accessJudge, journal, countryOf } = access
  const identity = createIdentity({ ...shared, ...signInParts, ...access, gate: accessJudge })
  const apiTokenKey = keys.apiToken
  const isNamed = (origin: string) => isNamedOrigin(snapshots.current.routes, origin)
  const keeping = { channel, isNamed, log }
  const kept = await keepRequests(settings, origins, access.trustedProxies, keeping)
  const known = { settings, ports, countryOf, gate: accessJudge }
  const probe = createDoctorProbe(settings.host, ports)
  const managed = { hub, apiTokenKey, vault, origins, limits: limits.graph, probe, ...known }
  const management = createManagement({ ...shared, ...identity, ...managed, ...kept })
  const ownHosts = listOwnHosts(origins, port, identity, management)
  const sites = createSites({ directory, management, origins, links })
  const edge = snapshots.attach({
    ...{ hub, links, sessions, accessJudge, journal, sites, log },
    signIn: identity.signIn,
    identityFields: identity.identityFields,
    bearerTokens: identity.bearerTokens,
    live: new LiveStreams(),
    corsTally: refusals.tally,
    ...kept.watched,
    overload: watchOverload(listener, log, channel?.place.workers),
    trustedProxies: access.trustedProxies,
    certificateOf: certificates.certificateOf,
    entrances: entrancesAt(ports, ownHosts.keys(), certificates.acmeChallenge),
  })
  probe.attach(edge)
  const stopWatching = watchStreams(edge, snapshots)
  await openDoors(listener, edge, ownHosts, certificates, limits)
  const acmeParts = { directory, certificates, vault, challenges: challengesAt(ports), log }
  const acme = settings.acme && keepAcme(settings.acme, acmeParts)
  const housekeeping = keepHouse(directory, settings, log)
  const observed = { snapshots, certificates, management, signIns: access.signIns }
  return {
    ...ports,
    ...{ caPath: join(dataDir, 'ca.pem'), graph: `${origins.local}/beta` },
    ...signalsOf({ ...resources, ...edge, ...kept, ...observed }),
    createToken: (lifetimeSeconds) => createApiToken(apiTokenKey, lifetimeSeconds),
    async close(graceMs) {
      clearInterval(housekeeping)
      stopWatching()
      certificates[Symbol.dispose]()
      await acme?.[Symbol.asyncDispose]()
      kept.dismissReaders()
      await Promise.all([finishRequests(listener, hub, graceMs), identity.renewals.close()])
      await tunnels[Symbol.asyncDispose]()
      await Promise.all([refusals.stop(), access.stop(), workshop[Symbol.asyncDispose]()])
      await directory[Symbol.asyncDispose]()
      await kept.stop()
      resources.lock?.[Symbol.dispose]()
    },
  }
}

/** Lets browsers and connectors in. */
async function openDoors(
  listener: Listener,
  edge: Edge,
  ownHosts: OwnHosts,
  certificates: Certificates,
  limits: EntryLimits,
): Promise<void> {
  const { neutral, admit } = certificates
  const withoutServerName = await neutral
  const contextFor = (serverName: string) => certificates.contextFor(serverName)
  const entrance = new WebSocketEntrance(edge.hub, withoutServerName, contextFor)
  const served = serveEdge(edge, ownHosts, entrance)
  const { log } = edge
  listener.serve({ ...served, withoutServerName, contextFor, admit, limits, log }, tunnelAlpn)
}

/** Takes no connection any more; connectors are asked to leave when requests that were on their way have found a link. */
async function finishRequests(listener: Listener, hub: LinkHub, graceMs: number): Promise<void> {
  const closed = listener.close(graceMs)
  const lateMs = Math.min(graceMs, lateRequestsMs)
  await Promise.race([closed, sleep(lateMs)])
  await Promise.all([closed, hub.drain(graceMs - lateMs)])
}

/** What there is one of: the folder, the port, and what is kept in the folder. */
async function openResources(settings: EdgeSettings, log: Log, channel?: WorkerChannel) {
  const { dataDir } = settings
  if (!channel) await openDataFolder(dataDir, log)
  // The folder of several processes is locked by the one that started them.
  const lock = channel ? undefined : lockFolder(dataDir)
  const listener = new Listener()
  const ports = await bindPorts(listener, settings, channel !== undefined)
  const keys = await openKeys(dataDir)
  const ca = await LocalCa.open(dataDir)
  const file = join(dataDir, 'sallyport.sqlite')
  const { segmentsMax, domain, connectorHost } = settings
  const workshop = new WorkshopThread({ settings, ports }, channel, log)
  const rest = { clock: systemClock, log, feed: workshop }
  const limits = { maxSegments: segmentsMax, reservedHosts: reservedHosts(domain, connectorHost) }
  const directory = await openDirectory({ file, ...rest, ...limits })
  return { lock, listener, ports, keys, ca, directory, workshop }
}

/** What the edge serves itself, by `host:port`. */
function listOwnHosts(
  origins: OwnOrigins,
  port: number,
  identity: { readonly serve: OwnAnswer },
  management: Management,
): Map<string, OwnHost> {
  const at = (origin: string, { id, displayName }: OwnName, answer: OwnAnswer) => {
    const application = { id, displayName, preAuthentication: false }
    return [hostAndPort(origin, port), { application, answer }] as const
  }
  return new Map<string, OwnHost>([
    // Where connectors are told to dial, a WebSocket is all that HTTP is good for, unless the host is one of the next.
    at(origins.connectors, connectorEntrance, nothingHere),
    at(origins.login, signIn, identity.serve),
    at(origins.graph, api, management.serveAt(origins.graph)),
    at(origins.local, api, management.serveAt(origins.local)),
  ])
}

const nothingHere: OwnAnswer = (_, response) => {
  response.statusCode = 404
  response.end()
}

// Host fields may leave the default port out; the edge knows its hosts with the port spelled out.
function hostAndPort(origin: string, port: number): string {
  return `${new URL(origin).hostname}:${port}`
}
