import type { DirectoryRole } from '../../identity/roles.ts'
import type { Collection } from '../collection.ts'

/** A role in Graph's shape; there is one of each template, with the same id. */
export function toGraphRole({ id, displayName, description }: DirectoryRole) {
  return { id, displayName, description, roleTemplateId: id }
}

export const roleCollection: Collection<DirectoryRole> = {
  context: 'directoryRoles',
  properties: ['id', 'displayName', 'description', 'roleTemplateId'],
  fields: {
    id: ({ id }) => id,
    displayName: ({ displayName }) => displayName,
    roleTemplateId: ({ id }) => id,
  },
  write: toGraphRole,
}
