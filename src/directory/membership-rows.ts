import type { Group, Memberships } from '../policy/memberships.ts'
import { reach, readNesting } from './nested-groups.ts'
import type { Rows } from './storage.ts'

/**
 * Who is in which group, for what applications are told and policies ask: themselves, or by a group inside it. Assignments
 * are another matter (access-rows.ts).
 */
export async function readMemberships(rows: Rows): Promise<Memberships> {
  const groups = await readGroups(rows)
  const { above } = await readNesting(rows)
  const members = await rows.selectFrom('membership').select(['person_id', 'group_id']).execute()
  const idsOf = new Map<string, Set<string>>()
  for (const { person_id, group_id } of members) {
    const ids = idsOf.get(person_id) ?? new Set()
    for (const id of above.size === 0 ? [group_id] : reach(above, group_id)) ids.add(id)
    idsOf.set(person_id, ids)
  }
  const groupsOf = new Map<string, readonly Group[]>()
  for (const [person, ids] of idsOf) {
    const places = [...ids].flatMap((id) => groups.get(id) ?? [])
    groupsOf.set(
      person,
      places.sort((a, b) => a.place - b.place).map(({ group }) => group),
    )
  }
  return { groupsOf, assignedGroups: await readAssignedGroups(rows) }
}

/** One object a group, however many are in it, with its place by name. */
async function readGroups(rows: Rows) {
  const all = rows.selectFrom('person_group').select(['id', 'display_name'])
  const found = await all.orderBy('display_name').orderBy('id').execute()
  return new Map(
    found.map(({ id, display_name }, place) => {
      const group: Group = { id, displayName: display_name }
      return [id, { group, place }] as const
    }),
  )
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
