import type { AccessPolicy, NamedLocation } from '../policy/access-policy.ts'
import type { PolicySources, RoleHolders } from '../policy/compile.ts'
import { namedIds } from '../policy/validate.ts'
import { decodeDocument, encodeDocument } from './document.ts'
import { reach, readNesting } from './nested-groups.ts'
import type { PolicyRow } from './schema.ts'
import type { Rows } from './storage.ts'

/** A policy or a location as a row. */
export function toPolicyRow(item: AccessPolicy | NamedLocation): PolicyRow {
  const { id, createdAt, ...document } = item
  return { id, created_at: createdAt, document: encodeDocument(document) }
}

/** All policies, in order of creation. */
export async function readPolicies(rows: Rows): Promise<readonly AccessPolicy[]> {
  const all = rows.selectFrom('access_policy').selectAll()
  return (await all.orderBy('created_at').orderBy('id').execute()).map(fromPolicyRow<AccessPolicy>)
}

/** All named locations, in order of creation. */
export async function readLocations(rows: Rows): Promise<readonly NamedLocation[]> {
  const all = rows.selectFrom('named_location').selectAll()
  return (await all.orderBy('created_at').orderBy('id').execute()).map(fromPolicyRow<NamedLocation>)
}

/** A row as a policy or a location. */
export function fromPolicyRow<Item extends AccessPolicy | NamedLocation>({
  id,
  created_at,
  document,
}: PolicyRow): Item {
  const facts = decodeDocument(document) as Omit<Item, 'id' | 'createdAt'>
  return Object.freeze({ ...facts, id, createdAt: created_at }) as Item // `toPolicyRow` took it apart
}

/** What conditional access is compiled from: members and role holders only where a policy names their group or role. */
export async function readPolicySources(rows: Rows): Promise<PolicySources> {
  const policies = await readPolicies(rows)
  const ids = policies.flatMap(namedIds)
  const of = (wanted: 'groups' | 'roles') =>
    new Set(ids.flatMap(({ kind, ids: named }) => (kind === wanted ? named : [])))
  return {
    policies,
    locations: await readLocations(rows),
    groupMembers: await readMembers(rows, of('groups')),
    roleHolders: await readRoleHolders(rows, of('roles')),
  }
}

async function readMembers(
  rows: Rows,
  groups: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const members = new Map<string, Set<string>>()
  const { below } = await readNesting(rows)
  for (const id of groups) {
    const people = new Set<string>()
    for (const inside of reach(below, id)) {
      const found = rows.selectFrom('membership').select('person_id').where('group_id', '=', inside)
      for (const { person_id } of await found.execute()) people.add(person_id)
    }
    members.set(id, people)
  }
  return members
}

async function readRoleHolders(
  rows: Rows,
  roles: ReadonlySet<string>,
): Promise<ReadonlyMap<string, RoleHolders>> {
  const holders = new Map<string, RoleHolders>()
  for (const id of roles) {
    const at = new Map<string, Set<string>>()
    for (const { application_id, person_id } of await readRoleAssignments(rows, id)) {
      const people = at.get(application_id)
      if (people) people.add(person_id)
      else at.set(application_id, new Set([person_id]))
    }
    const members = rows.selectFrom('role_member').select('person_id').where('role_id', '=', id)
    const everywhere = new Set((await members.execute()).map(({ person_id }) => person_id))
    holders.set(id, { everywhere, at })
  }
  return holders
}

/** Who has a role of an application, by themselves or as a direct member of a group, as assignments count. */
async function readRoleAssignments(rows: Rows, roleId: string) {
  const own = rows
    .selectFrom('assignment')
    .where('app_role_id', '=', roleId)
    .where('principal_type', '=', 'User')
    .select(['application_id', 'principal_id as person_id'])
  const asMember = rows
    .selectFrom('assignment')
    .innerJoin('membership', 'membership.group_id', 'assignment.principal_id')
    .where('assignment.app_role_id', '=', roleId)
    .select(['assignment.application_id', 'membership.person_id'])
  return own.unionAll(asMember).execute()
}
