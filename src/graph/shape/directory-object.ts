import { z } from 'zod'
import type { Group } from '../../directory/directory.ts'
import type { Person } from '../../identity/person.ts'
import type { DirectoryRole } from '../../identity/roles.ts'
import type { Application } from '../../publishing/application.ts'
import type { Collection } from '../collection.ts'
import { propertiesOf } from '../resource/kinds.ts'
import { directoryObject } from '../resource/objects.ts'
import { toGraphApplication, toGraphServicePrincipal } from './application.ts'
import { guid } from './body.ts'
import { toGraphRole } from './directory-role.ts'
import { toGraphGroup } from './group.ts'
import { toGraphUser } from './person.ts'

/** Whatever has an id in the directory. */
export type DirectoryObject =
  | { readonly kind: 'user'; readonly person: Person }
  | { readonly kind: 'group'; readonly group: Group }
  | { readonly kind: 'application' | 'servicePrincipal'; readonly application: Application }
  | { readonly kind: 'directoryRole'; readonly role: DirectoryRole }

/** What `types` may call them, in lower case. */
export const kindNames: Readonly<Record<DirectoryObject['kind'], readonly string[]>> = {
  user: ['user', 'directoryobject'],
  group: ['group', 'directoryobject'],
  application: ['application', 'directoryobject'],
  servicePrincipal: ['serviceprincipal', 'directoryobject'],
  directoryRole: ['directoryrole', 'directoryobject'],
}

/** Objects of several kinds, so each says its type. */
export const objectCollection: Collection<DirectoryObject> = {
  context: 'directoryObjects',
  properties: propertiesOf(directoryObject),
  fields: { id: idOf, displayName: (object) => factsOf(object).displayName },
  write: (object) => ({ '@odata.type': `#microsoft.graph.${object.kind}`, ...write(object) }),
}

function factsOf(object: DirectoryObject) {
  if (object.kind === 'user') return object.person
  if (object.kind === 'group') return object.group
  return object.kind === 'directoryRole' ? object.role : object.application
}

function idOf(object: DirectoryObject): string {
  const isPrincipal = object.kind === 'servicePrincipal'
  return isPrincipal ? object.application.servicePrincipalId : factsOf(object).id
}

function write(object: DirectoryObject): Record<string, unknown> {
  if (object.kind === 'user') return toGraphUser(object.person)
  if (object.kind === 'group') return toGraphGroup(object.group)
  if (object.kind === 'directoryRole') return toGraphRole(object.role)
  if (object.kind === 'servicePrincipal') return toGraphServicePrincipal(object.application)
  const { onPremisesPublishing: _, ...facts } = toGraphApplication(object.application)
  return facts
}

// As many as one page holds.
const maxIds = 999

/** What `getByIds` takes. */
export const idsBody = z.strictObject({
  ids: z.array(guid).min(1).max(maxIds),
  types: z.array(z.string().max(64)).max(20).optional(),
})
