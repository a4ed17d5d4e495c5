import { systemClock } from '../base/clock.ts'
import type { Directory } from '../directory/directory.ts'
import type { Caller } from '../graph/call.ts'
import { programAuthor } from '../graph/shape/audit.ts'
import { managementApi, permissionNames } from '../graph/shape/permission.ts'
import type { ClientStore } from '../identity/provider/registered-client.ts'
import { verifyAccessToken } from '../identity/token/access-token.ts'
import type { TokenIssuers } from '../identity/token/token-issuer.ts'
import type { OwnOrigins } from './origins.ts'

type Clients = Pick<Directory, 'clients' | 'apiPermissions'>

/** The directory's clients and resources, and the management API as one resource more. [G3] */
export function clientStore(directory: Clients, origins: OwnOrigins): ClientStore {
  const names = new Set([
    ...[managementApi.appId, `api://${managementApi.appId}`, managementApi.identifierUri],
    ...[origins.graph, origins.local],
  ])
  return {
    client: (appId) => directory.clients.client(appId),
    async resource(name, clientAppId) {
      if (!names.has(name)) return directory.clients.resource(name, clientAppId)
      const roles = await permissionsOf(directory, clientAppId)
      const admitsClient = roles.length > 0
      return { audience: origins.graph, roles, admitsClient, admitsPeople: false }
    },
  }
}

async function permissionsOf(directory: Clients, clientAppId: string): Promise<readonly string[]> {
  const client = await directory.clients.client(clientAppId)
  if (!client) return []
  return permissionNames(await directory.apiPermissions(client.servicePrincipalId))
}

/**
 * Who calls the management API with a client's access token: with the permissions that it has now, whatever it had when
 * the token was made. [G3]
 */
export async function callerOf(
  bearer: string,
  directory: Clients,
  issuers: TokenIssuers,
  origins: OwnOrigins,
): Promise<Caller | undefined> {
  const isForUs = (audiences: readonly string[]) => audiences.includes(origins.graph)
  const token = await verifyAccessToken(bearer, issuers, isForUs, systemClock)
  if ('refused' in token || !token.isApplication) return undefined
  const client = await directory.clients.client(token.clientId)
  if (!client) return undefined
  const name = programAuthor(client.appId, client.displayName)
  return { name, roles: await permissionsOf(directory, token.clientId) }
}
