import { directoryRoles } from '../identity/roles.ts'
import { type Call, key, type Reply, readBody, replyItem, replyPage } from './call.ts'
import { parseBody } from './shape/body.ts'
import {
  type DirectoryObject,
  idsBody,
  kindNames,
  objectCollection,
} from './shape/directory-object.ts'

/** GET /directoryObjects/{id}: whatever has this id, in its own shape. */
export async function getObject(call: Call): Promise<Reply> {
  const [found] = await findObjects(call, [key(call, 'object')])
  return replyItem(call, objectCollection, found)
}

/** POST /directoryObjects/getByIds: those of the ids that are something, of the types that are asked for. */
export async function getObjectsByIds(call: Call): Promise<Reply> {
  const { ids, types } = await readBody(call, (body) => parseBody(idsBody, body))
  const found = await findObjects(call, ids)
  const wanted = types?.map((type) => type.toLowerCase())
  const isWanted = ({ kind }: DirectoryObject) =>
    !wanted || wanted.some((type) => kindNames[kind].includes(type))
  // They were asked for by their ids, so that they all come, on one page.
  const whole = { ...call, query: { top: String(ids.length) } }
  return replyPage(whole, objectCollection, found.filter(isWanted))
}

/** Whatever these ids name, in their order. */
export async function findObjects(
  { directory }: Call,
  ids: readonly string[],
): Promise<readonly DirectoryObject[]> {
  const [groups, applications] = await Promise.all([directory.groups(), directory.applications()])
  const found: DirectoryObject[] = []
  for (const id of new Set(ids)) {
    const person = await directory.people.byId(id)
    if (person) found.push({ kind: 'user', person })
    for (const role of directoryRoles)
      if (role.id === id) found.push({ kind: 'directoryRole', role })
    for (const group of groups) if (group.id === id) found.push({ kind: 'group', group })
    for (const application of applications) {
      if (application.id === id) found.push({ kind: 'application', application })
      if (application.servicePrincipalId === id) {
        found.push({ kind: 'servicePrincipal', application })
      }
    }
  }
  return found
}
