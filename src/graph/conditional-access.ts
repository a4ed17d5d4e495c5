import type { Issue } from '../base/check.ts'
import type { Change } from '../directory/change.ts'
import type { NewNamedLocation } from '../policy/access-policy.ts'
import { compileConditionalAccess } from '../policy/compile.ts'
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
import { issueAt, readBodyParts, readingOf, readNewParts } from './shape/body.ts'
import { locationCollection, locationTarget, mergeLocation } from './shape/named-location.ts'
import { readQuestion, toGraphWhatIf, type WhatIfQuestion } from './shape/what-if.ts'
import { changeBy } from './trial.ts'

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
  const reading = readNewParts(newPolicyBody, policyBody, await readJson(call.request))
  const created = await changeBy(
    call,
    reading,
    (sent, change) => call.directory.createAccessPolicy(mergePolicy(sent, undefined), change),
    policyTarget,
  )
  return replyItem(call, policyCollection, created, 201)
}

/** PATCH …/policies/{id}: 204. */
export async function patchPolicy(call: Call): Promise<Reply> {
  const reading = readBodyParts(policyBody, await readJson(call.request))
  const id = key(call, 'policy')
  const changeWith = (sent: PolicyBody, change: Change) =>
    call.directory.updateAccessPolicy(id, change, (now) => ({
      value: { ...now, ...mergePolicy(sent, now) },
    }))
  await changeBy(call, reading, changeWith, policyTarget)
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
  const merged = mergeLocation(await readJson(call.request), undefined)
  const created = await changeBy(
    call,
    readingOf(merged),
    (location, change) => call.directory.createNamedLocation(location, change),
    locationTarget,
  )
  return replyItem(call, locationCollection, created, 201)
}

/** PATCH …/namedLocations/{id}: 204. */
export async function patchLocation(call: Call): Promise<Reply> {
  const body = await readJson(call.request)
  const id = key(call, 'location')
  const current = (await call.directory.namedLocations()).find((each) => each.id === id)
  if (!current) throw notFound(id)
  const changeWith = (_: NewNamedLocation, change: Change) =>
    call.directory.updateNamedLocation(id, change, (now) => {
      const merged = readingOf(mergeLocation(body, now)).value
      const { createdAt, modifiedAt } = now
      return { value: { ...now, ...merged, id, createdAt, modifiedAt } }
    })
  await changeBy(call, readingOf(mergeLocation(body, current)), changeWith, locationTarget)
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
  const findOwn = (id: string) => applications.find(({ appId }) => appId === id)
  const named = question.appIds.map(
    (id) => findOwn(id) ?? builtIns.find(({ appId }) => appId === id),
  )
  const issues = [
    ...(person ? [] : [unknownPerson(question)]),
    ...named.flatMap((found, at) => (found ? [] : [unknownApplication(question, at)])),
  ]
  if (issues.length > 0) throw invalid(issues)
  const compiled = compileConditionalAccess(policies, []).policies
  const answers = named.flatMap((application) => {
    if (!application) return []
    const { id: applicationId, appId } = application
    const preAuthentication = findOwn(appId)?.publishing?.preAuthentication ?? true
    return [whatIf(compiled, { ...question, applicationId, appId, preAuthentication })]
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

function unknownPerson({ personId }: WhatIfQuestion): Issue {
  return issueAt('signInIdentity/userId', 'unknown-person', `there is no person ${personId}`)
}

function unknownApplication({ appIds }: WhatIfQuestion, at: number): Issue {
  const path = `signInContext/includeApplications/${at}`
  return issueAt(path, 'unknown-application', `there is no application ${appIds[at]}`)
}
