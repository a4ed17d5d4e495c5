import type { CorsError, CorsFailure } from '../cors/browser.ts'
import { type CorsRefusal, explainCorsRefusal } from '../cors/decide.ts'
import { unsafeHeaderNames } from '../cors/request-header.ts'
import { listMembers, type RawHeaders } from '../http/headers.ts'
import { type Finding, type FindingId, finding } from './findings.ts'
import type { Half, Hop } from './hops.ts'
import { ruleSubject, segmentSubject } from './subject.ts'

/** Why the browser keeps an answer from the page, told from what the edge and the application answered. `at`: which hop. */
export function explainCorsFailure(hop: Hop, failure: CorsFailure, at: number): Finding {
  const ofPreflight = hop.preflight !== undefined && preflightErrors.has(failure.corsError)
  const half = ofPreflight && hop.preflight ? hop.preflight : hop.actual
  const facts = {
    corsError: failure.corsError,
    failedParameter: failure.failedParameter || undefined,
    expected: ofPreflight ? expectedPreflight(hop) : expectedActual(hop),
    actual: corsHeaders(half),
  }
  const refused = refusedRedirect(failure)
  if (refused) return finding(refused.id, 'error', refused.explanation, facts)
  if (at > 0) return redirected(hop, facts)
  const { cors, found } = half.explanation
  const place = found && segmentSubject(found.route)
  if (cors.kind !== 'none' && !cors.allowed)
    return byRefusal(cors.because, half.isAssumed ? 'warning' : 'error', {
      ...facts,
      subject: place,
    })
  if (cors.kind !== 'none' && cors.grant.rule) {
    const explanation = `The page sends credentials, and the rule for "${cors.grant.rule.resource}" says allowCredentials: false.`
    const subject = ruleSubject(cors.grant.rule)
    return finding('credentials-not-allowed', 'error', explanation, { ...facts, subject })
  }
  if (half.by === 'edge' && half.explanation.found) {
    return finding('no-rule', 'error', unreadable(half), { ...facts, subject: place })
  }
  if (half.explanation.ending.kind === 'own-page') {
    return finding('no-allow-origin', 'error', notForOthers, facts)
  }
  const id = ownHeaders[failure.corsError] ?? 'no-allow-origin'
  const severity = half.isAssumed ? 'warning' : 'error'
  return finding(id, severity, ownSentence(hop, failure, half), { ...facts, subject: place })
}

const notForOthers = 'The edge itself answers here, and no script of another page may read it.'

type Facts = Pick<Finding, 'corsError' | 'failedParameter' | 'expected' | 'actual'>

const preflightErrors: ReadonlySet<CorsError> = new Set([
  'PreflightInvalidStatus',
  'PreflightDisallowedRedirect',
  'PreflightWildcardOriginNotAllowed',
  'PreflightMissingAllowOriginHeader',
  'PreflightMultipleAllowOriginValues',
  'PreflightInvalidAllowOriginValue',
  'PreflightAllowOriginMismatch',
  'PreflightInvalidAllowCredentials',
  'InvalidAllowMethodsPreflightResponse',
  'InvalidAllowHeadersPreflightResponse',
  'MethodDisallowedByPreflightResponse',
  'HeaderDisallowedByPreflightResponse',
])

function byRefusal(
  because: CorsRefusal,
  severity: Finding['severity'],
  facts: Facts & Pick<Finding, 'subject'>,
): Finding {
  const subject = 'rule' in because ? ruleSubject(because.rule) : facts.subject
  return finding(because.code, severity, explainCorsRefusal(because), { ...facts, subject })
}

function unreadable({ answer }: Half): string {
  return `The edge itself answers ${answer.status}, and without a rule for this page no script can read why.`
}

const ownHeaders: { readonly [Error in CorsError]?: FindingId } = {
  MissingAllowOriginHeader: 'no-allow-origin',
  WildcardOriginNotAllowed: 'wildcard-with-credentials',
  MultipleAllowOriginValues: 'several-allow-origins',
  InvalidAllowOriginValue: 'invalid-allow-origin',
  AllowOriginMismatch: 'other-allow-origin',
  InvalidAllowCredentials: 'no-allow-credentials',
  PreflightMissingAllowOriginHeader: 'no-allow-origin',
  PreflightWildcardOriginNotAllowed: 'wildcard-with-credentials',
  PreflightMultipleAllowOriginValues: 'several-allow-origins',
  PreflightInvalidAllowOriginValue: 'invalid-allow-origin',
  PreflightAllowOriginMismatch: 'other-allow-origin',
  PreflightInvalidAllowCredentials: 'no-allow-credentials',
  PreflightInvalidStatus: 'preflight-status',
  PreflightDisallowedRedirect: 'preflight-redirect',
  MethodDisallowedByPreflightResponse: 'preflight-method-missing',
  HeaderDisallowedByPreflightResponse: 'preflight-header-missing',
  InvalidAllowMethodsPreflightResponse: 'preflight-lists-malformed',
  InvalidAllowHeadersPreflightResponse: 'preflight-lists-malformed',
  RedirectContainsCredentials: 'redirect-with-credentials',
  CorsDisabledScheme: 'unsupported-scheme',
}

