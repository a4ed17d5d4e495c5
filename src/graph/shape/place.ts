import type { Group } from '../../directory/directory.ts'
import type { DirectoryRole } from '../../identity/roles.ts'
import type { Collection } from '../collection.ts'
import { propertiesOf } from '../resource/kinds.ts'
import { place } from '../resource/people.ts'
import { toGraphRole } from './directory-role.ts'
import { toGraphGroup } from './group.ts'

/** What somebody is a member of. */
export type Place = { readonly group: Group } | { readonly role: DirectoryRole }

/** A group as one of the things that somebody is a member of. */
export function asPlace(group: Group): Place {
  return { group }
}

const named = (place: Place) => ('group' in place ? place.group : place.role)

/** What `memberOf` lists: directory objects of two kinds, so each says its type. */
export const placeCollection: Collection<Place> = {
  context: 'directoryObjects',
  properties: propertiesOf(place),
  fields: { displayName: (place) => named(place).displayName, id: (place) => named(place).id },
  searched: ['displayName'],
  write: (place) =>
    'group' in place
      ? { '@odata.type': '#microsoft.graph.group', ...toGraphGroup(place.group) }
      : { '@odata.type': '#microsoft.graph.directoryRole', ...toGraphRole(place.role) },
}
