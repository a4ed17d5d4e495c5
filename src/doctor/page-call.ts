import type { BrowserAnswer, BrowserCall, CorsError } from '../cors/browser.ts'
import type { RawHeaders } from '../http/headers.ts'
import type { Application } from '../publishing/application.ts'
import type { PublishingLimits } from '../publishing/validate.ts'
import type { EdgeParts } from './ending.ts'
import type { Credentials, ImaginedRequest, RequestMode, Visitor } from './request.ts'

/** A call that a page makes, as far as somebody can tell. */
export interface PageCall {
  readonly pageUrl: string
  readonly targetUrl: string
  readonly method: string
  /** What the page sets, Content-Type included. */
  readonly headers: RawHeaders
  readonly credentials: Credentials
  readonly mode: RequestMode
  readonly visitor: Visitor
  readonly ipAddress: string | undefined
  /** What the application answers; undefined: not known, and taken for a 200 without CORS headers. */
  readonly backend: BackendAnswer | undefined
  /** What the next ones answer to which it is redirected, where that was seen. */
  readonly later?: readonly BackendAnswer[]
  /** Where the page was opened that was sent on to `pageUrl`, where that was seen. */
  readonly openedAt?: string | undefined
  /** Why the application did not answer when it was asked, in a sentence. */
  readonly unanswered?: string | undefined
}

export interface BackendAnswer extends BrowserAnswer {
  /** To the preflight, where one reaches the application. */
  readonly preflight?: BrowserAnswer | undefined
}

/** What the doctor knows of an edge: what it decides from, and what that was compiled from. */
export interface DoctorParts extends EdgeParts {
  readonly applications: readonly Application[]
  /** What the directory holds publishing to. */
  readonly limits: PublishingLimits
}

/** The browser's words for what went wrong: those of its DevTools protocol. */
export type BrowserError = CorsError | 'LocalNetworkAccessPermissionDenied'

/** The page's origin as browsers write it; `null` where it has none. */
export function pageOriginOf({ pageUrl }: Pick<PageCall, 'pageUrl'>): string {
  return URL.parse(pageUrl)?.origin ?? 'null'
}

/** The call as the browser's half of Fetch takes it. */
export function toBrowserCall(call: PageCall): BrowserCall {
  const { targetUrl: url, method, headers, credentials } = call
  return { pageOrigin: pageOriginOf(call), url, method, headers, credentials }
}

/** The call as the edge's half takes it. */
export function toRequest(call: PageCall, browser: BrowserCall): ImaginedRequest {
  const { mode, visitor, ipAddress } = call
  const { url, method, headers, credentials, pageOrigin: origin } = browser
  return { url, method, origin, headers, mode, credentials, visitor, ipAddress }
}
