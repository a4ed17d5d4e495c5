import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { failed, type Issue, type Parsed } from '../base/check.ts'
import { Fault } from '../base/fault.ts'
import {
  parseTokenLifetime,
  type TokenLifetimePolicy,
  type TokenLifetimes,
} from '../policy/token-lifetime.ts'
import type { Directory } from './directory.ts'
import { decodeDocument, encodeDocument } from './document.ts'
import type { Tables } from './schema.ts'
import type { Rows } from './storage.ts'
import { notFound, type Store } from './store.ts'

type Methods = Pick<
  Directory,
  | 'tokenLifetimePolicies'
  | 'createTokenLifetimePolicy'
  | 'updateTokenLifetimePolicy'
  | 'deleteTokenLifetimePolicy'
  | 'tokenLifetimePolicyOf'
  | 'tokenLifetimePoliciesInUse'
  | 'applicationsOfTokenLifetimePolicy'
  | 'assignTokenLifetimePolicy'
  | 'removeTokenLifetimePolicy'
>
type Create = Directory['createTokenLifetimePolicy']
type Update = Directory['updateTokenLifetimePolicy']
type Delete = Directory['deleteTokenLifetimePolicy']
type Assign = Directory['assignTokenLifetimePolicy']
type Row = Tables['token_lifetime_policy']

/** The directory's methods about how long sessions are believed. */
export function tokenLifetimeMethods(store: Store): Methods {
  return {
    tokenLifetimePolicies: () => store.read(listPolicies),
    createTokenLifetimePolicy: (...input) => createPolicy(store, ...input),
    updateTokenLifetimePolicy: (...input) => updatePolicy(store, ...input),
    deleteTokenLifetimePolicy: (...input) => deletePolicy(store, ...input),
    tokenLifetimePolicyOf: (applicationId) => store.read((rows) => findOf(rows, applicationId)),
    tokenLifetimePoliciesInUse: () =>
      store.read(async (rows) => {
        const all = await rows.selectFrom('application_token_lifetime').selectAll().execute()
        return new Map(all.map((row) => [row.application_id, row.policy_id]))
      }),
    applicationsOfTokenLifetimePolicy: (id) =>
      store.read(async (rows) => {
        const all = rows.selectFrom('application_token_lifetime').select('application_id')
        const found = await all.where('policy_id', '=', id).execute()
        return found.map((row) => row.application_id)
      }),
    assignTokenLifetimePolicy: (...input) => assignPolicy(store, ...input),
    removeTokenLifetimePolicy: (...input) => removePolicy(store, ...input),
  }
}

/** What holds for each application, as of this transaction. */
export async function readTokenLifetimes(rows: Rows): Promise<TokenLifetimes> {
  const defaults = rows.selectFrom('token_lifetime_policy').select('lifetime_seconds')
  const organization = await defaults.where('is_organization_default', '=', 1).executeTakeFirst()
  const own = await rows
    .selectFrom('application_token_lifetime')
    .innerJoin('token_lifetime_policy', 'token_lifetime_policy.id', 'policy_id')
    .select(['application_id', 'lifetime_seconds'])
    .execute()
  return {
    organization: organization?.lifetime_seconds,
    byApplication: new Map(own.map((row) => [row.application_id, row.lifetime_seconds])),
  }
}

async function listPolicies(rows: Rows): Promise<readonly TokenLifetimePolicy[]> {
  const all = rows.selectFrom('token_lifetime_policy').selectAll()
  return (await all.orderBy('display_name').orderBy('id').execute()).map(toTokenLifetimePolicy)
}

async function findPolicy(rows: Rows, id: string): Promise<TokenLifetimePolicy | undefined> {
  const all = rows.selectFrom('token_lifetime_policy').selectAll()
  const row = await all.where('id', '=', id).executeTakeFirst()
  return row && toTokenLifetimePolicy(row)
}

async function findOf(rows: Rows, applicationId: string): Promise<TokenLifetimePolicy | undefined> {
  const row = await rows
    .selectFrom('application_token_lifetime')
    .innerJoin('token_lifetime_policy', 'token_lifetime_policy.id', 'policy_id')
    .selectAll('token_lifetime_policy')
    .where('application_id', '=', applicationId)
    .executeTakeFirst()
  return row && toTokenLifetimePolicy(row)
}

/** A row as a policy. */
export function toTokenLifetimePolicy(row: Row): TokenLifetimePolicy {
  return {
    id: row.id,
    displayName: row.display_name,
    definition: decodeDocument(row.definition) as readonly string[], // `toRow` wrote it
    isOrganizationDefault: row.is_organization_default === 1,
  }
}

