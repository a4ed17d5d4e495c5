import { examine } from '../doctor/examine.ts'
import { explain } from '../doctor/explain.ts'
import { type Call, type Reply, readBody } from './call.ts'
import { doctorParts } from './doctor-parts.ts'
import { invalid } from './refusal.ts'
import { issueAt } from './shape/body.ts'
import { readExamineQuestion, toGraphExamination } from './shape/examination.ts'
import { readExplainQuestion, toGraphExplanation, visitorOf } from './shape/imagined-request.ts'

/** POST /doctor/explain: what the edge would do with a request, step by step, by its own functions. [D1] */
export async function explainRequest(call: Call): Promise<Reply> {
  const question = await readBody(call, readExplainQuestion)
  const person = await findPerson(call, question, 'request/')
  const parts = await doctorParts(call)
  const visitor = visitorOf(question, person, parts.now)
  const explanation = explain(parts, { ...question.request, visitor })
  return { status: 200, body: toGraphExplanation(explanation) }
}

/** POST /doctor/examine: what is wrong with a call of a page, and what cures it. [D2] */
export async function examineCall(call: Call): Promise<Reply> {
  const question = await readBody(call, readExamineQuestion)
  const person = await findPerson(call, question, '')
  const parts = await doctorParts(call)
  const visitor =
    person || !question.isSignedIn || question.isSessionExpired
      ? visitorOf(question, person, parts.now)
      : ({ kind: 'anybody' } as const)
  const examination = examine(parts, { ...question.call, visitor })
  return { status: 200, body: toGraphExamination(examination, parts) }
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
