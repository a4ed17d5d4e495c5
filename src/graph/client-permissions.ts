import type { ApiPermission, Assignment } from '../directory/directory.ts'
import type { Application } from '../publishing/application.ts'
import { findByPrincipal } from './applications.ts'
import { createAssignmentAt, readAssignment } from './assignments.ts'
import {
  accept,
  type Call,
  key,
  linkOf,
  noContent,
  type Reply,
  replyItem,
  replyPage,
} from './call.ts'
import type { Collection } from './collection.ts'
import { type Expand, toMany } from './expand.ts'
import { notFound } from './refusal.ts'
import { toGraphAssignment } from './shape/assignment.ts'
import { managementApi, permissionIds, toGraphPermission } from './shape/permission.ts'

type Granted =
  | {
      readonly assignment: Assignment
      readonly resource: Application
      readonly client: Application
    }
  | { readonly permission: ApiPermission; readonly client: Application }

const collection: Collection<Granted> = {
  context: 'appRoleAssignments',
  properties: [
    ...['id', 'appRoleId', 'creationTimestamp', 'principalDisplayName', 'principalId'],
    ...['principalType', 'resourceDisplayName', 'resourceId'],
  ],
  fields: { resourceId: (granted) => write(granted).resourceId },
  write,
}

function write(granted: Granted) {
  if ('permission' in granted) return toGraphPermission(granted.permission, granted.client)
  const { assignment, resource, client } = granted
  return toGraphAssignment({ assignment, application: resource, principalName: client.displayName })
}

/** GET /servicePrincipals/{id}/appRoleAssignments: what the client may do itself, here and at applications. [S10] */
export async function listRolesOfClient(call: Call): Promise<Reply> {
  return replyPage(call, collection, await rolesOf(call, await findByPrincipal(call)))
}

/** GET /servicePrincipals/{id}/appRoleAssignments/{assignment} */
export async function getRoleOfClient(call: Call): Promise<Reply> {
  return replyItem(call, collection, await findRole(call))
}

async function findRole(call: Call): Promise<Granted | undefined> {
  const roles = await rolesOf(call, await findByPrincipal(call))
  const id = key(call, 'assignment')
  return roles.find((granted) => write(granted).id === id)
}

/** `appRoleAssignments` of service principals in an `$expand`. */
export function expandRolesOfClients(call: Call): Expand<Application> {
  return toMany(
    collection,
    (client) => rolesOf(call, client),
    ({ servicePrincipalId: id }) => linkOf(call, `servicePrincipals/${id}/appRoleAssignments`),
  )
}

async function rolesOf(call: Call, client: Application): Promise<readonly Granted[]> {
  const id = client.servicePrincipalId
  const { applications, access } = await call.directory.state()
  const found: Granted[] = []
  for (const permission of await call.directory.apiPermissions(id))
    found.push({ permission, client })
  for (const resource of applications.filter((each) => access.assigned.get(each.id)?.has(id))) {
    for (const assignment of await call.directory.assignments(resource.id)) {
      if (assignment.principalId === id) found.push({ assignment, resource, client })
    }
  }
  return found
}

/** POST /servicePrincipals/{id}/appRoleAssignments: 201 with the role that the client has now. */
export async function grantRoleToClient(call: Call): Promise<Reply> {
  const client = await findByPrincipal(call)
  const applications = await call.directory.applications()
  const find = (id: string) => applications.find((each) => each.servicePrincipalId === id)
  const sent = await readAssignment(call, { principalId: client.servicePrincipalId }, async (id) =>
    id === managementApi.id ? permissionOffer : find(id),
  )
  if (sent.resourceId === managementApi.id) return grantPermission(call, client, sent.appRoleId)
  const resource = find(sent.resourceId)
  if (!resource) throw notFound(sent.resourceId)
  return createAssignmentAt(call, resource, sent)
}

const permissionOffer = { offers: (id: string) => Object.values(permissionIds).includes(id) }

async function grantPermission(call: Call, client: Application, roleId: string): Promise<Reply> {
  const granted = await call.directory.grantApiPermission(
    client.servicePrincipalId,
    roleId,
    call.change,
  )
  return { status: 201, body: toGraphPermission(accept(granted), client) }
}

/** DELETE /servicePrincipals/{id}/appRoleAssignments/{assignment} */
export async function revokeRoleOfClient(call: Call): Promise<Reply> {
  const id = key(call, 'assignment')
  const found = await findRole(call)
  if (!found) throw notFound(id)
  if ('permission' in found) await call.directory.revokeApiPermission(id, call.change)
  else await call.directory.removeAssignment(id, call.change)
  return noContent
}
