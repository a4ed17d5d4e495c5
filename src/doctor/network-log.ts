import { isForbiddenRequestHeader } from '../cors/request-header.ts'
import type { RawHeaders } from '../http/headers.ts'
import type { BackendAnswer } from './page-call.ts'
import { groupCalls, type ReportedCall } from './reported-call.ts'

/** One request of a browser's network log, with nothing in it that is secret. */
export interface LoggedRequest {
  readonly url: string
  readonly method: string
  readonly origin: string | undefined
  readonly pageUrl: string | undefined
  readonly isSocket: boolean
  /** What it asks for, where it is a preflight. */
  readonly asked: { readonly method: string; readonly headers: readonly string[] } | undefined
  /** Values only where they matter for CORS. */
  readonly headers: RawHeaders
  readonly withCookies: boolean
  /** 0: the browser does not tell. */
  readonly status: number
  /** The fields of the answer that matter for CORS. */
  readonly answered: RawHeaders
  /** The browser says that it failed. */
  readonly isFailed: boolean
}

// Each is examined with its cures; a page with more kinds of failure has one reason for most of them.
const callsMax = 20

/** The calls to other origins in a network log, the failed ones first, alike ones once; with their preflights. [D2] */
export function crossOriginCalls(log: readonly LoggedRequest[]): readonly ReportedCall[] {
  const calls = log.flatMap((request, at) => {
    if (request.asked || !isCrossOrigin(request)) return []
    const preflight = preflightOf(log, at)
    const isFailed = request.isFailed || (preflight?.isFailed ?? false)
    return [{ call: toCall(request, preflight), isFailed }]
  })
  const lonely = log.filter((each, at) => each.asked && isCrossOrigin(each) && !callOf(log, at))
  const failed = calls.filter(({ isFailed }) => isFailed).map(({ call }) => call)
  const others = calls.filter(({ isFailed }) => !isFailed).map(({ call }) => call)
  const asked = lonely.map((preflight) => toCall(preflight, preflight))
  return groupCalls([...failed, ...asked, ...others]).slice(0, callsMax)
}

function pageOf({ origin, pageUrl }: LoggedRequest): string | undefined {
  if (origin === undefined || origin === 'null') return origin ?? pageUrl
  return pageUrl?.startsWith(`${origin}/`) ? pageUrl : `${origin}/`
}

function isCrossOrigin(request: LoggedRequest): boolean {
  const { origin, url, isFailed } = request
  const page = pageOf(request)
  if (page === undefined || (origin === undefined && !isFailed)) return false
  return (URL.parse(page)?.origin ?? 'null') !== new URL(url).origin
}

/** The one before the call; where browsers list it after, the next one. */
function preflightOf(log: readonly LoggedRequest[], at: number): LoggedRequest | undefined {
  const call = log[at] as LoggedRequest
  const isIts = (each: LoggedRequest) => each.url === call.url && each.asked?.method === call.method
  return (
    log.slice(Math.max(0, at - nearby), at).findLast(isIts) ??
    log.slice(at, at + nearby).find(isIts)
  )
}

function callOf(log: readonly LoggedRequest[], at: number): boolean {
  const { url, asked } = log[at] as LoggedRequest
  const near = log.slice(Math.max(0, at - nearby), at + nearby)
  return near.some((each) => !each.asked && each.url === url && each.method === asked?.method)
}

// So many other requests of a page may start between a preflight and its call.
const nearby = 200

function toCall(request: LoggedRequest, preflight: LoggedRequest | undefined): ReportedCall {
  const { url, isSocket, withCookies } = request
  const asked = preflight?.asked
  return {
    pageUrl: pageOf(request),
    targetUrl: url,
    method: asked?.method ?? request.method,
    headers: asked ? named(asked.headers, request.headers) : ofPage(request.headers),
    credentials: 'include',
    mode: isSocket ? 'webSocket' : 'cors',
    backend: answersOf(request, preflight),
    said: undefined,
    count: 1,
    notes: withCookies ? [] : [unknownCookies],
  }
}

const unknownCookies =
  'The file has no cookies of this call, as browsers leave them out; it is taken to have sent them.'

/** The headers that a preflight asks about, which are those of the page. */
function named(names: readonly string[], headers: RawHeaders): RawHeaders {
  return names.flatMap((name) => {
    const at = headers.findIndex((each, i) => i % 2 === 0 && each.toLowerCase() === name)
    // Browsers ask about a Content-Type only if it is none of the simple ones.
    const value = name === 'content-type' ? 'application/json' : '…'
    return [name, at < 0 ? value : (headers[at + 1] as string)]
  })
}

// What browsers send by themselves, and what they add while their tools are open and the cache is off.
const ofBrowser: ReadonlySet<string> = new Set([
  ...['accept', 'accept-language', 'user-agent', 'cache-control', 'pragma', 'priority'],
  ...['upgrade-insecure-requests', 'x-client-data', 'purpose', 'save-data', 'rtt', 'downlink'],
])

/** Without a preflight: what is left when all that browsers send by themselves is taken away. */
function ofPage(headers: RawHeaders): RawHeaders {
  const kept: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string
    const isOwn = name.startsWith(':') || ofBrowser.has(name.toLowerCase())
    if (!isOwn && !isForbiddenRequestHeader(name)) kept.push(name, headers[i + 1] as string)
  }
  return kept
}

function answersOf(
  request: LoggedRequest,
  preflight: LoggedRequest | undefined,
): BackendAnswer | undefined {
  const asked = preflight && preflight.status > 0 ? toAnswer(preflight) : undefined
  const isCall = !request.asked && request.status > 0
  if (!isCall && !asked) return undefined
  const actual = isCall ? toAnswer(request) : { status: 200, headers: [] }
  return { ...actual, ...(asked && { preflight: asked }) }
}

function toAnswer({ status, answered }: LoggedRequest) {
  return { status, headers: answered }
}