function toRow(policy: TokenLifetimePolicy, lifetimeSeconds: number): Row {
  return {
    id: policy.id,
    display_name: policy.displayName,
    definition: encodeDocument(policy.definition),
    is_organization_default: policy.isOrganizationDefault ? 1 : 0,
    lifetime_seconds: lifetimeSeconds,
  }
}

async function createPolicy(
  store: Store,
  ...[facts, change]: Parameters<Create>
): ReturnType<Create> {
  const policy: TokenLifetimePolicy = { ...facts, id: randomUUID() }
  return store.change<Parsed<TokenLifetimePolicy>>(
    'token-lifetime-policy.create',
    change,
    async (rows) => {
      const row = await validate(rows, policy)
      if (failed(row)) return { value: row }
      await rows.insertInto('token_lifetime_policy').values(row.value).execute()
      const record = { targetId: policy.id, before: undefined, after: policy }
      return { value: { value: policy }, record }
    },
  )
}

async function updatePolicy(
  store: Store,
  ...[id, change, edit]: Parameters<Update>
): ReturnType<Update> {
  return store.change<Parsed<TokenLifetimePolicy>>(
    'token-lifetime-policy.update',
    change,
    async (rows) => {
      const before = await findPolicy(rows, id)
      if (!before) throw notFound('token lifetime policy', id)
      const after = edit(before)
      assert.equal(after.id, id, 'an edit must not change the id of a policy')
      const row = await validate(rows, after)
      if (failed(row)) return { value: row }
      if (isDeepStrictEqual(before, after)) return { value: { value: before } }
      await rows.updateTable('token_lifetime_policy').set(row.value).where('id', '=', id).execute()
      return { value: { value: after }, record: { targetId: id, before, after } }
    },
  )
}

/** The row, when its definition can be read and it is the only default of the organisation. */
async function validate(rows: Rows, policy: TokenLifetimePolicy): Promise<Parsed<Row>> {
  const lifetime = parseTokenLifetime(policy.definition)
  const issues: Issue[] = failed(lifetime) ? [...lifetime.issues] : []
  if (policy.isOrganizationDefault) {
    const all = rows.selectFrom('token_lifetime_policy').select(['id', 'display_name'])
    const others = all.where('is_organization_default', '=', 1).where('id', '!=', policy.id)
    const holder = await others.executeTakeFirst()
    if (holder) {
      const message = `the organisation has a default already, "${holder.display_name}"`
      issues.push({ path: 'isOrganizationDefault', code: 'already-exists', message })
    }
  }
  if (failed(lifetime) || issues.length > 0) return { issues }
  return { value: toRow(policy, lifetime.value) }
}

async function deletePolicy(store: Store, ...[id, change]: Parameters<Delete>): ReturnType<Delete> {
  return store.change('token-lifetime-policy.delete', change, async (rows) => {
    const before = await findPolicy(rows, id)
    if (!before) return { value: false }
    // Applications lose it by foreign key.
    await rows.deleteFrom('token_lifetime_policy').where('id', '=', id).execute()
    return { value: true, record: { targetId: id, before, after: undefined } }
  })
}

async function assignPolicy(
  store: Store,
  ...[applicationId, policyId, change]: Parameters<Assign>
): ReturnType<Assign> {
  return store.change('application.assign-token-lifetime-policy', change, async (rows) => {
    const applications = rows.selectFrom('application').select('id').where('id', '=', applicationId)
    if (!(await applications.executeTakeFirst())) throw notFound('application', applicationId)
    if (!(await findPolicy(rows, policyId))) throw notFound('token lifetime policy', policyId)
    const has = await findOf(rows, applicationId)
    if (has) {
      throw new Fault(
        'already-exists',
        `${applicationId} has a token lifetime policy already, "${has.displayName}"; remove it first`,
      )
    }
    await rows
      .insertInto('application_token_lifetime')
      .values({ application_id: applicationId, policy_id: policyId })
      .execute()
    const record = { targetId: applicationId, before: undefined, after: { policyId } }
    return { value: undefined, record }
  })
}

async function removePolicy(
  store: Store,
  ...[applicationId, policyId, change]: Parameters<Directory['removeTokenLifetimePolicy']>
): Promise<boolean> {
  return store.change('application.remove-token-lifetime-policy', change, async (rows) => {
    const { numDeletedRows: removed } = await rows
      .deleteFrom('application_token_lifetime')
      .where('application_id', '=', applicationId)
      .where('policy_id', '=', policyId)
      .executeTakeFirst()
    if (!removed) return { value: false }
    const record = { targetId: applicationId, before: { policyId }, after: undefined }
    return { value: true, record }
  })
}
