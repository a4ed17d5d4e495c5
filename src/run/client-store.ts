import { systemClock } from '../base/clock.ts'
import type { Directory } from '../directory/directory.ts'
import { sessionOfToken } from '../edge/bearer-tokens.ts'
import type { Caller } from '../graph/call.ts'
import { ownersPermission } from '../graph/ownership.ts'
import { allPermissions, permissionsOfRoles } from '../graph/permissions.ts'
import { programAuthor } from '../graph/shape/audit.ts'
import { delegatedNames, managementApi, permissionNames } from '../graph/shape/permission.ts'
import type { Client } from '../identity/access-gate.ts'
import { commandLineClientId } from '../identity/provider/command-line-client.ts'
import type { ClientStore } from '../identity/provider/registered-client.ts'
import { type AccessToken, verifyAccessToken } from '../identity/token/access-token.ts'
import type { TokenIssuers } from '../identity/token/token-issuer.ts'
import { portal } from '../publishing/built-in.ts'
import { refuseByPolicy, type TokenGate } from './administration.ts'
import type { OwnOrigins } from './origins.ts'

type Clients = Pick<Directory, 'clients' | 'apiPermissions' | 'applications' | 'rolesOf'>

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
      const scopes = await delegatedTo(directory, clientAppId)
      return {
        ...{ audience: origins.graph, roles, scopes },
        admitsClient: roles.length > 0,
        admitsPeople: scopes.length > 0,
      }
    },
    resourceOfScope: (scope) => (allPermissions.includes(scope) ? origins.graph : undefined),
  }
}

/** What a client may ask for in people's names, as far as they may do it themselves. */
async function delegatedTo(directory: Clients, clientAppId: string): Promise<readonly string[]> {
  if (clientAppId === commandLineClientId) return allPermissions
  const applications = await directory.applications()
  const client = applications.find(({ appId }) => appId === clientAppId)
  const required = client?.registration.requiredResources ?? []
  const ids = required
    .filter(({ resourceAppId }) => resourceAppId === managementApi.appId)
    .flatMap(({ access }) => access.flatMap(({ id, type }) => (type === 'Scope' ? [id] : [])))
  return delegatedNames(ids)
}

async function permissionsOf(directory: Clients, clientAppId: string): Promise<readonly string[]> {
  const client = await directory.clients.client(clientAppId)
  if (!client) return []
  return permissionNames(await directory.apiPermissions(client.servicePrincipalId))
}

/** What an access token for the management API is judged by. */
export interface CallerParts {
  readonly directory: Clients
  readonly issuers: TokenIssuers
  readonly origins: OwnOrigins
  readonly gate: TokenGate
}

/**
 * Who calls the management API with an access token: a client with the permissions that it has now, or a person through
 * one, with what they both may do now, whatever it was when the token was made. [G3]
 */
export async function callerOf(
  bearer: string,
  client: Client,
  { directory, issuers, origins, gate }: CallerParts,
): Promise<Caller | undefined> {
  const isForUs = (audiences: readonly string[]) => audiences.includes(origins.graph)
  const token = await verifyAccessToken(bearer, issuers, isForUs, systemClock)
  // What a program of another provider may do here, nobody here has said.
  if ('refused' in token || !token.issuer.vouchesForPrograms) return undefined
  return token.isApplication
    ? programBehind(token, directory)
    : personBehind(token, client, directory, gate)
}

async function programBehind(
  { clientId }: AccessToken,
  directory: Clients,
): Promise<Caller | undefined> {
  const client = await directory.clients.client(clientId)
  if (!client) return undefined
  const name = programAuthor(client.appId, client.displayName)
  const roles = await permissionsOf(directory, clientId)
  const ownerId = roles.includes(ownersPermission) ? client.servicePrincipalId : undefined
  return { name, ownerId, roles }
}

async function personBehind(
  token: AccessToken,
  client: Client,
  directory: Clients,
  gate: TokenGate,
): Promise<Caller | undefined> {
  const { issuer, claims, issuedAt, scopes, clientId } = token
  const person = await issuer.person(String(claims['sub']), issuedAt)
  if (!person) return undefined
  refuseByPolicy(gate.judgeSession(portal, sessionOfToken(token, portal.id, person), client))
  const delegated = await delegatedTo(directory, clientId)
  const isDelegated = (permission: string) =>
    scopes.includes(permission) && delegated.includes(permission)
  const own = permissionsOfRoles(await directory.rolesOf(person.id))
  // What somebody may by owning goes to programs that may change applications in people's names, as in the original.
  const ownerId = isDelegated('Application.ReadWrite.All') ? person.id : undefined
  const facts = { name: person.userPrincipalName, personId: person.id, ownerId }
  return { ...facts, roles: own.filter(isDelegated) }
}
