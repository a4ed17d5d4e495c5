import { type Examination, examine } from '../doctor/examine.ts'
import { explain } from '../doctor/explain.ts'
import type { DoctorParts } from '../doctor/page-call.ts'
import { accept, type Call, type Reply, readBody } from './call.ts'
import { callsOf, findPerson, type ToldCall } from './doctor-calls.ts'
import { doctorParts } from './doctor-parts.ts'
import { readJson } from './json.ts'
import type { LargeBody } from './route.ts'
import { type Examined, readExamineQuestion, toGraphExaminations } from './shape/examination.ts'
import { harMaxLength } from './shape/har.ts'
import { readExplainQuestion, toGraphExplanation, visitorOf } from './shape/imagined-request.ts'

/** A HAR file inside a string has a backslash before each of its quotation marks. */
const doctorBodyMaxBytes: number = Math.ceil(harMaxLength * 1.5)

/** A network log, perhaps. Half of one of the largest size keeps the edge busy for a second and a half. */
export const doctorBody: LargeBody = { maxBytes: doctorBodyMaxBytes, unitsPerKib: 1 / 3 }

/** A body that may hold a network log. */
export function readDoctorBody({ request }: Call): Promise<unknown> {
  return readJson(request, doctorBodyMaxBytes)
}

/** POST /doctor/explain: what the edge would do with a request, step by step, by its own functions. [D1] */
export async function explainRequest(call: Call): Promise<Reply> {
  const question = await readBody(call, readExplainQuestion)
  const person = await findPerson(call, question, 'request/')
  const parts = await doctorParts(call)
  const visitor = visitorOf(question, person, parts.now)
  const explanation = explain(parts, { ...question.request, visitor })
  return { status: 200, body: toGraphExplanation(explanation) }
}

/** POST /doctor/examine: what is wrong with calls of a page, and what cures it. [D2] */
export async function examineCall(call: Call): Promise<Reply> {
  const sent = await readDoctorBody(call)
  const question = accept(readExamineQuestion(sent))
  const parts = await doctorParts(call)
  const [first, ...others] = await callsOf(call, question, parts)
  const [worst, ...rest] = failingFirst(
    examined(parts, first),
    others.map((each) => examined(parts, each)),
  )
  return { status: 200, body: toGraphExaminations([worst, ...rest], parts) }
}

function examined(parts: DoctorParts, { call, told }: ToldCall): Examined {
  const examination = examine(parts, call)
  return {
    call,
    told: { ...told, notes: [...told.notes, ...contradiction(told, examination)] },
    examination,
  }
}

/** A network log has everything that a page did; what worked is of no interest where something failed. */
function failingFirst(
  first: Examined,
  others: readonly Examined[],
): readonly [Examined, ...Examined[]] {
  const failing = [first, ...others].filter(({ examination }) => examination.verdict !== 'allowed')
  const [worst, ...rest] = failing.toSorted((one, other) => rank(one) - rank(other))
  return worst ? [worst, ...rest] : [first]
}

function rank({ examination }: Examined): number {
  return examination.verdict === 'blocked' ? 0 : 1
}

/** The browser said something else than what the configuration leads to. */
function contradiction({ said }: ToldCall['told'], { browser }: Examination): readonly string[] {
  if (said?.corsError === undefined) return []
  const now = browser && !browser.ok ? browser.corsError : undefined
  const isSame = now?.replace('Preflight', '') === said.corsError.replace('Preflight', '')
  if (isSame) return []
  const outcome = now === undefined ? 'the call would be let through' : `it would be ${now}`
  return [
    `${said.browser} reported ${said.corsError}; by the configuration of now ${outcome}. Either has changed since, or the application answered otherwise than it is taken to.`,
  ]
}
