import { randomUUID } from 'node:crypto'
import type { Parsed } from '../base/check.ts'
import type {
  ClientStore,
  RegisteredClient,
  TokenResource,
} from '../identity/provider/registered-client.ts'
import type { Application } from '../publishing/application.ts'
import type { ApplicationCache } from './application-cache.ts'
import type { ApiPermission, Directory } from './directory.ts'
import { forgetOwner } from './owner-rows.ts'
import type { Tables } from './schema.ts'
import type { Rows } from './storage.ts'
import { notFound, type Store } from './store.ts'

type Clients = Pick<
  Directory,
  'clients' | 'apiPermissions' | 'grantApiPermission' | 'revokeApiPermission'
>
type Grant = Directory['grantApiPermission']
type Revoke = Directory['revokeApiPermission']

/** The directory's methods about applications as clients. */
export function clientMethods(store: Store, cache: ApplicationCache): Clients {
  return {
    clients: clientStore(store, cache),
    apiPermissions: (principalId) => store.read((rows) => readPermissions(rows, principalId)),
    grantApiPermission: (...input) => grantPermission(store, cache, ...input),
    revokeApiPermission: (...input) => revokePermission(store, ...input),
  }
}

function clientStore(store: Store, cache: ApplicationCache): ClientStore {
  return {
    client: (appId) =>
      store.read(async (rows) => {
        const all = await cache.readAll(rows)
        const found = all.find((application) => application.appId === appId)
        return found?.registration.enabled ? toClient(found, store.clock()) : undefined
      }),
    resource: (name, clientAppId) =>
      store.read(async (rows) => {
        const all = await cache.readAll(rows)
        const resource = all.find((application) => isNamed(application, name))
        const client = all.find((application) => application.appId === clientAppId)
        if (!resource?.registration.enabled || !client) return undefined
        return toResource(rows, resource, client)
      }),
  }
}

function toClient(application: Application, now: number): RegisteredClient {
  const { credentials, publicRedirectUris } = application.registration
  const inForce = credentials.filter(({ startAt, endAt }) => startAt <= now && now < endAt)
  return {
    appId: application.appId,
    servicePrincipalId: application.servicePrincipalId,
    displayName: application.displayName,
    redirectUris: application.redirectUris.filter((uri) => uri.startsWith('https:')),
    publicRedirectUris,
    secrets: inForce.flatMap((each) => (each.kind === 'secret' ? [each] : [])),
    keys: inForce.flatMap((each) => (each.kind === 'key' ? [each.publicJwk] : [])),
  }
}

/** Whether an access token for `name` is one for this application. [S10] */
function isNamed({ appId, identifierUris }: Application, name: string): boolean {
  return name === appId || name === `api://${appId}` || identifierUris.includes(name)
}

async function toResource(
  rows: Rows,
  resource: Application,
  client: Application,
): Promise<TokenResource> {
  const assigned = await rows
    .selectFrom('assignment')
    .select('app_role_id')
    .where('application_id', '=', resource.id)
    .where('principal_id', '=', client.servicePrincipalId)
    .execute()
  const ids = new Set(assigned.map((row) => row.app_role_id))
  const { appRoles } = resource.registration
  const { requiredResources } = client.registration
  return {
    audience: resource.appId,
    roles: appRoles.filter((role) => role.enabled && ids.has(role.id)).map((role) => role.value),
    admitsClient: !resource.assignmentRequired || assigned.length > 0,
    admitsPeople:
      resource === client ||
      requiredResources.some(({ resourceAppId }) => resourceAppId === resource.appId),
  }
}

async function readPermissions(
  rows: Rows,
  principalId: string | undefined,
): Promise<readonly ApiPermission[]> {
  const all = rows.selectFrom('api_permission').selectAll().orderBy('created_at').orderBy('id')
  const some = principalId === undefined ? all : all.where('principal_id', '=', principalId)
  return (await some.execute()).map(toApiPermission)
}

/** A row as a permission. */
export function toApiPermission(row: Tables['api_permission']): ApiPermission {
  return {
    id: row.id,
    principalId: row.principal_id,
    appRoleId: row.app_role_id,
    createdAt: row.created_at,
  }
}

async function grantPermission(
  store: Store,
  cache: ApplicationCache,
  ...[principalId, appRoleId, change]: Parameters<Grant>
): ReturnType<Grant> {
  const permission = { id: randomUUID(), principalId, appRoleId, createdAt: store.clock() }
  return store.change<Parsed<ApiPermission>>('api-permission.create', change, async (rows) => {
    const all = await cache.readAll(rows)
    if (!all.some((each) => each.servicePrincipalId === principalId)) {
      throw notFound('service principal', principalId)
    }
    const present = await readPermissions(rows, principalId)
    if (present.some((each) => each.appRoleId === appRoleId)) {
      const message = `${principalId} has this permission already`
      return { value: { issues: [{ path: '/appRoleId', code: 'already-exists', message }] } }
    }
    await rows
      .insertInto('api_permission')
      .values({
        ...{ id: permission.id, principal_id: principalId, app_role_id: appRoleId },
        created_at: permission.createdAt,
      })
      .execute()
    const record = { targetId: permission.id, before: undefined, after: permission }
    return { value: { value: permission }, record }
  })
}

async function revokePermission(
  store: Store,
  ...[id, change]: Parameters<Revoke>
): ReturnType<Revoke> {
  return store.change('api-permission.delete', change, async (rows) => {
    const removed = await rows
      .deleteFrom('api_permission')
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst()
    if (!removed) return { value: false }
    return { value: true, record: { targetId: id, before: removed, after: undefined } }
  })
}

/** Takes everything away that the service principal was given. */
export async function forgetPrincipal(rows: Rows, principalId: string): Promise<void> {
  await rows.deleteFrom('assignment').where('principal_id', '=', principalId).execute()
  await rows.deleteFrom('api_permission').where('principal_id', '=', principalId).execute()
  await forgetOwner(rows, principalId)
}
