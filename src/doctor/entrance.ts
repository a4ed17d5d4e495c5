import { passed, refused, skipped, type TrailStep } from '../base/trail.ts'
import { bearerToken } from '../http/bearer.ts'
import { classifyRequest } from '../identity/sign-in/classify.ts'
import { parseAddress } from '../policy/address.ts'
import { decideAccess } from '../policy/evaluate.ts'
import { detectPlatform } from '../policy/platform.ts'
import type { RoutedApplication } from '../publishing/route-table.ts'
import type { Problem } from '../refusal/problem.ts'
import { blockedByPolicy, signedOut } from '../refusal/refusals.ts'
import { tokenNotEnough, tokenRefused } from '../refusal/token-refusals.ts'
import type { EdgeParts, Ending } from './ending.ts'
import { fieldOf, type ReadRequest, type Visitor } from './request.ts'
import { type CookieKept, cookieKept } from './session-cookie.ts'

/** One step, and what it ends with, if it does. */
export type Passage =
  | { readonly step: TrailStep; readonly byToken: boolean }
  | { readonly step: TrailStep; readonly problem: Problem }
  | { readonly step: TrailStep; readonly ending: Ending }

/** Who is asking: by the session cookie, else by an access token. [S4] [S10] */
export function admit(request: ReadRequest, app: RoutedApplication): Passage {
  const { visitor } = request.asked
  const kept = cookieKept(request, app)
  const isThere = hasSession(visitor, app)
  if (isThere && kept === undefined) return { step: signedIn(request), byToken: false }
  const token = bearerToken(fieldOf(request, 'authorization'))
  if (token !== undefined && isThere) return { step: byToken, byToken: true }
  const because =
    !isThere && visitor.kind === 'expired' && kept === undefined ? 'expired' : 'no-cookie'
  if (token !== undefined && because === 'no-cookie') {
    const problem = tokenRefused('malformed', app)
    const reason = 'Nobody is signed in, and the access token is taken for one that does not count.'
    return { step: refused('authenticate', problem.code, reason), problem }
  }
  return challenge(request, because, reasonOf(because, kept, isThere))
}

function hasSession(visitor: Visitor, { sessionLifetimeSeconds = 0 }: RoutedApplication): boolean {
  if (visitor.kind !== 'expired') return visitor.kind !== 'nobody'
  return visitor.underSeconds !== undefined && sessionLifetimeSeconds > visitor.underSeconds
}

const byToken = passed(
  'authenticate',
  'No cookie comes along; the access token is taken for a good one of this person.',
)

function signedIn({ asked: { visitor } }: ReadRequest): TrailStep {
  if (visitor.kind !== 'person') return passed('authenticate', 'Somebody is signed in.')
  const { id, userPrincipalName } = visitor
  return passed('authenticate', `${userPrincipalName} is signed in.`, {
    subject: { kind: 'person', id, displayName: userPrincipalName },
  })
}

function reasonOf(because: string, kept: CookieKept | undefined, isThere: boolean): string {
  if (because === 'expired') return 'The session has expired.'
  return isThere && kept ? keptReasons[kept] : 'Nobody is signed in.'
}

const keptReasons: Readonly<Record<CookieKept, string>> = {
  omitted: 'The page asks the browser to omit credentials, so the session cookie is not sent.',
  'not-included':
    'The browser sends cookies to another origin only with `credentials: "include"`, which the page does not say.',
  'cross-site':
    'The page belongs to another site, and the session cookie is SameSite=Lax, so the browser does not send it.',
}

/** A navigation goes to sign in; everything else gets a 401 that a script can read. [S4] */
function challenge(request: ReadRequest, because: string, reason: string): Passage {
  const problem = signedOut(request, because)
  if (kindOf(request) !== 'navigation') {
    return { step: refused('authenticate', problem.code, reason), problem }
  }
  const sent = `${reason} The person is sent to sign in and comes back to this address.`
  return { step: { step: 'authenticate', verdict: 'answered', reason: sent }, ending: toSignIn }
}

const toSignIn: Ending = { kind: 'sign-in' }

function kindOf(request: ReadRequest) {
  return classifyRequest({
    method: request.asked.method,
    secFetchMode: fieldOf(request, 'sec-fetch-mode'),
    secFetchDest: fieldOf(request, 'sec-fetch-dest'),
    secFetchSite: fieldOf(request, 'sec-fetch-site'),
    purpose: fieldOf(request, 'sec-purpose') ?? fieldOf(request, 'purpose'),
    accept: fieldOf(request, 'accept'),
    xRequestedWith: fieldOf(request, 'x-requested-with'),
    upgrade: fieldOf(request, 'upgrade'),
  }).kind
}

/** Conditional access, for a person who is assigned. [S8] */
export function judgeByPolicy(
  parts: EdgeParts,
  request: ReadRequest,
  app: RoutedApplication,
  byToken: boolean,
): Passage {
  const enforced = parts.conditionalAccess.enforced.get(app.id)
  const { visitor } = request.asked
  if (!enforced || visitor.kind !== 'person') {
    return { step: skipped('policy', 'No policy is enforced at this application.'), byToken }
  }
  const { authenticatedAt, multiFactor } = visitor
  const verdict = decideAccess(
    enforced.policies,
    factsOf(parts, request, app, visitor.id, byToken),
    { authenticatedAt, startedAt: authenticatedAt, multiFactor },
    parts.now,
  )
  if (verdict.allowed) {
    return { step: passed('policy', 'The policies let this person in.'), byToken }
  }
  const { because } = verdict
  const { id, displayName } = because.policy
  const subject = { kind: 'conditionalAccessPolicy', id, displayName } as const
  if (because.code === 'blocked-by-policy') {
    const problem = blockedByPolicy(because.policy, visitor.userPrincipalName)
    return { step: refused('policy', problem.code, problem.sentence, { subject }), problem }
  }
  if (byToken) {
    const problem = tokenNotEnough(because.code, because.demand)
    return { step: refused('policy', problem.code, problem.sentence, { subject }), problem }
  }
  const wanted = because.code === 'mfa-required' ? 'a second factor' : 'a newer sign-in'
  const asked = challenge(request, because.code, `The policy “${displayName}” asks for ${wanted}.`)
  return { ...asked, step: { ...asked.step, step: 'policy', subject } }
}

function factsOf(
  { countryOf }: EdgeParts,
  request: ReadRequest,
  { id: applicationId, appId }: RoutedApplication,
  personId: string,
  byToken: boolean,
) {
  const { ipAddress } = request.asked
  return {
    personId,
    applicationId,
    appId,
    client: byToken ? 'mobileAppsAndDesktopClients' : 'browser',
    platform: detectPlatform(
      fieldOf(request, 'sec-ch-ua-platform'),
      fieldOf(request, 'user-agent'),
    ),
    place: {
      address: ipAddress === undefined ? undefined : parseAddress(ipAddress),
      country: ipAddress === undefined ? undefined : countryOf(ipAddress),
    },
  } as const
}
