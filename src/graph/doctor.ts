import type { EdgeParts } from '../doctor/ending.ts'
import { explain } from '../doctor/explain.ts'
import { compileConditionalAccess } from '../policy/compile.ts'
import { compileRoutes } from '../publishing/route-table.ts'
import { type Call, type Reply, readBody } from './call.ts'
import { invalid } from './refusal.ts'
import { issueAt } from './shape/body.ts'
import { readExplainQuestion, toGraphExplanation, visitorOf } from './shape/imagined-request.ts'

/** POST /doctor/explain: what the edge would do with a request, step by step, by its own functions. [D1] */
export async function explainRequest(call: Call): Promise<Reply> {
  const question = await readBody(call, readExplainQuestion)
  const person = await findPerson(call, question, 'request/')
  const parts = await edgeParts(call)
  const visitor = visitorOf(question, person, parts.now)
  const explanation = explain(parts, { ...question.request, visitor })
  return { status: 200, body: toGraphExplanation(explanation) }
}

/** What the edge decides from now. */
async function edgeParts(call: Call): Promise<EdgeParts> {
  const { applications, access, policies } = await call.directory.state()
  return {
    routes: compileRoutes(applications),
    access,
    conditionalAccess: compileConditionalAccess(policies, applications),
    countryOf: call.countryOf,
    now: call.clock(),
  }
}

async function findPerson(
  call: Call,
  named: { readonly userId: string | undefined; readonly userPrincipalName: string | undefined },
  at: string,
) {
  const { people } = call.directory
  const { userId, userPrincipalName } = named
  if (userId === undefined && userPrincipalName === undefined) return undefined
  const person =
    userId === undefined
      ? await people.byUserPrincipalName(userPrincipalName ?? '')
      : await people.byId(userId)
  if (person) return person
  const [name, value] =
    userId === undefined ? ['userPrincipalName', userPrincipalName] : ['userId', userId]
  throw invalid([issueAt(`${at}${name}`, 'unknown-person', `there is no person ${value}`)])
}
