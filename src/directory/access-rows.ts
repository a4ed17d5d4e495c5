import type { Access } from '../policy/access.ts'
import type { Rows } from './storage.ts'

/** Who is assigned, as `authorize` looks it up: application id → person ids. */
export async function readAssigned(rows: Rows): Promise<Access['assigned']> {
  const assigned = new Map<string, Set<string>>()
  for (const { application_id, person_id } of await readEntitlements(rows)) {
    const people = assigned.get(application_id)
    if (people) people.add(person_id)
    else assigned.set(application_id, new Set([person_id]))
  }
  return assigned
}

/**
 * Enabled people who are assigned, themselves or as direct members of an assigned group. Groups inside groups do not
 * count, as in the original.
 */
async function readEntitlements(rows: Rows) {
  const own = rows
    .selectFrom('assignment')
    .innerJoin('person', 'person.id', 'assignment.principal_id')
    .where('person.enabled', '=', 1)
    .select(['assignment.application_id', 'person.id as person_id'])
  const asMember = rows
    .selectFrom('assignment')
    .innerJoin('membership', 'membership.group_id', 'assignment.principal_id')
    .innerJoin('person', 'person.id', 'membership.person_id')
    .where('person.enabled', '=', 1)
    .select(['assignment.application_id', 'membership.person_id'])
  const asClient = rows
    .selectFrom('assignment')
    .where('principal_type', '=', 'ServicePrincipal')
    .select(['assignment.application_id', 'assignment.principal_id as person_id'])
  return own.unionAll(asMember).unionAll(asClient).execute()
}
