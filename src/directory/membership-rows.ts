import type { Group, Memberships } from '../policy/memberships.ts'
import { rolesWithoutValue } from '../publishing/registration.ts'
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
  const assignedGroups = await readAssignedGroups(rows)
  return { groupsOf, assignedGroups, rolesAt: await readRoles(rows) }
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

/**
 * Roles of one's own and of the groups one is in oneself: as with assignments, groups inside groups do not count. Most
 * people have one that says no more than that they may enter; those are left out.
 */
async function readRoles(rows: Rows): Promise<Memberships['rolesAt']> {
  const telling = rows
    .selectFrom('assignment')
    .where('app_role_id', 'not in', [...rolesWithoutValue])
    .select(['assignment.application_id', 'assignment.app_role_id'])
  const own = telling.select('assignment.principal_id as person_id')
  const asMember = telling
    .innerJoin('membership', 'membership.group_id', 'assignment.principal_id')
    .select('membership.person_id')
  const roles = new Map<string, Map<string, string[]>>()
  for (const row of await own.unionAll(asMember).execute()) {
    const { application_id, app_role_id, person_id } = row
    const here = roles.get(application_id) ?? new Map<string, string[]>()
    roles.set(application_id, here)
    const ids = here.get(person_id)
    if (ids) ids.push(app_role_id)
    else here.set(person_id, [app_role_id])
  }
  return roles
}
