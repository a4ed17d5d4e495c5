import type { IncomingMessage } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { RouteNote } from '../base/route-note.ts'
import { encodeToken } from '../connector/token.ts'
import type { Directory } from '../directory/directory.ts'
import type { ProbeSender } from '../doctor/exchanges.ts'
import type { OwnAnswer } from '../edge/entry.ts'
import type { LocalCa } from '../edge/local-ca.ts'
import type { ProviderDesk } from '../graph/call.ts'
import { createGraph, type GraphApi } from '../graph/graph.ts'
import type { RequestDesk } from '../graph/request-desk.ts'
import type { GraphLimits } from '../graph/throttle.ts'
import type { Workshop } from '../graph/workshop.ts'
import type { Client } from '../identity/access-gate.ts'
import { temporaryPassUse } from '../identity/local/password-check.ts'
import { SecretVault } from '../identity/local/vault.ts'
import type { TokenIssuers } from '../identity/token/token-issuer.ts'
import type { CountryOf } from '../policy/country-database.ts'
import type { LinkHub } from '../tunnel/edge-end.ts'
import { judgeAdministrator, refuseByPolicy, type TokenGate } from './administration.ts'
import { verifyApiToken } from './api-token.ts'
import { type KeyVault, sealKey } from './certificates.ts'
import { callerOf } from './client-store.ts'
import { describeEdge } from './edge-facts.ts'
import type { EdgeSettings } from './edge-settings.ts'
import type { OwnOrigins } from './origins.ts'
import { type BoundPorts, servedPorts } from './ports.ts'
import { withResourceMetadata } from './resource-metadata.ts'
import { createThrottle } from './shared-throttle.ts'
import type { WorkerChannel } from './worker-channel.ts'

export interface ManagementParts {
  readonly directory: Directory
  readonly hub: LinkHub
  /** Other processes of this edge, which have links of their own. */
  readonly channel: WorkerChannel | undefined
  readonly ca: LocalCa
  readonly apiTokenKey: Uint8Array
  /** Whose access tokens clients may bring. */
  readonly issuers: TokenIssuers
  readonly gate: TokenGate
  readonly vault: KeyVault
  readonly signInSecretKey: Uint8Array
  readonly providers: ProviderDesk
  readonly countryOf: CountryOf
  readonly requests: RequestDesk
  readonly probe: ProbeSender
  readonly workshop: Workshop
  readonly origins: OwnOrigins
  readonly settings: EdgeSettings
  readonly limits: GraphLimits
  readonly ports: BoundPorts
  readonly log: Log
}

/** The management API, to be served at several addresses, which stand in the links it gives. [G3] */
export interface Management {
  /** For whoever brings a bearer token. */
  serveAt(origin: string): OwnAnswer
  /** For a caller who is known already. */
  callAt(baseUrl: string): GraphApi['fetchAs']
  /** Calls that were one too many of their caller. */
  readonly throttled: number
}

/** The one management API of an edge. */
export function createManagement(parts: ManagementParts): Management {
  const { directory, ca, origins, log } = parts
  const secrets = new SecretVault(parts.signInSecretKey, systemClock)
  const throttle = createThrottle(parts.limits, parts.channel)
  const peers = new WeakMap<Request, string>()
  const clientOf = (request: Request): Client => {
    return { peer: peers.get(request) ?? '', headers: [...request.headers].flat() }
  }
  const edge = describeEdge(parts)
  const graphAt = (baseUrl: string) =>
    createGraph({
      directory,
      authorize: async (bearer, request) => {
        const own = await verifyApiToken(parts.apiTokenKey, bearer, directory)
        if (!own) return callerOf(bearer, clientOf(request), parts)
        const { caller, proven } = own
        if (proven) refuseByPolicy(judgeAdministrator(parts.gate, proven, clientOf(request)))
        return caller
      },
      connectorStatus: (id) => (isConnected(parts, id) ? 'active' : 'inactive'),
      connectorHealth: (id) => parts.hub.healthOf(id),
      edgeAddress: { host: authorityOf(origins.connectors), caFingerprint: ca.fingerprint },
      edge,
      enrolmentToken: encodeToken,
      providers: parts.providers,
      countryOf: parts.countryOf,
      ownOrigins: new Set(Object.values(origins)),
      requests: parts.requests,
      probe: parts.probe,
      workshop: parts.workshop,
      sealKey: (certificate) => sealKey(parts.vault, certificate),
      hashTemporaryPass: (code) => secrets.hash(temporaryPassUse, code),
      baseUrl,
      loginOrigin: origins.login,
      throttle,
      servedPorts: servedPorts(parts.ports),
      clock: systemClock,
      log,
    })
  return {
    get throttled() {
      return throttle.refused
    },
    callAt(baseUrl) {
      return graphAt(baseUrl).fetchAs
    },
    serveAt(origin) {
      const graph = graphAt(origin)
      const notes = new WeakMap<IncomingMessage, RouteNote>()
      const listener = getRequestListener((request, env) => {
        const { incoming } = env as { readonly incoming: IncomingMessage }
        peers.set(request, incoming.socket.remoteAddress ?? '')
        return graph.fetch(request, notes.get(incoming))
      })
      return withResourceMetadata(origin, origins, (request, response, note) => {
        notes.set(request, note)
        return listener(request as never, response as never)
      })
    },
  }
}

function isConnected({ hub, channel }: ManagementParts, id: string): boolean {
  const here = hub.connected.some(({ connectorId }) => connectorId === id)
  return here || channel?.connectedElsewhere(id) === true
}

function authorityOf(origin: string): string {
  return new URL(origin).host
}
