import type { Group, Memberships } from '../policy/memberships.ts'
import type { Rows } from './storage.ts'

/** Who is in which group, for what applications are told and policies ask. Direct members, as with assignments. */
export async function readMemberships(rows: Rows): Promise<Memberships> {
  const members = await rows
    .selectFrom('membership')
    .innerJoin('person_group', 'person_group.id', 'membership.group_id')
    .select(['membership.person_id', 'person_group.id', 'person_group.display_name'])
    .orderBy('person_group.display_name')
    .orderBy('person_group.id')
    .execute()
  const groups = new Map<string, Group>()
  const groupsOf = new Map<string, Group[]>()
  for (const { person_id, id, display_name } of members) {
    // One object a group, however many are in it.
    const group = groups.get(id) ?? { id, displayName: display_name }
    groups.set(id, group)
    addTo(groupsOf, person_id, group)
  }
  return { groupsOf, assignedGroups: await readAssignedGroups(rows) }
}

async function readAssignedGroups(rows: Rows): Promise<Memberships['assignedGroups']> {
  const assignments = await rows
    .selectFrom('assignment')
    .where('principal_type', '=', 'Group')
    .select(['application_id', 'principal_id'])
    .execute()
  const assigned = new Map<string, Set<string>>()
  for (const { application_id, principal_id } of assignments) {
    const ids = assigned.get(application_id)
    if (ids) ids.add(principal_id)
    else assigned.set(application_id, new Set([principal_id]))
  }
  return assigned
}

function addTo<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}
