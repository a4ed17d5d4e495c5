import type { OwnedKind } from '../directory/owner.ts'
import { findApplication, findByPrincipal } from './applications.ts'
import { type Call, type Handler, key, noContent, type Reply, readBody, replyPage } from './call.ts'
import { findObjects } from './directory-objects.ts'
import { findGroup } from './groups.ts'
import { readOwners } from './owner-lists.ts'
import { findUser } from './people.ts'
import { mayUse, openersOf } from './permissions.ts'
import { lacking, notFound } from './refusal.ts'
import { type DirectoryObject, objectCollection } from './shape/directory-object.ts'
import { parseReference } from './shape/reference.ts'

type Kind = DirectoryObject['kind'] | 'all'

/** What is done with the owners of what a path names. */
interface OwnersOf {
  readonly list: (kind: Kind) => Handler
  readonly add: Handler
  readonly remove: Handler
}

/** `/applications/{id}/owners` */
export const ofApplication = ownersOf('application', findApplication)

/** `/servicePrincipals/{id}/owners`: the same list, whichever half of the application is named. */
export const ofPrincipal = ownersOf('application', findByPrincipal)

/** `/groups/{id}/owners` */
export const ofGroup = ownersOf('group', findGroup)

function ownersOf(
  kind: OwnedKind,
  find: (call: Call) => Promise<{ readonly id: string }>,
): OwnersOf {
  return {
    list: (wanted) => async (call) =>
      replyObjects(call, await readOwners(call, kind, (await find(call)).id), wanted),
    async add(call) {
      if (kind === 'application') checkGiving(call)
      const { id } = await find(call)
      const names = ['directoryObjects', 'users', 'servicePrincipals']
      const ownerId = await readBody(call, (body) => parseReference(body, names))
      await call.directory.owners.add(kind, id, ownerId, call.change)
      return noContent
    },
    async remove(call) {
      const { id } = await find(call)
      const ownerId = key(call, 'owner')
      if (!(await call.directory.owners.remove(kind, id, ownerId, call.change))) {
        throw notFound(ownerId)
      }
      return noContent
    },
  }
}

/** Owners let people in: whoever may not do that themselves makes nobody an owner, and so not themselves. Throws 403. [G3] */
function checkGiving({ caller, isOwner }: Call): void {
  const { roles } = caller
  if (!isOwner && !mayUse(roles, 'assignment', 'write')) {
    throw lacking(openersOf('assignment', 'write'))
  }
}

function replyObjects(
  call: Call,
  objects: readonly DirectoryObject[],
  wanted: Kind,
): Promise<Reply> {
  const isWanted = ({ kind }: DirectoryObject) => wanted === 'all' || kind === wanted
  return replyPage(call, objectCollection, objects.filter(isWanted))
}

/** GET /users/{id}/ownedObjects, or those of one kind. */
export function listPossessionsOfUser(kind: Kind): Handler {
  return async (call) => replyPossessions(call, (await findUser(call)).id, kind)
}

/** GET /servicePrincipals/{id}/ownedObjects: of a program. */
export function listPossessionsOfProgram(kind: Kind): Handler {
  return async (call) =>
    replyPossessions(call, (await findByPrincipal(call)).servicePrincipalId, kind)
}

/** An application with its other half, as the original lists both; groups. */
async function replyPossessions(call: Call, ownerId: string, kind: Kind): Promise<Reply> {
  const { applications, groups } = await call.directory.owners.possessionsOf(ownerId)
  const own = (await call.directory.applications()).filter(({ id }) => applications.includes(id))
  const halves = own.flatMap((application): readonly DirectoryObject[] => [
    { kind: 'application', application },
    { kind: 'servicePrincipal', application },
  ])
  return replyObjects(call, [...halves, ...(await findObjects(call, groups))], kind)
}
