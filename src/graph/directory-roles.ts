import { type DirectoryRole, directoryRoles } from '../identity/roles.ts'
import {
  type Call,
  key,
  linkOf,
  noContent,
  type Reply,
  readBody,
  replyItem,
  replyPage,
} from './call.ts'
import { type Expansions, toMany } from './expand.ts'
import { notFound } from './refusal.ts'
import { roleCollection } from './shape/directory-role.ts'
import { memberCollection } from './shape/group.ts'
import { parseReference } from './shape/reference.ts'

/** GET /directoryRoles */
export async function listRoles(call: Call): Promise<Reply> {
  return replyPage(call, roleCollection, directoryRoles, membersOf(call))
}

/** GET /directoryRoles/{id} */
export async function getRole(call: Call): Promise<Reply> {
  return replyItem(call, roleCollection, findRole(call), 200, membersOf(call))
}

function membersOf(call: Call): Expansions<DirectoryRole> {
  return {
    members: toMany(
      memberCollection,
      ({ id }) => call.directory.roleMembers(id),
      ({ id }) => linkOf(call, `directoryRoles/${id}/members`),
    ),
  }
}

/** GET /directoryRoles/{id}/members */
export async function listRoleMembers(call: Call): Promise<Reply> {
  const { id } = findRole(call)
  return replyPage(call, memberCollection, await call.directory.roleMembers(id))
}

/** POST /directoryRoles/{id}/members/$ref: 204. */
export async function addRoleMember(call: Call): Promise<Reply> {
  const { id } = findRole(call)
  const personId = await readBody(call, (body) =>
    parseReference(body, ['directoryObjects', 'users']),
  )
  await call.directory.addRoleMember(id, personId, call.change)
  return noContent
}

/** DELETE /directoryRoles/{id}/members/{person}/$ref: 204. The last administrator stays. */
export async function removeRoleMember(call: Call): Promise<Reply> {
  const { id } = findRole(call)
  const member = key(call, 'member')
  if (!(await call.directory.removeRoleMember(id, member, call.change))) throw notFound(member)
  return noContent
}

function findRole(call: Call): DirectoryRole {
  const wanted = key(call, 'role')
  const role = directoryRoles.find(({ id }) => id === wanted)
  if (!role) throw notFound(wanted)
  return role
}
