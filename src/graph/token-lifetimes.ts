import type { TokenLifetimePolicy } from '../policy/token-lifetime.ts'
import type { Application } from '../publishing/application.ts'
import { findApplication, findByPrincipal } from './applications.ts'
import {
  type Call,
  type Handler,
  key,
  noContent,
  type Reply,
  readBody,
  replyItem,
  replyPage,
} from './call.ts'
import { knownCertificates } from './certificates.ts'
import { readJson } from './json.ts'
import { notFound } from './refusal.ts'
import { applicationCollection, stableApplicationCollection } from './shape/application.ts'
import { readBodyParts, readNewParts } from './shape/body.ts'
import { parseReference } from './shape/reference.ts'
import {
  mergeTokenLifetimePolicy,
  newTokenLifetimePolicyBody,
  tokenLifetimePolicyBody,
  tokenLifetimePolicyCollection,
} from './shape/token-lifetime.ts'
import { changeBy } from './trial.ts'

/** GET /policies/tokenLifetimePolicies */
export async function listPolicies(call: Call): Promise<Reply> {
  const policies = await call.directory.tokenLifetimePolicies()
  return replyPage(call, tokenLifetimePolicyCollection, policies)
}

/** POST /policies/tokenLifetimePolicies: 201 with the policy. [S6] */
export async function createPolicy(call: Call): Promise<Reply> {
  const body = await readJson(call.request)
  const reading = readNewParts(newTokenLifetimePolicyBody, tokenLifetimePolicyBody, body)
  const policy = await changeBy(call, reading, (sent, change) => {
    const { definition = [], displayName = '', isOrganizationDefault = false } = sent
    const wanted = { definition, displayName, isOrganizationDefault }
    return call.directory.createTokenLifetimePolicy(wanted, change)
  })
  return replyItem(call, tokenLifetimePolicyCollection, policy, 201)
}

/** GET /policies/tokenLifetimePolicies/{id} */
export async function getPolicy(call: Call): Promise<Reply> {
  return replyItem(call, tokenLifetimePolicyCollection, await findPolicy(call))
}

/** PATCH /policies/tokenLifetimePolicies/{id}: 204. */
export async function patchPolicy(call: Call): Promise<Reply> {
  const reading = readBodyParts(tokenLifetimePolicyBody, await readJson(call.request))
  const id = key(call, 'policy')
  await changeBy(call, reading, (sent, change) =>
    call.directory.updateTokenLifetimePolicy(id, change, (now) =>
      mergeTokenLifetimePolicy(sent, now),
    ),
  )
  return noContent
}

/** DELETE /policies/tokenLifetimePolicies/{id} */
export async function deletePolicy(call: Call): Promise<Reply> {
  const id = key(call, 'policy')
  if (!(await call.directory.deleteTokenLifetimePolicy(id, call.change))) throw notFound(id)
  return noContent
}

/** GET /policies/tokenLifetimePolicies/{id}/appliesTo: the applications that have it as their own. */
export async function listAppliesTo(call: Call): Promise<Reply> {
  const { id } = await findPolicy(call)
  const ids = new Set(await call.directory.applicationsOfTokenLifetimePolicy(id))
  const applications = await call.directory.applications()
  const known = await knownCertificates(call)
  const shape = call.version === 'beta' ? applicationCollection : stableApplicationCollection
  const own = applications.filter((application) => ids.has(application.id))
  return replyPage(call, asDirectoryObjects(shape(known)), own)
}

// Members of `appliesTo` are directory objects of whatever kind, so each says its type.
function asDirectoryObjects(collection: ReturnType<typeof applicationCollection>) {
  return {
    ...collection,
    context: 'directoryObjects',
    write: (application: Application) => ({
      '@odata.type': '#microsoft.graph.application',
      ...collection.write(application),
    }),
  }
}

/** What is done with the policy of the application that a path names, by either of its two ids. */
interface PoliciesOf {
  readonly list: Handler
  readonly add: Handler
  readonly remove: Handler
}

/** `…/{id}/tokenLifetimePolicies` of applications. */
export const ofApplication: PoliciesOf = policiesOf(findApplication)

/** The same of their service principals; there is one policy, whichever way it was given. */
export const ofPrincipal: PoliciesOf = policiesOf(findByPrincipal)

function policiesOf(find: (call: Call) => Promise<Application>): PoliciesOf {
  return {
    async list(call) {
      const policy = await call.directory.tokenLifetimePolicyOf((await find(call)).id)
      return replyPage(call, tokenLifetimePolicyCollection, policy ? [policy] : [])
    },
    async add(call) {
      const { id } = await find(call)
      const policyId = await readBody(call, (body) =>
        parseReference(body, ['tokenLifetimePolicies']),
      )
      await call.directory.assignTokenLifetimePolicy(id, policyId, call.change)
      return noContent
    },
    async remove(call) {
      const { id } = await find(call)
      const policyId = key(call, 'policy')
      if (!(await call.directory.removeTokenLifetimePolicy(id, policyId, call.change))) {
        throw notFound(policyId)
      }
      return noContent
    },
  }
}

async function findPolicy(call: Call): Promise<TokenLifetimePolicy> {
  const id = key(call, 'policy')
  const policies = await call.directory.tokenLifetimePolicies()
  const policy = policies.find((each) => each.id === id)
  if (!policy) throw notFound(id)
  return policy
}
