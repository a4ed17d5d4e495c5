import { type CorsDecision, decideCors } from '../cors/decide.ts'
import { dress } from '../cors/dress.ts'
import type { Answer } from '../http/answer.ts'
import { readableBy } from '../identity/answers.ts'
import { isSpeculative } from '../identity/sign-in/classify.ts'
import { ownPathPrefix } from '../identity/sign-in/landing.ts'
import { sessionScripts } from '../identity/sign-in/session-script.ts'
import { sessionPath } from '../identity/sign-in/way-back.ts'
import { guardedAt, type RoutedApplication, resolve } from '../publishing/route-table.ts'
import { notAhead } from '../refusal/refusals.ts'
import { problemAnswer } from './answer.ts'
import type { Edge, Snapshot } from './edge.ts'
import type { Exchange } from './exchange.ts'
import type { EdgeRequest } from './request.ts'
import { requestUrl } from './request-url.ts'

/** Below `/.sallyport/` every host of a pre-authenticated application serves the edge's own pages. */
export function ownPagesOf(snapshot: Snapshot, request: EdgeRequest): readonly RoutedApplication[] {
  if (!request.target.canonicalPath.startsWith(ownPathPrefix)) return []
  const { scheme, authority } = request
  return guardedAt(snapshot.routes, scheme, authority.host, authority.port)
}

// A page of the application that is prerendered loads them, too.
const harmless: ReadonlySet<string> = new Set([sessionPath, ...sessionScripts.keys()])

/** The answer to a request below `/.sallyport/`. Throws what the sign-in throws. */
export async function ownPage(
  edge: Edge,
  applications: readonly RoutedApplication[],
  exchange: Exchange,
): Promise<Answer> {
  const { request } = exchange
  // A link that is merely pointed at must neither begin a sign-in nor sign out. [S7]
  const path = request.target.canonicalPath
  if (isSpeculative(request.fields.purpose) && !harmless.has(path)) {
    return problemAnswer(request, notAhead)
  }
  const application = await signedInApplication(edge, applications, request)
  const answer = await edge.signIn.handle(application, {
    id: request.id,
    method: request.method,
    url: requestUrl(request),
    headers: request.headers,
    peer: request.peer,
    body: await exchange.readBody(),
  })
  const isSession = path === sessionPath
  return isSession ? readable(edge.snapshot, application, request, answer) : answer
}

/**
 * The answer about the session as pages of other origins may read it: those of the same application, which could as well
 * ask their own host, and those that a rule for the whole host lets call it. [C9] [S5]
 */
function readable(
  { routes }: Snapshot,
  application: RoutedApplication,
  request: EdgeRequest,
  answer: Answer,
): Answer {
  const { origin } = request.fields
  const { host, port } = request.authority
  const { headers } = answer
  if (origin !== undefined && application.origins.includes(origin)) {
    return { ...answer, headers: [...headers, ...readableBy(origin)] }
  }
  const found = resolve(routes, request.scheme, host, port, '/')
  const asked = { path: '/', origin, requestMethod: undefined, requestHeaders: undefined }
  const decision =
    found.found && found.route.application === application
      ? decideCors(found.route.cors, { method: 'GET', ...asked })
      : undefined
  const isNone = decision === undefined || decision.kind === 'none'
  return { ...answer, headers: dress(isNone ? otherwise : decision, headers) }
}

// Another origin would have got another answer.
const otherwise: CorsDecision = { kind: 'none', varyOrigin: true }

/** Of several applications on one host the one with a session, because signing out means that one; else the first. */
async function signedInApplication(
  edge: Edge,
  applications: readonly RoutedApplication[],
  request: EdgeRequest,
): Promise<RoutedApplication> {
  for (const application of applications) {
    const { host } = request.authority
    const verdict = await edge.sessions.ask(application, host, request.fields.cookies)
    if ('session' in verdict) return application
  }
  return applications[0] as RoutedApplication // never empty: see the caller
}
