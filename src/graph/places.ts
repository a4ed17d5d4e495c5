import { directoryRoles } from '../identity/roles.ts'
import type { Call } from './call.ts'
import type { Place } from './shape/place.ts'

/** Membership itself, or by the groups that one is in as well. */
export type Reach = 'direct' | 'all'

/** The groups and directory roles that a person is a member of. */
export async function placesOf(
  { directory }: Call,
  personId: string,
  reach: Reach,
): Promise<readonly Place[]> {
  const groups = await directory.groupsOf(personId, reach)
  const roleIds = await directory.rolesOf(personId)
  const roles = directoryRoles.filter(({ id }) => roleIds.includes(id))
  return [...groups.map((group) => ({ group })), ...roles.map((role) => ({ role }))]
}
