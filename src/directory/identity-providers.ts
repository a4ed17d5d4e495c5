import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { failed, type Issue, type Parsed } from '../base/check.ts'
import {
  checkIdentityProvider,
  type IdentityProvider,
} from '../identity/relying-party/identity-provider.ts'
import type { Directory } from './directory.ts'
import { decodeDocument, encodeDocument } from './document.ts'
import type { Tables } from './schema.ts'
import { endSessionsOfProvider } from './session-rows.ts'
import type { Rows } from './storage.ts'
import { notFound, type Store } from './store.ts'

type Providers = Pick<
  Directory,
  | 'identityProviders'
  | 'createIdentityProvider'
  | 'updateIdentityProvider'
  | 'deleteIdentityProvider'
>
type Create = Directory['createIdentityProvider']
type Update = Directory['updateIdentityProvider']
type Delete = Directory['deleteIdentityProvider']

/** Every provider makes each sign-in page longer; nobody has this many. */
const maxProviders = 50

/** The directory's methods about external identity providers. [S11] */
export function identityProviderMethods(store: Store): Providers {
  return {
    identityProviders: () => store.read(readIdentityProviders),
    createIdentityProvider: (...input) => createProvider(store, ...input),
    updateIdentityProvider: (...input) => updateProvider(store, ...input),
    deleteIdentityProvider: (...input) => deleteProvider(store, ...input),
  }
}

/** All of them, the oldest first. */
export async function readIdentityProviders(rows: Rows): Promise<readonly IdentityProvider[]> {
  const all = rows.selectFrom('identity_provider').selectAll()
  const found = await all.orderBy('created_at').orderBy('id').execute()
  return found.map(toIdentityProvider)
}

/** A row as a provider. */
export function toIdentityProvider(row: Tables['identity_provider']): IdentityProvider {
  const facts = decodeDocument(row.document) as Omit<IdentityProvider, 'id' | 'createdAt'>
  return { ...facts, id: row.id, createdAt: row.created_at } // `toRow` took it apart
}

async function createProvider(
  store: Store,
  ...[facts, change]: Parameters<Create>
): ReturnType<Create> {
  const provider: IdentityProvider = { ...facts, createdAt: store.clock() }
  return store.change<Parsed<IdentityProvider>>(
    'identity-provider.create',
    change,
    async (rows) => {
      const others = await readIdentityProviders(rows)
      const issues = [...(await findProviderProblems(rows, provider, others)), ...tooMany(others)]
      if (others.some(({ id }) => id === provider.id)) {
        issues.push({
          path: '/id',
          code: 'already-exists',
          message: `${provider.id} is there already`,
        })
      }
      if (issues.length > 0) return { value: { issues } }
      await rows.insertInto('identity_provider').values(toRow(provider)).execute()
      await keepOneDefault(rows, provider, others)
      const record = { targetId: provider.id, before: undefined, after: withoutSecrets(provider) }
      return { value: { value: provider }, record }
    },
  )
}

async function updateProvider(
  store: Store,
  ...[id, change, edit]: Parameters<Update>
): ReturnType<Update> {
  return store.change<Parsed<IdentityProvider>>(
    'identity-provider.update',
    change,
    async (rows) => {
      const all = await readIdentityProviders(rows)
      const before = all.find((each) => each.id === id)
      if (!before) throw notFound('identity provider', id)
      const parsed = edit(before)
      if (failed(parsed)) return { value: parsed }
      const after = parsed.value
      assert.equal(after.id, id, 'an edit must not change the id of a provider')
      const issues = await findProviderProblems(rows, after, all)
      if (issues.length > 0) return { value: { issues } }
      if (isDeepStrictEqual(before, after)) return { value: { value: before } }
      const { id: _, ...row } = toRow(after)
      await rows.updateTable('identity_provider').set(row).where('id', '=', id).execute()
      await keepOneDefault(rows, after, all)
      // Who a person was at another issuer says nothing about who they are at this one.
      const ended = before.issuer === after.issuer ? [] : await endSessionsOfProvider(rows, id)
      const record = { targetId: id, before: withoutSecrets(before), after: withoutSecrets(after) }
      return { value: { value: after }, record, ended }
    },
  )
}

/** The people stay, with the memberships they were given; their sessions end, since nobody vouches for them any more. */
async function deleteProvider(
  store: Store,
  ...[id, change]: Parameters<Delete>
): ReturnType<Delete> {
  return store.change('identity-provider.delete', change, async (rows) => {
    const before = (await readIdentityProviders(rows)).find((each) => each.id === id)
    if (!before) return { value: false }
    await rows.deleteFrom('identity_provider').where('id', '=', id).execute()
    await rows.deleteFrom('membership').where('provider_id', '=', id).execute()
    const ended = await endSessionsOfProvider(rows, id)
    const record = { targetId: id, before: withoutSecrets(before), after: undefined }
    return { value: true, record, ended }
  })
}

/** What is wrong with a provider beside these others. */
export async function findProviderProblems(
  rows: Rows,
  provider: IdentityProvider,
  others: readonly IdentityProvider[],
): Promise<Issue[]> {
  const issues = [...checkIdentityProvider(provider, others)]
  const groups = await rows.selectFrom('person_group').select('id').execute()
  const known = new Set(groups.map(({ id }) => id))
  for (const [at, { groupId }] of provider.people.groups.entries()) {
    if (known.has(groupId)) continue
    const message = `there is no group ${groupId}`
    issues.push({ path: `/people/groups/${at}/groupId`, code: 'unknown-group', message })
  }
  return issues
}

function tooMany(others: readonly IdentityProvider[]): readonly Issue[] {
  if (others.length < maxProviders) return []
  const message = `there are ${maxProviders} identity providers, which is the most there can be`
  return [{ path: '', code: 'too-many', message }]
}

async function keepOneDefault(
  rows: Rows,
  provider: IdentityProvider,
  others: readonly IdentityProvider[],
): Promise<void> {
  if (!provider.isDefault) return
  for (const other of others) {
    if (!other.isDefault || other.id === provider.id) continue
    const { id, ...row } = toRow({ ...other, isDefault: false })
    await rows.updateTable('identity_provider').set(row).where('id', '=', id).execute()
  }
}

function toRow(provider: IdentityProvider) {
  const { id, createdAt, ...facts } = provider
  return { id, created_at: createdAt, document: encodeDocument(facts) }
}

/** What the audit trail keeps: it outlives the provider, and whoever may read it need not have the secret, sealed or not. */
function withoutSecrets({ authentication, ...facts }: IdentityProvider): object {
  return { ...facts, authentication: { method: authentication.method } }
}
