import { examine } from '../doctor/examine.ts'
import { probe } from '../doctor/probe.ts'
import { accept, type Call, type Reply } from './call.ts'
import { readDoctorBody } from './doctor.ts'
import { callsOf } from './doctor-calls.ts'
import { doctorParts } from './doctor-parts.ts'
import { tooManyRequests } from './refusal.ts'
import { readProbeQuestion, toGraphProbe } from './shape/probe.ts'

// Each may last for as long as the applications on its way take; more at once are a load test.
const probesMax = 4
const retryAfterSeconds = 2
let underWay = 0

/** POST /doctor/probe: the same as examine, with the answers that really come. [D2] */
export async function probeCall(call: Call): Promise<Reply> {
  const sent = await readDoctorBody(call)
  const { question, allowUnsafeMethod } = accept(readProbeQuestion(sent))
  const parts = await doctorParts(call)
  const [{ call: asked, told }] = await callsOf(call, question, parts)
  if (underWay >= probesMax) throw tooManyRequests(retryAfterSeconds)
  underWay++
  try {
    const seen = await probe(parts, asked, call.probe, allowUnsafeMethod)
    report(call, asked.method, seen.exchanges)
    const examination = examine(parts, seen.call)
    const examined = { call: seen.call, told, examination }
    return { status: 200, body: toGraphProbe(examined, seen, parts) }
  } finally {
    underWay--
  }
}

/** Who sent what: a probe changes no configuration, so that the log has it and not the log of changes. */
function report(
  { log, change }: Call,
  method: string,
  exchanges: readonly { readonly via: string; readonly url: string }[],
): void {
  const sent = exchanges.map(({ via, url }) => `${via}: ${url}`)
  log.info({ author: change.author, reason: change.reason, method, sent }, 'the doctor probed')
}
