import { failed } from '../base/check.ts'
import type { AccessPolicy } from '../policy/access-policy.ts'
import { compileConditionalAccess } from '../policy/compile.ts'
import { validateParts } from '../policy/validate.ts'
import { type WhatIf, whatIf } from '../policy/what-if.ts'
import { builtIns } from '../publishing/built-in.ts'
import {
  accept,
  type Call,
  key,
  noContent,
  type Reply,
  readBody,
  replyItem,
  replyPage,
} from './call.ts'
import { readJson } from './json.ts'
import { invalid, notFound } from './refusal.ts'
import { mergePolicy, policyCollection, policyTarget } from './shape/access-policy.ts'
import { newPolicyBody, type PolicyBody, policyBody } from './shape/access-policy-body.ts'
import { issueAt, type Reading, readBodyParts, withMeaning } from './shape/body.ts'
import { locationCollection, locationTarget, mergeLocation } from './shape/named-location.ts'
import { readQuestion, toGraphWhatIf, type WhatIfQuestion } from './shape/what-if.ts'

/** GET …/policies */
export async function listPolicies(call: Call): Promise<Reply> {
  return replyPage(call, policyCollection, await call.directory.accessPolicies())
}

/** GET …/policies/{id} */
export async function getPolicy(call: Call): Promise<Reply> {
  const policies = await call.directory.accessPolicies()
  const wanted = policies.find(({ id }) => id === key(call, 'policy'))
  return replyItem(call, policyCollection, wanted)
}

/** POST …/policies: 201 with the policy. What the edge could not decide is refused, never left out. [S8] */
export async function createPolicy(call: Call): Promise<Reply> {
  const sent = accepted(readBodyParts(newPolicyBody, await readJson(call.request)), undefined)
  const policy = mergePolicy(sent, undefined)
  const created = await call.directory.createAccessPolicy(policy, call.change)
  return replyItem(call, policyCollection, accept(created, policyTarget), 201)
}

/** What was sent; throws a Refusal that names what is wrong with its form and, as far as it can be read, its meaning. [G4] */
function accepted<Body extends PolicyBody>(
  { value, issues }: Reading<Body>,
  current: AccessPolicy | undefined,
): Body {
  if (value && issues.length === 0) return value
  const problems = value ? validateParts(mergePolicy(value, current)) : []
  const meaning = problems.map((issue) => ({ ...issue, path: policyTarget(issue.path) }))
  throw invalid(withMeaning(issues, meaning))
}

/** PATCH …/policies/{id}: 204. */
export async function patchPolicy(call: Call): Promise<Reply> {
  const reading = readBodyParts(policyBody, await readJson(call.request))
  const policies = await call.directory.accessPolicies()
  const current = policies.find(({ id }) => id === key(call, 'policy'))
  const sent = accepted(reading, current)
  const updated = await call.directory.updateAccessPolicy(
    key(call, 'policy'),
    call.change,
    (now) => ({ value: { ...now, ...mergePolicy(sent, now) } }),
  )
  accept(updated, policyTarget)
  return noContent
}

/** DELETE …/policies/{id} */
export async function deletePolicy(call: Call): Promise<Reply> {
  const id = key(call, 'policy')
  if (await call.directory.deleteAccessPolicy(id, call.change)) return noContent
  throw notFound(id)
}

/** GET …/namedLocations */
export async function listLocations(call: Call): Promise<Reply> {
  return replyPage(call, locationCollection, await call.directory.namedLocations())
}

/** GET …/namedLocations/{id} */
export async function getLocation(call: Call): Promise<Reply> {
  const locations = await call.directory.namedLocations()
  const wanted = locations.find(({ id }) => id === key(call, 'location'))
  return replyItem(call, locationCollection, wanted)
}

/** POST …/namedLocations: 201 with the location. */
export async function createLocation(call: Call): Promise<Reply> {
  const location = await readBody(call, (body) => mergeLocation(body, undefined))
  const created = await call.directory.createNamedLocation(location, call.change)
  return replyItem(call, locationCollection, accept(created, locationTarget), 201)
}

/** PATCH …/namedLocations/{id}: 204. */
export async function patchLocation(call: Call): Promise<Reply> {
  const body = await readJson(call.request)
  const id = key(call, 'location')
  const updated = await call.directory.updateNamedLocation(id, call.change, (now) => {
    const merged = mergeLocation(body, now)
    if (failed(merged)) return merged
    const { createdAt, modifiedAt } = now
    return { value: { ...merged.value, id, createdAt, modifiedAt } }
  })
  accept(updated, locationTarget)
  return noContent
}

/** DELETE …/namedLocations/{id} */
export async function deleteLocation(call: Call): Promise<Reply> {
  const id = key(call, 'location')
  if (accept(await call.directory.deleteNamedLocation(id, call.change))) return noContent
  throw notFound(id)
}

/** POST …/evaluate: which policies would apply to a sign-in, by the function that the edge decides with. [S8] */
export async function evaluate(call: Call): Promise<Reply> {
  const question = await readBody(call, readQuestion)
  const { policies, applications } = await call.directory.state()
  const person = await call.directory.people.byId(question.personId)
  if (!person) {
    const message = `there is no person ${question.personId}`
    throw invalid([issueAt('signInIdentity/userId', 'unknown-person', message)])
  }
  const compiled = compileConditionalAccess(policies, []).policies
  const answers = question.appIds.map((appId, i) => {
    const own = applications.find((each) => each.appId === appId)
    const application = own ?? builtIns.find((each) => each.appId === appId)
    if (!application) {
      const path = `signInContext/includeApplications/${i}`
      throw invalid([issueAt(path, 'unknown-application', `there is no application ${appId}`)])
    }
    const preAuthentication = own?.publishing?.preAuthentication ?? true
    const imagined = { ...question, applicationId: application.id, appId, preAuthentication }
    return whatIf(compiled, imagined)
  })
  const value = combine(answers, question).map(toGraphWhatIf)
  const context = `${call.metadataUrl}#Collection(microsoft.graph.whatIfAnalysisResult)`
  return { status: 200, body: { '@odata.context': context, value } }
}

/** Of several applications, one that a policy applies to is enough. */
function combine(
  answers: readonly (readonly WhatIf[])[],
  { appliedOnly }: WhatIfQuestion,
): readonly WhatIf[] {
  const [first = []] = answers
  const found = first.map((one, i) => {
    const applied = answers.find((answer) => answer[i]?.applies)
    return applied?.[i] ?? one
  })
  return appliedOnly ? found.filter(({ applies }) => applies) : found
}
