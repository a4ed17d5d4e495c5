import type { Answer } from '../http/answer.ts'
import { isSpeculative } from '../identity/classify.ts'
import { ownPathPrefix } from '../identity/landing.ts'
import { guardedAt, type RoutedApplication } from '../publishing/route-table.ts'
import { problemAnswer } from './answer.ts'
import type { Edge, Snapshot } from './edge.ts'
import type { Exchange } from './exchange.ts'
import { notAhead } from './refusals.ts'
import type { EdgeRequest } from './request.ts'
import { requestUrl } from './request-url.ts'

/** Below `/.sallyport/` every host of a pre-authenticated application serves the edge's own pages. */
export function ownPagesOf(snapshot: Snapshot, request: EdgeRequest): readonly RoutedApplication[] {
  if (!request.target.canonicalPath.startsWith(ownPathPrefix)) return []
  const { scheme, authority } = request
  return guardedAt(snapshot.routes, scheme, authority.host, authority.port)
}

/** The answer to a request below `/.sallyport/`. Throws what the sign-in throws. */
export async function ownPage(
  edge: Edge,
  applications: readonly RoutedApplication[],
  exchange: Exchange,
): Promise<Answer> {
  const { request } = exchange
  // A link that is merely pointed at must neither begin a sign-in nor sign out. [S7]
  if (isSpeculative(request.fields.purpose)) return problemAnswer(request, notAhead)
  return edge.signIn.handle(await signedInApplication(edge, applications, request), {
    method: request.method,
    url: requestUrl(request),
    headers: request.headers,
    body: await exchange.readBody(),
  })
}

/** Of several applications on one host the one with a session, because signing out means that one; else the first. */
async function signedInApplication(
  edge: Edge,
  applications: readonly RoutedApplication[],
  request: EdgeRequest,
): Promise<RoutedApplication> {
  for (const application of applications) {
    const { host } = request.authority
    const verdict = await edge.sessions.check(application, host, request.fields.cookies)
    if ('session' in verdict) return application
  }
  return applications[0] as RoutedApplication // never empty: see the caller
}
