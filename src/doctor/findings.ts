import type { TrailSubject } from '../base/trail.ts'
import type { RawHeaders } from '../http/headers.ts'
import type { BrowserError } from './page-call.ts'

/** `error`: the call fails; `warning`: it fails unless something that the doctor cannot know; `info`: worth knowing. */
export type Severity = 'error' | 'warning' | 'info'

/** One problem of a call. */
export interface Finding {
  readonly id: FindingId
  readonly severity: Severity
  readonly corsError: BrowserError | undefined
  /** The value at fault, as the browser reports it. */
  readonly failedParameter: string | undefined
  /** What happened here, in a sentence or two. */
  readonly explanation: string
  /** `:status` stands for the status. */
  readonly expected: RawHeaders
  readonly actual: RawHeaders
  readonly subject: TrailSubject | undefined
}

interface FindingText {
  readonly title: string
  /** What it means, for docs/doctor.md. */
  readonly meaning: string
}

const table = {
  'no-rule': {
    title: 'No CORS rule covers the call',
    meaning:
      'The page belongs to another origin than the address it calls, and nothing says that it may. The edge answers preflights of applications with sign-in itself, so that without a rule it refuses them; the application is never asked.',
  },
  'origin-not-allowed': {
    title: 'The CORS rule does not allow the origin of the page',
    meaning:
      'A rule covers the path, and the origin of the page is not among its allowedOrigins. Origins are compared letter by letter: scheme, host and port.',
  },
  'method-not-allowed': {
    title: 'The CORS rule does not allow the method',
    meaning:
      'A rule covers the path and allows the page, but not this method. GET, HEAD and POST need no entry. Methods are compared letter by letter: `patch` is not `PATCH`.',
  },
  'header-not-allowed': {
    title: 'The CORS rule does not allow a request header',
    meaning:
      'The page sets a header that a browser asks about first, and the rule does not name it. `Content-Type: application/json` is such a header.',
  },
  'credentials-not-allowed': {
    title: 'The CORS rule does not allow credentials',
    meaning:
      'The page sends cookies along, and the rule says allowCredentials: false. The session is a cookie, so that calls to an application with sign-in need them.',
  },
  'near-origin': {
    title: 'An allowed origin differs from that of the page by very little',
    meaning:
      'Often a slip of the pen: http in place of https, a port that is missing, a letter. The browser compares origins letter by letter.',
  },
  'method-case': {
    title: 'The method is written in small letters',
    meaning:
      'Browsers write delete, get, head, options, post and put in capitals for the page, and no other: `patch` goes over the wire as `patch`.',
  },
  'rule-elsewhere': {
    title: 'A rule for this call stands at another segment or path',
    meaning: 'Rules count for their own segment and their own path, and nowhere else.',
  },
  'rule-shadowed': {
    title: 'A rule for a longer path takes the place of the one that would allow the call',
    meaning:
      'Of all rules the one for the longest path counts alone. A rule for `/` is not asked where one for `/api` covers the call.',
  },
  'rule-in-dry-run': {
    title: 'A rule that would allow the call is in dry run',
    meaning: 'A rule in dry run counts what it would refuse, and allows nothing.',
  },
  'no-allow-origin': {
    title: 'The answer does not say that the page may read it',
    meaning:
      'No rule covers the call, so the headers of the application count, and it sends no Access-Control-Allow-Origin.',
  },
  'wildcard-with-credentials': {
    title: 'The application allows every origin, but not with credentials',
    meaning:
      '`Access-Control-Allow-Origin: *` means nothing for a call with cookies: the answer must name the origin.',
  },
  'several-allow-origins': {
    title: 'The answer names several origins',
    meaning:
      'Access-Control-Allow-Origin must have one value. Two mostly mean that the application and something in front of it both set the header.',
  },
  'invalid-allow-origin': {
    title: 'The answer names no origin that a browser understands',
    meaning:
      'Access-Control-Allow-Origin is `*`, `null`, or scheme, host and port, and nothing else.',
  },
  'other-allow-origin': {
    title: 'The answer names another origin than that of the page',
    meaning:
      'The application allows one origin, often its internal one, and the page is published under another.',
  },
  'no-allow-credentials': {
    title: 'The answer does not allow credentials',
    meaning:
      'The page sends cookies along, and the application does not answer `Access-Control-Allow-Credentials: true`.',
  },
  'preflight-status': {
    title: 'The application refuses the preflight',
    meaning: 'A preflight must be answered with a status from 200 to 299.',
  },
  'preflight-redirect': {
    title: 'The application redirects the preflight',
    meaning:
      'Browsers follow no redirect here, not even one from http to https or to a slash at the end.',
  },
  'preflight-method-missing': {
    title: 'The answer to the preflight does not allow the method',
    meaning: 'Access-Control-Allow-Methods of the application does not name it.',
  },
  'preflight-header-missing': {
    title: 'The answer to the preflight does not allow a request header',
    meaning: 'Access-Control-Allow-Headers of the application does not name it.',
  },
  'preflight-lists-malformed': {
    title: 'The lists in the answer to the preflight cannot be read',
    meaning: 'Access-Control-Allow-Methods and -Headers are names, separated by commas.',
  },
  'redirect-to-sign-in': {
    title: 'The call is redirected to a sign-in page',
    meaning:
      'The application sends the script to an identity provider, which no script can follow. The browser reports a missing Access-Control-Allow-Origin of the provider and hides the reason.',
  },
  'redirect-elsewhere': {
    title: 'A redirect leads the call to where the page may not read',
    meaning:
      'After a redirect to another origin each server on the way must allow the page, and after the second its origin is `null`.',
  },
  'redirect-with-credentials': {
    title: 'A redirect has a user name in its URL',
    meaning: 'Browsers do not follow it from one origin to another.',
  },
  'unsupported-scheme': {
    title: 'Calls to other origins need http or https',
    meaning:
      'Pages cannot call file:, data: and other URLs across origins, directly or by redirect.',
  },
  'signed-out': {
    title: 'Nobody is signed in',
    meaning:
      'The application needs a signed-in person. Scripts get 401 with a JSON body that says so and where to sign in; they are never redirected.',
  },
  'session-expired': {
    title: 'The session has expired',
    meaning:
      'The page stayed open longer than its session. `/.sallyport/session.js` signs in again and repeats the call (docs/single-page-applications.md).',
  },
  'credentials-omitted': {
    title: 'The page tells the browser to send no cookies',
    meaning:
      'With `credentials: "omit"` no session comes along, and the call counts as signed out.',
  },
  'credentials-not-included': {
    title: 'The page does not include credentials',
    meaning:
      'fetch sends cookies to another origin only with `credentials: "include"`, XMLHttpRequest only with `withCredentials`.',
  },
  'cookie-cross-site': {
    title: 'The session cookie is not sent to another site',
    meaning:
      'The page and the address it calls have different registrable domains, and the cookie is SameSite=Lax. It becomes SameSite=None when a rule lets a page of another site call with credentials.',
  },
  'third-party-cookie': {
    title: 'Some browsers send no cookies to other sites',
    meaning:
      'Safari, Firefox and private windows block or partition them. Hosts below one registrable domain do not depend on it.',
  },
  'token-refused': {
    title: 'The access token does not count',
    meaning: 'Without a session a bearer token is for the edge, and this one lets nobody in.',
  },
  'not-assigned': {
    title: 'The person is not assigned to the application',
    meaning: 'Signed in, but neither they nor one of their groups is assigned.',
  },
  'blocked-by-policy': {
    title: 'A conditional access policy blocks the person',
    meaning: 'Assigned, but a policy says no, for this person, place, platform or client.',
  },
  'stronger-sign-in-needed': {
    title: 'A conditional access policy asks for more than this sign-in',
    meaning:
      'For a second factor or a newer sign-in. A script gets 401; the page has to sign in again.',
  },
  'in-maintenance': {
    title: 'The application is under maintenance',
    meaning:
      'Every request gets 503 until an administrator ends it. Preflights are still answered.',
  },
  'application-disabled': {
    title: 'The application is switched off',
    meaning: 'An administrator has switched off sign-in to it, for everybody.',
  },
  'host-not-published': {
    title: 'Nothing is published on this host',
    meaning:
      'No application has this scheme, host and port. Either the page has the wrong address, or another server answers there, which the edge knows nothing about.',
  },
  'path-not-published': {
    title: 'Nothing is published on this path',
    meaning: 'Applications are published on the host, none of them covers the path.',
  },
  'segment-not-listed': {
    title: 'The host is none of the segments',
    meaning:
      'It lies below the star of a complex application, of which only the listed segments are reachable.',
  },
  'no-segments': {
    title: 'The complex application has no segments',
    meaning: 'With `whenNoSegments: "closed"` it is closed until it has one.',
  },
  'request-refused': {
    title: 'The edge refuses the request as ambiguous',
    meaning:
      'Two servers could read its method, host or path differently, which attacks live on. It is refused before anything is decided.',
  },
  'internal-url-called': {
    title: 'The page calls the internal address',
    meaning:
      'What the page has in its code or data is an address of the inner network, which browsers outside cannot reach. The same address is published, or can be.',
  },
  'mixed-content': {
    title: 'A page with TLS calls an address without',
    meaning: 'Browsers block http: from https: pages before CORS is looked at.',
  },
  'local-network': {
    title: 'The page calls an address of a local network',
    meaning:
      'Browsers ask the person for permission before a public page may call a private address. Mostly the page has an internal address in place of the published one, or names resolve differently inside and outside.',
  },
  'forbidden-method': {
    title: 'No page may send this method',
    meaning: 'CONNECT, TRACE and TRACK are refused by the browser itself.',
  },
  'application-unreachable': {
    title: 'The application does not answer the edge',
    meaning:
      'The edge answers in its place, with a status from 502 to 504. CORS is not the reason, even where the browser says so because that answer has no CORS headers.',
  },
  'vary-missing': {
    title: 'The answer depends on the page and does not say so',
    meaning:
      'Access-Control-Allow-Origin names the page that asked, and without `Vary: Origin` a cache may give that answer to the next page, which then cannot read it.',
  },
  'opaque-answer': {
    title: 'The page asked for an answer that it cannot read',
    meaning:
      'With `mode: "no-cors"` the browser sends the request and keeps the answer from the page, whatever its headers say.',
  },
  'web-socket-origin': {
    title: 'A page of this origin may not open a WebSocket',
    meaning:
      'Browsers do not ask before WebSockets, so the edge compares the origin itself: the application’s own hosts and those that a CORS rule allows may.',
  },
  'page-redirected': {
    title: 'The page is at another origin than the address that is opened',
    meaning:
      'The address of the page redirects to another origin. Calls have the origin of the address on which the browser ends up, and rules must allow that one. Only a probe can see it.',
  },
  'same-origin': {
    title: 'The call stays on its own origin',
    meaning: 'CORS has no part in it.',
  },
} as const satisfies Readonly<Record<string, FindingText>>

export type FindingId = keyof typeof table

/** All findings there are, by id, with what docs/doctor.md says of them. */
export const findingTexts: Readonly<Record<FindingId, FindingText>> = table

/** A finding; what is not said is not there. */
export function finding(
  id: FindingId,
  severity: Severity,
  explanation: string,
  more: Partial<Omit<Finding, 'id' | 'severity' | 'explanation'>> = {},
): Finding {
  const { corsError, failedParameter, expected = [], actual = [], subject } = more
  return { id, severity, explanation, corsError, failedParameter, expected, actual, subject }
}
