import { getRequestListener } from '@hono/node-server'
import { jwtVerify, SignJWT } from 'jose'
import { systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { encodeToken } from '../connector/token.ts'
import type { Directory } from '../directory/directory.ts'
import type { OwnHost } from '../edge/entry.ts'
import type { LocalCa } from '../edge/local-ca.ts'
import { createGraph } from '../graph/graph.ts'
import type { LinkHub } from '../tunnel/edge-end.ts'
import { type KeyVault, sealKey } from './certificates.ts'
import type { OwnOrigins } from './origins.ts'
import type { WorkerChannel } from './worker-channel.ts'

export interface ManagementParts {
  readonly directory: Directory
  readonly hub: LinkHub
  /** Other processes of this edge, which have links of their own. */
  readonly channel: WorkerChannel | undefined
  readonly ca: LocalCa
  readonly apiTokenKey: Uint8Array
  readonly vault: KeyVault
  readonly origins: OwnOrigins
  readonly log: Log
}

const audience = 'sallyport-graph'

/** The management API, to be served on several of the edge's own hosts, whose name stands in the links it gives. [G3] */
export function createManagement(parts: ManagementParts): { serveAt(origin: string): OwnHost } {
  const { directory, ca, origins, log } = parts
  return {
    serveAt(origin) {
      const graph = createGraph({
        directory,
        authorize: (bearer) => verifyApiToken(parts.apiTokenKey, bearer),
        connectorStatus: (id) => (isConnected(parts, id) ? 'active' : 'inactive'),
        connectorHealth: (id) => parts.hub.healthOf(id),
        edgeAddress: { host: authorityOf(origins.connectors), caFingerprint: ca.fingerprint },
        enrolmentToken: encodeToken,
        sealKey: (certificate) => sealKey(parts.vault, certificate),
        baseUrl: origin,
        clock: systemClock,
        log,
      })
      const listener = getRequestListener((request) => graph.fetch(request))
      return (request, response) => listener(request as never, response as never)
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

/** A bearer token for the management API with the administrator's permission. */
export function createApiToken(key: Uint8Array, lifetimeSeconds: number): Promise<string> {
  return new SignJWT({ name: 'administrator', roles: ['Directory.ReadWrite.All'] })
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(`${lifetimeSeconds} s`)
    .sign(key)
}

async function verifyApiToken(key: Uint8Array, bearer: string) {
  try {
    const { payload } = await jwtVerify(bearer, key, { audience, algorithms: ['HS256'] })
    const roles = Array.isArray(payload['roles']) ? payload['roles'].map(String) : []
    return { name: String(payload['name'] ?? ''), roles }
  } catch {
    // Whatever is wrong with a token, its bearer only learns that it does not count.
    return undefined
  }
}
