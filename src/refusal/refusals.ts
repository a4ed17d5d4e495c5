import { type CorsRefusal, explainCorsRefusal } from '../cors/decide.ts'
import { refusedPreflightHeaders } from '../cors/dress.ts'
import type { RawHeaders } from '../http/headers.ts'
import type { PolicyName } from '../identity/access-gate.ts'
import type { Unresolved } from '../publishing/resolve-target.ts'
import type { Problem } from './problem.ts'

/** Where a request was sent, as far as an answer tells it back. */
export interface Addressed {
  readonly scheme: 'http' | 'https'
  /** Host as written. */
  readonly written: string
}

/** Why a request is refused before anything is decided: two readers could take it differently. [F8] */
export interface Malformed {
  readonly status: 400 | 405 | 408 | 413 | 414 | 417 | 431 | 501 | 505
  readonly because: string
}

/** The host or path is not published, or not among the segments. No sign-in comes before this. [P5] */
export function notPublished(because: string): Problem {
  return {
    status: 404,
    code: because,
    title: 'Nothing is published here',
    sentence: 'No published application answers at this address.',
  }
}

/** No route: nothing is published there, or what is published there depends on who reads the path. [F8] */
export function unresolved(because: Unresolved): Problem {
  const ambiguity = ambiguities[because]
  return ambiguity === undefined
    ? notPublished(because)
    : malformedRequest({ status: 400, because: ambiguity })
}

const ambiguities: { readonly [Reason in Unresolved]?: string } = {
  'ambiguous-path': 'the path could be that of another application',
  'ambiguous-escapes': 'escapes in the path',
}

/** Why nobody gets into an application at the moment, if so. */
export function closed(application: {
  readonly displayName: string
  readonly enabled: boolean
  readonly maintenance: boolean
}): Problem | undefined {
  if (!application.enabled) return switchedOff(application.displayName)
  return application.maintenance ? inMaintenance(application.displayName) : undefined
}

/** Closed by an administrator for the time being, for everybody and before any sign-in. [P13] */
function inMaintenance(displayName: string): Problem {
  return {
    status: 503,
    code: 'maintenance',
    title: 'Under maintenance',
    sentence: `${displayName} is under maintenance. Try again later.`,
    headers: ['Retry-After', String(maintenanceRetrySeconds)],
  }
}

/** An administrator has switched the application off, for everybody. */
function switchedOff(displayName: string): Problem {
  return {
    status: 403,
    code: 'application-disabled',
    title: 'The application is switched off',
    sentence: `${displayName} was switched off by an administrator.`,
  }
}

// Nobody said how long it takes; a client that asks every minute neither hurts nor waits long.
const maintenanceRetrySeconds = 60

/** The edge sheds load before its memory runs out. [R7] */
export function outOfMemory(): Problem {
  return {
    status: 503,
    code: 'overloaded',
    title: 'Too many requests at once',
    sentence: 'The edge has as much to do as it can hold. Try again in a moment.',
    headers: ['Retry-After', String(overloadRetrySeconds)],
  }
}

// Memory comes back within seconds once answers have ended.
const overloadRetrySeconds = 5

/** A preflight that no rule allows, with the rule and the reason. [C8] */
export function preflightRefused(because: CorsRefusal): Problem {
  return {
    status: 403,
    code: `cors-${because.code}`,
    title: 'The cross-origin call is not allowed',
    sentence: explainCorsRefusal(because),
    headers: refusedPreflightHeaders(),
  }
}

/** RFC 9110 §15.5.2 asks for a challenge with each 401; no browser asks the person anything for this one. */
export const challengeFields: RawHeaders = ['WWW-Authenticate', 'Bearer']

/** A script without a session learns that it has none, and where to get one; it is never redirected. [S4] */
export function signedOut(request: Addressed, because: string): Problem {
  return {
    status: 401,
    code: 'signed-out',
    title: 'You are signed out',
    sentence: sentences[because] ?? 'This application needs a signed-in person.',
    because,
    headers: challengeFields,
    signInUrl: `${request.scheme}://${request.written}/.sallyport/sign-in`,
  }
}

/** The session ended after the request had gone on: unlike `signed-out` it must not be repeated unasked. [S9] */
export function signedOutMeanwhile(request: Addressed): Problem {
  return {
    ...signedOut(request, 'ended'),
    code: 'session-ended',
    sentence:
      'The session ended while the application was at work. It may have done what was asked.',
  }
}

const sentences: Readonly<Record<string, string>> = {
  expired: 'The session has expired. Sign in again.',
  ended: 'The session has ended. Sign in again.',
  'mfa-required': 'A policy asks for a second factor. Sign in with one.',
  'sign-in-too-old': 'A policy asks for a newer sign-in. Sign in again.',
}

/** Asked for ahead of time; browsers drop the answer and ask again when the person goes there. */
export const notAhead = {
  status: 503,
  code: 'not-ahead',
  title: 'Not ahead of time',
  sentence: 'This page does something when it is opened, so it is not given ahead of that.',
} as const satisfies Problem

/** Nobody vouches for the session any more, and the provider does not answer; the session itself stays. [N3] */
export function providerSilent(): Problem {
  return {
    status: 503,
    code: 'provider-unavailable',
    title: 'Your sign-in cannot be renewed now',
    sentence: 'The identity provider does not answer. You stay signed in; try again in a moment.',
    headers: ['Retry-After', String(providerRetrySeconds)],
  }
}

// The provider is asked again by itself after a second or a few.
const providerRetrySeconds = 5

/** Signed in, but not entitled. [S8] */
export function notAssigned(displayName: string, person: string): Problem {
  return {
    status: 403,
    code: 'not-assigned',
    title: 'You are not assigned to this application',
    sentence: `${person} is signed in, but is not assigned to ${displayName}. An administrator can change that.`,
    // Signed in with the wrong account, this is the only way on.
    way: { href: '/.sallyport/sign-out', text: 'Sign out and use another account' },
  }
}

/** Signed in and assigned, but a policy says no. [S8] */
export function blockedByPolicy(policy: PolicyName, person: string): Problem {
  return {
    status: 403,
    code: 'blocked-by-policy',
    title: 'You may not enter here',
    sentence: `${person} is signed in, but the policy “${policy.displayName}” blocks access. An administrator can change that.`,
    way: { href: '/.sallyport/sign-out', text: 'Sign out and use another account' },
  }
}

/** A page of a foreign site may not open a WebSocket with this person's session. */
export function foreignWebSocket(origin: string): Problem {
  return {
    status: 403,
    code: 'websocket-origin-not-allowed',
    title: 'The WebSocket is not allowed',
    sentence: `A page of ${origin} may not open a WebSocket to this application.`,
  }
}

/** The request did not come in time, or not to its end. */
export const tooSlow = {
  status: 408,
  code: 'request-timeout',
  title: 'The request took too long',
  sentence: 'The request did not come to its end in time.',
} as const satisfies Problem

/** The connection was opened for another certificate; browsers open one for this host and ask again (RFC 9110 §15.5.20). */
export const misdirectedRequest = {
  status: 421,
  code: 'misdirected-request',
  title: 'The request came on the wrong connection',
  sentence: 'This connection was opened for another host. Open one for the host of this request.',
} as const satisfies Problem

/** What two readers could take differently is refused before anything is decided. [F8] */
export function malformedRequest(malformed: Malformed): Problem {
  return {
    status: malformed.status,
    code: 'malformed-request',
    title: 'The request cannot be understood',
    sentence: `The request was refused because two readers could understand it differently: ${malformed.because}.`,
  }
}
