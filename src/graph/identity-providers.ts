import { failed, type Parsed } from '../base/check.ts'
import type { Change } from '../directory/change.ts'
import { withNewKey } from '../identity/relying-party/client-keys.ts'
import type { IdentityProvider } from '../identity/relying-party/identity-provider.ts'
import { accept, type Call, key, noContent, type Reply, replyItem, replyPage } from './call.ts'
import { readJson } from './json.ts'
import { invalid, notFound } from './refusal.ts'
import { issueAt, type Reading, readingOf, withMeaning } from './shape/body.ts'
import {
  mergeProvider,
  type ProviderBody,
  providerCollection,
  providerTarget,
  readProvider,
} from './shape/identity-provider.ts'
import { changeBy } from './trial.ts'

/** GET /identity/identityProviders */
export async function listProviders(call: Call): Promise<Reply> {
  const providers = await call.directory.identityProviders()
  return replyPage(call, providerCollection(call.providers), providers)
}

/** GET /identity/identityProviders/{id} */
export async function getProvider(call: Call): Promise<Reply> {
  return replyItem(call, providerCollection(call.providers), await findProvider(call))
}

/**
 * POST /identity/identityProviders: 201 with the provider, and whether it answered just now; one that is down is saved
 * all the same. [S11]
 */
export async function createProvider(call: Call): Promise<Reply> {
  const reading = await readWhole(call, readProvider(await readJson(call.request)), undefined)
  const created = await changeBy(
    call,
    reading,
    (provider, change) => call.directory.createIdentityProvider(provider, change),
    providerTarget,
  )
  const { status, body } = await replyItem(call, providerCollection(call.providers), created, 201)
  return { status, body: { ...body, health: await healthOf(call, created) } }
}

/** PATCH /identity/identityProviders/{id}: 204. */
export async function patchProvider(call: Call): Promise<Reply> {
  const reading = readProvider(await readJson(call.request))
  const current = await findProvider(call)
  const { value: sent } = reading
  if (!sent) throw invalid(reading.issues)
  const isOther = sent.id !== undefined && sent.id !== current.id
  const fixed = isOther ? [issueAt('id', 'read-only', 'cannot be changed')] : []
  const read = { value: sent, issues: [...reading.issues, ...fixed] }
  const whole = await readWhole(call, read, current)
  const changeWith = ({ authentication }: NewProvider, change: Change) =>
    call.directory.updateIdentityProvider(current.id, change, (now) => {
      const { value: merged } = readingOf(mergeProvider(sent, now, now.id))
      return { value: { ...now, ...merged, authentication } }
    })
  await changeBy(call, whole, changeWith, providerTarget)
  return noContent
}

/** DELETE /identity/identityProviders/{id} */
export async function deleteProvider(call: Call): Promise<Reply> {
  const id = key(call, 'provider')
  if (await call.directory.deleteIdentityProvider(id, call.change)) return noContent
  throw notFound(id)
}

/** GET /identity/identityProviders/{id}/health asks the provider about itself, now. */
export async function getProviderHealth(call: Call): Promise<Reply> {
  const health = await healthOf(call, await findProvider(call))
  return { status: 200, body: { '@odata.context': `${call.metadataUrl}#health`, ...health } }
}

/** POST /identity/identityProviders/{id}/rotateClientKey: 204. The key before stays published. */
export async function rotateClientKey(call: Call): Promise<Reply> {
  const { id } = await findProvider(call)
  const fresh = await call.providers.createKey(id)
  const updated = await call.directory.updateIdentityProvider(id, call.change, (now) => {
    const { authentication } = now
    if (authentication.method !== 'private_key_jwt') {
      const message = 'must be private_key_jwt for a key to be rotated'
      return { issues: [issueAt('clientAuthentication', 'no-key', message)] }
    }
    const keys = withNewKey(authentication.keys, fresh)
    return { value: { ...now, authentication: { ...authentication, keys } } }
  })
  accept(updated)
  return noContent
}

type NewProvider = Omit<IdentityProvider, 'createdAt'>

/** The provider that is to be, its secret sealed and its key made, with all that is wrong with what was sent. */
async function readWhole(
  call: Call,
  { value: sent, issues: form }: Reading<ProviderBody>,
  current: IdentityProvider | undefined,
): Promise<Reading<NewProvider>> {
  if (!sent) return { value: undefined, issues: form }
  const id = current?.id ?? sent.id ?? crypto.randomUUID()
  const merged = readingOf(mergeProvider(sent, current, id))
  const authentication = await authenticationOf(call, sent, current, id)
  const issues = withMeaning(form, [...merged.issues, ...issuesOf(authentication)])
  // Of a draft nothing is kept, not even how it would prove itself.
  const none = { method: 'automatic', sealedSecret: '' } as const
  const proof = failed(authentication) ? none : authentication.value
  return { value: merged.value && { ...merged.value, authentication: proof }, issues }
}

function issuesOf(parsed: Parsed<unknown>) {
  return failed(parsed) ? parsed.issues : []
}

async function authenticationOf(
  { providers }: Call,
  sent: ProviderBody,
  current: IdentityProvider | undefined,
  id: string,
): Promise<Parsed<IdentityProvider['authentication']>> {
  const before = current?.authentication
  const method = sent.clientAuthentication ?? before?.method ?? 'automatic'
  const secret = sent.clientSecret ?? undefined
  if (method === 'private_key_jwt') {
    if (secret !== undefined) {
      const message = 'goes with clientAuthentication by secret only'
      return { issues: [issueAt('clientSecret', 'conflict', message)] }
    }
    if (before?.method === method) return { value: before }
    return { value: { method, keys: [await providers.createKey(id)] } }
  }
  if (secret !== undefined) {
    return { value: { method, sealedSecret: providers.sealSecret(id, secret) } }
  }
  if (before && before.method !== 'private_key_jwt') return { value: { ...before, method } }
  return { issues: [issueAt('clientSecret', 'required', 'is required')] }
}

async function healthOf(call: Call, provider: IdentityProvider) {
  const problem = await call.providers.probe(provider)
  return { isReachable: problem === undefined, problem: problem ?? null }
}

async function findProvider(call: Call): Promise<IdentityProvider> {
  const id = key(call, 'provider')
  const provider = (await call.directory.identityProviders()).find((each) => each.id === id)
  if (!provider) throw notFound(id)
  return provider
}
