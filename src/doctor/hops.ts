import {
  type BrowserAnswer,
  type BrowserCall,
  type BrowserOutcome,
  type BrowserPreflight,
  judgeCall,
  preflightOf,
  redirectedCall,
} from '../cors/browser.ts'
import { normalizeMethod } from '../cors/method.ts'
import { unsafeHeaderNames } from '../cors/request-header.ts'
import { dressAnswer } from '../publishing/dress-answer.ts'
import { translateHeaders } from '../publishing/translate.ts'
import { type Explanation, explain } from './explain.ts'
import {
  type BackendAnswer,
  type DoctorParts,
  type PageCall,
  toBrowserCall,
  toRequest,
} from './page-call.ts'

/** Who answers: the edge itself, the application, or a server that the edge does not know. */
export type Answerer = 'edge' | 'application' | 'elsewhere'

/** One request of a call and its answer. */
export interface Half {
  readonly explanation: Explanation
  readonly answer: BrowserAnswer
  readonly by: Answerer
  /** Nobody said what the answer is. */
  readonly isAssumed: boolean
}

/** One leg of a call: the preflight if the browser sends one, the request, and what the browser makes of both. */
export interface Hop {
  readonly call: BrowserCall
  readonly preflight: Half | undefined
  readonly actual: Half
  readonly outcome: BrowserOutcome
}

// As many as browsers follow (Fetch §http-redirect-fetch).
const redirectsMax = 20

/**
 * A call as the browser makes it, redirects followed: its half of Fetch on one side, the edge's decisions and the
 * application's answer on the other. Ends with the first answer that the browser keeps from the page. [D2]
 */
export function followCall(parts: DoctorParts, call: PageCall): readonly [Hop, ...Hop[]] {
  const first = takeHop(parts, call, toBrowserCall(call), call.backend)
  const hops: [Hop, ...Hop[]] = [first]
  let last = first
  for (
    let to = nextUrl(last);
    to !== undefined && hops.length <= redirectsMax;
    to = nextUrl(last)
  ) {
    const next = redirectedCall(last.call, last.actual.answer.status, to)
    last = takeHop(parts, call, next, call.later?.[hops.length - 1])
    hops.push(last)
  }
  return hops
}

function nextUrl(hop: Hop): string | undefined {
  return hop.outcome.ok && !leadsToUser(hop) ? hop.outcome.redirectsTo : undefined
}

/**
 * Whether a redirect on the page's own origin has a user name in it: the standard lets it pass, Chromium follows it as little
 * as any other URL of that kind (it blocks all subresources whose URL has one).
 */
export function leadsToUser({ outcome }: Hop): boolean {
  const target = outcome.ok ? URL.parse(outcome.redirectsTo ?? '') : null
  return target !== null && (target.username !== '' || target.password !== '')
}

function takeHop(
  parts: DoctorParts,
  call: PageCall,
  written: BrowserCall,
  known: BackendAnswer | undefined,
): Hop {
  const browser = { ...written, method: normalizeMethod(written.method) }
  const asked = preflightOf(browser)
  const preflight = asked && takePreflight(parts, call, browser, asked, known?.preflight ?? known)
  const actual = answerOf(parts, explain(parts, toRequest(call, browser)), known)
  const answers = { preflight: preflight?.answer, actual: actual.answer }
  return { call: browser, preflight, actual, outcome: judgeCall(browser, answers) }
}

function takePreflight(
  parts: DoctorParts,
  call: PageCall,
  browser: BrowserCall,
  { requestMethod, requestHeaders }: BrowserPreflight,
  known: BrowserAnswer | undefined,
): Half {
  const names = requestHeaders === undefined ? [] : [askedHeaders, requestHeaders]
  const headers = ['Access-Control-Request-Method', requestMethod, ...names]
  const preflight = { ...browser, method: 'OPTIONS', headers, credentials: 'omit' } as const
  const explanation = explain(parts, { ...toRequest(call, preflight), mode: 'cors' })
  return answerOf(parts, explanation, known)
}

const askedHeaders = 'Access-Control-Request-Headers'

// What most applications answer that were never told about CORS.
const assumedAnswer: BrowserAnswer = { status: 200, headers: [] }

function answerOf(
  parts: DoctorParts,
  explanation: Explanation,
  known: BrowserAnswer | undefined,
): Half {
  const { ending, found } = explanation
  if (ending.kind === 'forwarded') {
    const answer = throughEdge(parts, explanation, known ?? assumedAnswer)
    return { explanation, answer, by: 'application', isAssumed: known === undefined }
  }
  if (!found && ending.kind === 'answered' && ending.code === 'unknown-host') {
    const answer = known ?? assumedAnswer
    return { explanation, answer, by: 'elsewhere', isAssumed: known === undefined }
  }
  const answer =
    ending.kind === 'answered' ? { status: ending.status, headers: ending.headers } : assumedAnswer
  return { explanation, answer, by: 'edge', isAssumed: ending.kind !== 'answered' }
}

/** What becomes of an application's answer on its way out. [C9] [C10] [C14] [F3] */
export function throughEdge(
  { routes }: DoctorParts,
  { found, cors }: Explanation,
  { status, headers }: BrowserAnswer,
): BrowserAnswer {
  if (!found) return { status, headers }
  const { application, responseHeaders } = found.route
  const own = application.translateHostHeader ? translateHeaders(routes, found, headers) : headers
  return { status, headers: dressAnswer(own, responseHeaders, cors) }
}

/** What an application answers that allows exactly this call. */
export function idealAnswer({
  pageOrigin,
  method,
  headers,
  credentials,
}: BrowserCall): BackendAnswer {
  const names = unsafeHeaderNames(headers).join(', ')
  const allow = [
    ...['Access-Control-Allow-Origin', pageOrigin],
    ...(credentials === 'include' ? ['Access-Control-Allow-Credentials', 'true'] : []),
  ]
  const lists = ['Access-Control-Allow-Methods', method, 'Access-Control-Allow-Headers', names]
  return {
    status: 200,
    headers: allow,
    preflight: { status: 204, headers: [...allow, ...lists] },
  }
}
