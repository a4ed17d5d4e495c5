import {
  fieldValues,
  listMembers,
  type RawHeaders,
  tokenPattern,
  trimOws,
  withoutFields,
} from '../http/headers.ts'
import { originOf } from '../http/origin.ts'
import { isSafelistedMethod, normalizeMethod } from './method.ts'
import { unsafeHeaderNames } from './request-header.ts'

/** A call as a page makes it with `fetch` in mode `cors`, or with XMLHttpRequest. */
export interface BrowserCall {
  /** As serialised: `https://home.contoso.net`, or `null`. */
  readonly pageOrigin: string
  readonly url: string
  readonly method: string
  /** What the page sets; names it may not set are left out, as a browser does. */
  readonly headers: RawHeaders
  readonly credentials: 'omit' | 'same-origin' | 'include'
}

/** What came back. */
export interface BrowserAnswer {
  readonly status: number
  readonly headers: RawHeaders
}

/** The names Chromium's DevTools protocol has for what can go wrong here (Network.CorsError). */
export type CorsError =
  | 'WildcardOriginNotAllowed'
  | 'MissingAllowOriginHeader'
  | 'MultipleAllowOriginValues'
  | 'InvalidAllowOriginValue'
  | 'AllowOriginMismatch'
  | 'InvalidAllowCredentials'
  | 'CorsDisabledScheme'
  | 'PreflightInvalidStatus'
  | 'PreflightDisallowedRedirect'
  | 'PreflightWildcardOriginNotAllowed'
  | 'PreflightMissingAllowOriginHeader'
  | 'PreflightMultipleAllowOriginValues'
  | 'PreflightInvalidAllowOriginValue'
  | 'PreflightAllowOriginMismatch'
  | 'PreflightInvalidAllowCredentials'
  | 'InvalidAllowMethodsPreflightResponse'
  | 'InvalidAllowHeadersPreflightResponse'
  | 'MethodDisallowedByPreflightResponse'
  | 'HeaderDisallowedByPreflightResponse'
  | 'RedirectContainsCredentials'

export interface CorsFailure {
  readonly ok: false
  readonly corsError: CorsError
  /** The value at fault, or empty; as Chromium reports it. */
  readonly failedParameter: string
}

export type BrowserOutcome =
  | {
      readonly ok: true
      /** Lower-case names the page can read. */
      readonly readableHeaders: readonly string[]
      /** Where the browser goes on to, which is another call. */
      readonly redirectsTo: string | undefined
    }
  | CorsFailure

/** The preflight a browser sends before the call; undefined when it sends none (Fetch §http-fetch). */
export interface BrowserPreflight {
  readonly origin: string
  readonly requestMethod: string
  /** Sorted, lower-case, joined by commas; undefined: the field is not sent. */
  readonly requestHeaders: string | undefined
}

/** Which preflight a call needs: for an unsafe method or header, and never on its own origin. */
export function preflightOf(call: BrowserCall): BrowserPreflight | undefined {
  if (isSameOrigin(call)) return undefined
  const requestMethod = normalizeMethod(call.method)
  const names = unsafeHeaderNames(call.headers)
  if (isSafelistedMethod(requestMethod) && names.length === 0) return undefined
  // Fetch §cors-preflight-fetch step 5: names separated by a comma only.
  const requestHeaders = names.length === 0 ? undefined : names.join(',')
  return { origin: call.pageOrigin, requestMethod, requestHeaders }
}

/**
 * What a browser makes of the answers, in Chromium's order of checks. `answers.preflight` must be there when
 * `preflightOf` says so; `answers.actual` is looked at only when the preflight allows it.
 */
export function judgeCall(
  call: BrowserCall,
  answers: { readonly preflight: BrowserAnswer | undefined; readonly actual: BrowserAnswer },
): BrowserOutcome {
  if (!originOf(call.url)) return failure('CorsDisabledScheme')
  if (!isSameOrigin(call)) {
    const refused =
      (preflightOf(call) && checkPreflight(call, answers.preflight)) ??
      checkAccess(call, answers.actual.headers)
    if (refused) return refused
  }
  return followUp(call, answers.actual)
}

function isSameOrigin(call: BrowserCall): boolean {
  return URL.parse(call.url)?.origin === call.pageOrigin
}

function failure(corsError: CorsError, failedParameter = ''): CorsFailure {
  return { ok: false, corsError, failedParameter }
}

/** Fetch §concept-cors-check. Values of repeated fields are joined, as everywhere in Fetch (§concept-header-list-get). */
function checkAccess(call: BrowserCall, headers: RawHeaders): CorsFailure | undefined {
  const allowed = joined(headers, 'access-control-allow-origin')
  const credentialed = call.credentials === 'include'
  if (allowed === undefined) return failure('MissingAllowOriginHeader')
  if (allowed === '*') return credentialed ? failure('WildcardOriginNotAllowed') : undefined
  if (allowed !== call.pageOrigin) return failure(mismatchOf(allowed), allowed)
  if (!credentialed) return undefined
  const credentials = joined(headers, 'access-control-allow-credentials')
  return credentials === 'true' ? undefined : failure('InvalidAllowCredentials', credentials ?? '')
}

/** What is wrong with a field that does not allow the page; only for better words: Fetch knows no difference between these. */
export function mismatchOf(allowed: string): CorsError {
  if (/[ ,]/.test(allowed)) return 'MultipleAllowOriginValues'
  if (allowed === 'null' || URL.canParse(allowed)) return 'AllowOriginMismatch'
  return 'InvalidAllowOriginValue'
}

function joined(headers: RawHeaders, name: string): string | undefined {
  const values = fieldValues(headers, name)
  return values.length === 0 ? undefined : values.map(trimOws).join(', ')
}