function ownSentence({ call }: Hop, { failedParameter }: CorsFailure, half: Half): string {
  const who = half.by === 'elsewhere' ? 'The server' : 'The application'
  if (half.isAssumed) {
    return `No CORS rule covers the call, so the application must allow ${call.pageOrigin} itself; as long as it sends no CORS headers the browser keeps the answer from the page.`
  }
  const value = failedParameter === '' ? '' : ` (“${failedParameter}”)`
  return `${who} answers ${half.answer.status} with CORS headers that do not allow ${call.pageOrigin}${value}.`
}

/** A redirect that the browser does not follow (Fetch §http-redirect-fetch). */
function refusedRedirect({ corsError }: CorsFailure) {
  if (corsError === 'RedirectContainsCredentials') {
    const explanation = 'The answer redirects to a URL with a user name in it.'
    return { id: 'redirect-with-credentials', explanation } as const
  }
  if (corsError !== 'CorsDisabledScheme') return undefined
  const explanation = 'The answer redirects to a URL that is neither http nor https.'
  return { id: 'unsupported-scheme', explanation } as const
}

/** What comes after a redirect: another server's answer, or a call that is no longer the page's own. */
function redirected(hop: Hop, facts: Facts): Finding {
  const { url, pageOrigin } = hop.call
  const { origin } = new URL(url)
  const isOwn = hop.actual.explanation.ending.kind === 'own-page'
  if (isOwn || (hop.actual.by === 'elsewhere' && isSignInPage(url))) {
    const explanation = `The call ends at the sign-in page of ${origin}, which answers no script of other pages.`
    return finding('redirect-to-sign-in', 'error', explanation, facts)
  }
  const tainted = pageOrigin === 'null' ? ' The browser calls it with the origin `null`.' : ''
  const explanation = `The call was redirected to ${origin}, which does not allow the page.${tainted}`
  return finding('redirect-elsewhere', 'error', explanation, facts)
}

// The providers' own hosts, and the paths of OpenID Connect, SAML and most login forms.
const signInHost = /^(?:login|accounts|auth|sso|idp|signin)\.|\.(?:okta|auth0)\.com$/
const signInPath = /\/(?:authorize|oauth2?|saml2?|adfs|log-?in|sign-?in|openid-connect)(?:[/.?]|$)/i

function isSignInPage(url: string): boolean {
  const { hostname, pathname } = new URL(url)
  return signInHost.test(hostname) || signInPath.test(pathname)
}

function expectedPreflight({ call }: Hop): RawHeaders {
  const names = unsafeHeaderNames(call.headers)
  return [
    ...[':status', '204'],
    ...expectedOrigin(call.pageOrigin, call.credentials),
    ...['Access-Control-Allow-Methods', call.method],
    ...(names.length === 0 ? [] : ['Access-Control-Allow-Headers', names.join(', ')]),
  ]
}

function expectedActual({ call }: Hop): RawHeaders {
  return expectedOrigin(call.pageOrigin, call.credentials)
}

function expectedOrigin(origin: string, credentials: Hop['call']['credentials']): RawHeaders {
  const allow = ['Access-Control-Allow-Origin', origin]
  return credentials === 'include' ? [...allow, 'Access-Control-Allow-Credentials', 'true'] : allow
}

/** The status, and the fields that a browser decides by; nothing where nobody said what they are. */
function corsHeaders({ answer, isAssumed }: Half): RawHeaders {
  if (isAssumed) return []
  const shown = [':status', String(answer.status)]
  for (let i = 0; i < answer.headers.length; i += 2) {
    const name = answer.headers[i] as string
    if (!/^(?:access-control-|location$)/i.test(name)) continue
    shown.push(name, listMembers([answer.headers[i + 1] as string]).join(', '))
  }
  return shown
}
