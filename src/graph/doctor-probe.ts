import { examine } from '../doctor/examine.ts'
import { maskLocation } from '../doctor/mask.ts'
import type { DoctorParts, PageCall } from '../doctor/page-call.ts'
import { probe } from '../doctor/probe.ts'
import { parseAuthority } from '../http/authority.ts'
import { defaultPort } from '../http/origin.ts'
import { type RouteTable, resolve } from '../publishing/route-table.ts'
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
  const { question, allowUnsafeMethod: maySend } = accept(readProbeQuestion(sent))
  const parts = await doctorParts(call)
  const [{ call: asked, told }] = await callsOf(call, question, parts)
  if (underWay >= probesMax) throw tooManyRequests(retryAfterSeconds)
  underWay++
  try {
    await note(call, asked, parts)
    const asksPage = question.said.pageUrl !== undefined
    const seen = await probe(parts, asked, call.probe, { maySend, asksPage })
    report(call, asked.method, [...(seen.page?.exchanges ?? []), ...seen.exchanges])
    const examination = examine(parts, seen.call)
    const examined = { call: seen.call, told, examination }
    return { status: 200, body: toGraphProbe(examined, seen, parts) }
  } finally {
    underWay--
  }
}

/** Who asks which application past its sign-in stands in the audit log before anything is sent. Nothing is sent to others. */
async function note(
  { directory, change }: Call,
  { method, targetUrl, pageUrl, mode }: PageCall,
  { routes }: DoctorParts,
): Promise<void> {
  const application = [targetUrl, pageUrl].map((url) => applicationAt(routes, url)).find(Boolean)
  if (!application || mode === 'webSocket') return
  const { id: targetId, displayName } = application
  const asked = { method, targetUrl: maskLocation(targetUrl), pageUrl: maskLocation(pageUrl) }
  await directory.noteActivity(
    { action: 'application.probe', targetId, details: { displayName, ...asked } },
    change,
  )
}

function applicationAt(routes: RouteTable, address: string) {
  const url = URL.parse(address)
  const authority = url && parseAuthority(url.host, defaultPort[schemeOf(url)])
  if (!authority) return undefined
  const { host, port } = authority
  const found = resolve(routes, schemeOf(url), host, port, url.pathname)
  return found.found ? found.route.application : undefined
}

function schemeOf({ protocol }: URL): 'http' | 'https' {
  return protocol === 'http:' ? 'http' : 'https'
}

/** What was sent, redirects included. */
function report(
  { log, change }: Call,
  method: string,
  exchanges: readonly { readonly via: string; readonly url: string }[],
): void {
  const sent = exchanges.map(({ via, url }) => `${via}: ${url}`)
  log.info({ author: change.author, reason: change.reason, method, sent }, 'the doctor probed')
}