/** The same errors in the answer to a preflight. */
export const preflightErrors: { readonly [Error in CorsError]?: CorsError } = {
  WildcardOriginNotAllowed: 'PreflightWildcardOriginNotAllowed',
  MissingAllowOriginHeader: 'PreflightMissingAllowOriginHeader',
  MultipleAllowOriginValues: 'PreflightMultipleAllowOriginValues',
  InvalidAllowOriginValue: 'PreflightInvalidAllowOriginValue',
  AllowOriginMismatch: 'PreflightAllowOriginMismatch',
  InvalidAllowCredentials: 'PreflightInvalidAllowCredentials',
}

// Fetch §redirect-status
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Fetch §cors-preflight-fetch steps 6–7: access first, then the status, then what is listed. */
function checkPreflight(
  call: BrowserCall,
  answer: BrowserAnswer | undefined,
): CorsFailure | undefined {
  if (!answer) return failure('PreflightMissingAllowOriginHeader')
  if (redirectTarget(call, answer)) return failure('PreflightDisallowedRedirect')
  const refused = checkAccess(call, answer.headers)
  if (refused) {
    return failure(preflightErrors[refused.corsError] ?? refused.corsError, refused.failedParameter)
  }
  if (answer.status < 200 || answer.status > 299) return failure('PreflightInvalidStatus')
  return checkLists(call, answer.headers)
}

function checkLists(call: BrowserCall, headers: RawHeaders): CorsFailure | undefined {
  const methods = listMembers(fieldValues(headers, 'access-control-allow-methods'))
  const names = listMembers(fieldValues(headers, 'access-control-allow-headers'))
  if (!methods.every((method) => tokenPattern.test(method))) {
    return failure('InvalidAllowMethodsPreflightResponse')
  }
  if (!names.every((name) => tokenPattern.test(name))) {
    return failure('InvalidAllowHeadersPreflightResponse')
  }
  // With credentials a star is a name like any other (Fetch §http-new-header-syntax).
  const starWorks = call.credentials !== 'include'
  const method = normalizeMethod(call.method)
  const anyMethod = starWorks && methods.includes('*')
  if (!methods.includes(method) && !isSafelistedMethod(method) && !anyMethod) {
    return failure('MethodDisallowedByPreflightResponse', method)
  }
  const listed = new Set(names.map((name) => name.toLowerCase()))
  const anyName = starWorks && listed.has('*')
  for (const name of unsafeHeaderNames(call.headers)) {
    // Fetch §cors-non-wildcard-request-header-name wants Authorization listed; Chromium 156 only warns, so it passes here.
    if (!listed.has(name) && !anyName) return failure('HeaderDisallowedByPreflightResponse', name)
  }
  return undefined
}

/** A redirect was checked like any answer; where it leads is looked at before it is followed (Fetch §http-redirect-fetch). */
function followUp(call: BrowserCall, answer: BrowserAnswer): BrowserOutcome {
  const target = redirectTarget(call, answer)
  if (!target) {
    return { ok: true, readableHeaders: readableHeaders(call, answer), redirectsTo: undefined }
  }
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    return failure('CorsDisabledScheme')
  }
  const leavesPage = !isSameOrigin(call) || target.origin !== call.pageOrigin
  if (leavesPage && (target.username !== '' || target.password !== '')) {
    return failure('RedirectContainsCredentials')
  }
  return { ok: true, readableHeaders: [], redirectsTo: target.href }
}

/**
 * The call a browser makes next, where an answer with this status led it on to `target` (Fetch §http-redirect-fetch).
 * A page whose call went from one foreign origin to another is `null` from then on (§redirect-tainted-origin).
 */
export function redirectedCall(call: BrowserCall, status: number, target: string): BrowserCall {
  const leaves = URL.parse(target)?.origin !== URL.parse(call.url)?.origin
  const method = normalizeMethod(call.method)
  const toGet = status === 303 ? !isRead.has(method) : status <= 302 && method === 'POST'
  const dropped = (name: string) =>
    (leaves && name === 'authorization') || (toGet && bodyHeaders.has(name))
  return {
    ...call,
    pageOrigin: leaves && !isSameOrigin(call) ? 'null' : call.pageOrigin,
    url: target,
    method: toGet ? 'GET' : call.method,
    headers: withoutFields(call.headers, dropped),
  }
}

// Fetch §http-redirect-fetch step 12: a 303 makes GET of everything else, and takes the fields of its body away.
const isRead: ReadonlySet<string> = new Set(['GET', 'HEAD'])

// Fetch §request-body-header-name
const bodyHeaders: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-language',
  'content-location',
  'content-type',
])

function redirectTarget(call: BrowserCall, answer: BrowserAnswer): URL | undefined {
  if (!redirectStatuses.has(answer.status)) return undefined
  const location = joined(answer.headers, 'location')
  return location === undefined ? undefined : (URL.parse(location, call.url) ?? undefined)
}

// Fetch §cors-safelisted-response-header-name
const safelistedResponseHeaders: readonly string[] = [
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'expires',
  'last-modified',
  'pragma',
]

function readableHeaders(call: BrowserCall, { headers }: BrowserAnswer): readonly string[] {
  const present = new Set<string>()
  for (let i = 0; i < headers.length; i += 2) present.add((headers[i] as string).toLowerCase())
  // Fetch §forbidden-response-header-name
  present.delete('set-cookie')
  present.delete('set-cookie2')
  if (isSameOrigin(call)) return [...present]
  const exposed = listMembers(fieldValues(headers, 'access-control-expose-headers'))
  if (call.credentials !== 'include' && exposed.includes('*')) return [...present]
  const readable = new Set([...safelistedResponseHeaders, ...exposed.map((n) => n.toLowerCase())])
  return [...present].filter((name) => readable.has(name))
}
