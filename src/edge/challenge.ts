import type { Answer } from '../http/answer.ts'
import type { Demand } from '../identity/access-gate.ts'
import { formNotSentPage, signedOutFrame } from '../identity/sign-in/way-back-pages.ts'
import type { Route, RoutedApplication } from '../publishing/route-table.ts'
import { challengeFields, providerSilent, signedOut } from '../refusal/refusals.ts'
import { problemAnswer } from './answer.ts'
import type { Edge } from './edge.ts'
import type { Exchange } from './exchange.ts'
import { keepForm } from './kept-form.ts'
import type { EdgeRequest } from './request.ts'
import { kindOf } from './request-kind.ts'
import { requestUrl } from './request-url.ts'

/**
 * What a request without a good session gets, by what it is for; `because` is what is wrong with the session. With a
 * demand there is one, which is not good enough for a policy. [S4] [S8]
 */
export function challenge(
  edge: Edge,
  route: Route,
  exchange: Exchange,
  because: string,
  demand?: Demand,
): Answer | Promise<Answer> {
  const { application } = route
  const { request } = exchange
  if (because === 'unverified') return problemAnswer(request, providerSilent())
  const kind = kindOf(request)
  const url = requestUrl(request)
  if (kind === 'navigation') {
    return edge.signIn.begin(application, { url, headers: request.headers }, demand)
  }
  const refused = (answer: Answer) =>
    demand ? answer : withoutSession(edge, application, answer, because)
  if (kind === 'script') return refused(problemAnswer(request, signedOut(request, because)))
  if (kind === 'frame') return refused(traced(signedOutFrame(url), request))
  const lost = formNotSentPage(url, application.displayName)
  return keepForm(edge, application, exchange).then((kept) =>
    refused(traced(kept ?? lost, request)),
  )
}

/** The 401 that a script can read, whatever the request looks like: never a redirect. [S4] [S10] */
export function refuseScript(
  edge: Edge,
  application: RoutedApplication,
  request: EdgeRequest,
  because: string,
): Answer {
  const answer = problemAnswer(request, signedOut(request, because))
  return withoutSession(edge, application, answer, because)
}

// One whose time is over stays: a sign-in in another tab may have put a new one in its place meanwhile, which this answer
// would take away [S7]; and it tells whose form it was that came too late.
const harmless: ReadonlySet<string> = new Set(['no-cookie', 'expired', 'ended'])

/** Takes a cookie away that never was good for anything here. */
function withoutSession(
  edge: Edge,
  application: RoutedApplication,
  answer: Answer,
  because: string,
): Answer {
  if (harmless.has(because)) return answer
  return {
    ...answer,
    headers: [...answer.headers, 'Set-Cookie', edge.sessions.clearing(application)],
  }
}

function traced(page: Answer, request: EdgeRequest): Answer {
  return {
    ...page,
    headers: [...page.headers, 'X-Request-Id', request.id, ...challengeFields],
    refused: { code: 'signed-out', sentence: 'Nobody is signed in, and this is no page to go to.' },
  }
}
