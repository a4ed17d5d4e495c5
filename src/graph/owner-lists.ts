import type { Group } from '../directory/directory.ts'
import type { OwnedKind } from '../directory/owner.ts'
import type { Application } from '../publishing/application.ts'
import { type Call, linkOf } from './call.ts'
import { findObjects } from './directory-objects.ts'
import { type Expand, toMany } from './expand.ts'
import { type DirectoryObject, objectCollection } from './shape/directory-object.ts'

/** The owners of an application or a group, as what they are. */
export async function readOwners(
  call: Call,
  kind: OwnedKind,
  id: string,
): Promise<readonly DirectoryObject[]> {
  const owners = await call.directory.owners.list(kind, id)
  return findObjects(
    call,
    owners.map((owner) => owner.id),
  )
}

/** `owners` of applications in an `$expand`. */
export function expandOwners(call: Call): Expand<Application> {
  return expandOwnersOf(call, 'application', 'applications')
}

/** `owners` of groups in an `$expand`. */
export function expandOwnersOfGroups(call: Call): Expand<Group> {
  return expandOwnersOf(call, 'group', 'groups')
}

function expandOwnersOf<Owned extends { readonly id: string }>(
  call: Call,
  kind: OwnedKind,
  collection: string,
): Expand<Owned> {
  return toMany(
    objectCollection,
    ({ id }) => readOwners(call, kind, id),
    ({ id }) => linkOf(call, `${collection}/${id}/owners`),
  )
}
