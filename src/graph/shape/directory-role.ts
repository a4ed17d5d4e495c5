import type { DirectoryRole } from '../../identity/roles.ts'
import type { Collection } from '../collection.ts'
import { propertiesOf } from '../resource/kinds.ts'
import { directoryRole } from '../resource/people.ts'

/** A role in Graph's shape; there is one of each template, with the same id. */
export function toGraphRole({ id, displayName, description }: DirectoryRole) {
  return { id, displayName, description, roleTemplateId: id }
}

export const roleCollection: Collection<DirectoryRole> = {
  context: 'directoryRoles',
  properties: propertiesOf(directoryRole),
  fields: {
    id: ({ id }) => id,
    displayName: ({ displayName }) => displayName,
    roleTemplateId: ({ id }) => id,
  },
  write: toGraphRole,
}
