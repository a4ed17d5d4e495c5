import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { failed, type Issue, type Parsed } from '../base/check.ts'
import { directoryRoles } from '../identity/roles.ts'
import type { AccessPolicy } from '../policy/access-policy.ts'
import { type KnownNames, maxPolicies, namedIds, validatePolicy } from '../policy/validate.ts'
import { builtIns } from '../publishing/built-in.ts'
import type { Directory } from './directory.ts'
import { readPolicies, toPolicyRow } from './policy-rows.ts'
import type { Rows } from './storage.ts'
import { notFound, type Store } from './store.ts'

type Policies = Pick<
  Directory,
  'accessPolicies' | 'createAccessPolicy' | 'updateAccessPolicy' | 'deleteAccessPolicy'
>
type Create = Directory['createAccessPolicy']
type Update = Directory['updateAccessPolicy']
type Delete = Directory['deleteAccessPolicy']

/** The directory's methods about conditional access. [S8] */
export function accessPolicyMethods(store: Store): Policies {
  return {
    accessPolicies: () => store.read(readPolicies),
    createAccessPolicy: (...input) => createPolicy(store, ...input),
    updateAccessPolicy: (...input) => updatePolicy(store, ...input),
    deleteAccessPolicy: (...input) => deletePolicy(store, ...input),
  }
}

async function createPolicy(store: Store, ...[facts, change]: Parameters<Create>) {
  const policy: AccessPolicy = {
    ...facts,
    id: randomUUID(),
    createdAt: store.clock(),
    modifiedAt: undefined,
  }
  return store.change<Parsed<AccessPolicy>>('access-policy.create', change, async (rows) => {
    const issues = [
      ...(await findPolicyProblems(rows, policy, undefined)),
      ...(await findFull(rows)),
    ]
    if (issues.length > 0) return { value: { issues } }
    await rows.insertInto('access_policy').values(toPolicyRow(policy)).execute()
    const record = { targetId: policy.id, before: undefined, after: policy }
    return { value: { value: policy }, record }
  })
}

async function findFull(rows: Rows): Promise<readonly Issue[]> {
  const present = await rows.selectFrom('access_policy').select('id').execute()
  if (present.length < maxPolicies) return []
  return [{ path: '', code: 'too-many', message: `there are ${maxPolicies} policies already` }]
}

async function updatePolicy(
  store: Store,
  ...[id, change, edit]: Parameters<Update>
): ReturnType<Update> {
  return store.change<Parsed<AccessPolicy>>('access-policy.update', change, async (rows) => {
    const before = await findPolicy(rows, id)
    if (!before) throw notFound('policy', id)
    const parsed = edit(before)
    if (failed(parsed)) return { value: parsed }
    assert.equal(parsed.value.id, id, 'an edit must not change the id of a policy')
    const issues = await findPolicyProblems(rows, parsed.value, before)
    if (issues.length > 0) return { value: { issues } }
    if (isDeepStrictEqual(before, parsed.value)) return { value: { value: before } }
    const after: AccessPolicy = { ...parsed.value, modifiedAt: store.clock() }
    await rows.updateTable('access_policy').set(toPolicyRow(after)).where('id', '=', id).execute()
    return { value: { value: after }, record: { targetId: id, before, after } }
  })
}

async function deletePolicy(store: Store, ...[id, change]: Parameters<Delete>) {
  return store.change('access-policy.delete', change, async (rows) => {
    const before = await findPolicy(rows, id)
    if (!before) return { value: false }
    await rows.deleteFrom('access_policy').where('id', '=', id).execute()
    return { value: true, record: { targetId: id, before, after: undefined } }
  })
}

async function findPolicy(rows: Rows, id: string): Promise<AccessPolicy | undefined> {
  return (await readPolicies(rows)).find((policy) => policy.id === id)
}

/** What is wrong with a policy; `before`: the one that it takes the place of. */
export async function findPolicyProblems(
  rows: Rows,
  policy: AccessPolicy,
  before: AccessPolicy | undefined,
): Promise<readonly Issue[]> {
  return validatePolicy(policy, await readKnown(rows, policy), before)
}

/** Roles of the directory, and those of applications that somebody has. */
async function findRoles(rows: Rows, ids: readonly string[]) {
  const assigned = rows.selectFrom('assignment').select('app_role_id as id')
  const found = await assigned.where('app_role_id', 'in', ids).execute()
  return [...found, ...directoryRoles.filter(({ id }) => ids.includes(id))]
}

/** Those of the directory, and those that the edge answers itself. */
async function findApplications(rows: Rows, ids: readonly string[]) {
  const all = rows.selectFrom('application').select('app_id as id')
  const found = await all.where('app_id', 'in', ids).execute()
  return [
    ...found,
    ...builtIns.map(({ appId: id }) => ({ id })).filter(({ id }) => ids.includes(id)),
  ]
}

/** Ids per statement: well below what any dialect takes, and few enough texts to keep prepared. */
const batchSize = 100

/** Which of the names in a policy there are. */
async function readKnown(rows: Rows, policy: AccessPolicy): Promise<KnownNames> {
  const named = namedIds(policy)
  const known = async (
    kind: keyof KnownNames,
    find: (ids: readonly string[]) => Promise<readonly { readonly id: string }[]>,
  ) => {
    const wanted = named.flatMap((list) => (list.kind === kind ? list.ids : []))
    const found = new Set<string>()
    for (let at = 0; at < wanted.length; at += batchSize) {
      for (const { id } of await find(wanted.slice(at, at + batchSize))) found.add(id)
    }
    return found
  }
  return {
    people: await known('people', (ids) =>
      rows.selectFrom('person').select('id').where('id', 'in', ids).execute(),
    ),
    groups: await known('groups', (ids) =>
      rows.selectFrom('person_group').select('id').where('id', 'in', ids).execute(),
    ),
    roles: await known('roles', (ids) => findRoles(rows, ids)),
    applications: await known('applications', (ids) => findApplications(rows, ids)),
    locations: await known('locations', (ids) =>
      rows.selectFrom('named_location').select('id').where('id', 'in', ids).execute(),
    ),
  }
}
