import type { Demand } from '../identity/access-gate.ts'
import { multiFactor } from '../identity/authentication-context.ts'
import type { TokenRefusal } from '../identity/token/access-token.ts'
import type { RoutedApplication } from '../publishing/route-table.ts'
import type { Problem } from './problem.ts'

/** Why an access token does not let in. */
export type RefusedToken = TokenRefusal | 'insufficient-scope' | 'unknown-principal'

/** A token that does not let in: 401, or 403 when a better one would (RFC 6750 §3.1); never a redirect. [S10] */
export function tokenRefused(because: RefusedToken, application: RoutedApplication): Problem {
  const { sentence, scope } = reasons[because]
  return {
    status: scope === undefined ? 401 : 403,
    code: `token-${because}`,
    title: 'The access token does not count',
    sentence,
    headers: tokenChallenge(because, application),
  }
}

/** `WWW-Authenticate` for a request that came with such a token. */
export function tokenChallenge(
  because: RefusedToken,
  application: RoutedApplication,
): readonly [string, string] {
  const { sentence, scope } = reasons[because]
  const error = scope === undefined ? 'invalid_token' : 'insufficient_scope'
  const more = scope === undefined ? '' : `, scope="${scope}"`
  const realm = `realm="${application.appId}"`
  return [
    'WWW-Authenticate',
    `Bearer ${realm}, error="${error}", error_description="${sentence}"${more}`,
  ]
}

// Quoted strings without quotes: nothing that came with the token stands in them (RFC 6750 §3).
const reasons: Readonly<
  Record<RefusedToken, { readonly sentence: string; readonly scope?: string }>
> = {
  malformed: { sentence: 'The bearer token is no access token.' },
  'unknown-issuer': { sentence: 'The issuer of the access token is not known here.' },
  'wrong-type': { sentence: 'The token is of another kind than an access token.' },
  'wrong-audience': { sentence: 'The access token is for another application.' },
  'bad-signature': { sentence: 'The signature of the access token is not right.' },
  expired: { sentence: 'The access token has expired.' },
  'not-yet-valid': { sentence: 'The access token is not valid yet, or lacks a claim.' },
  'missing-claim': { sentence: 'The access token does not name its client.' },
  'unknown-principal': {
    sentence: 'Whoever the access token is about is not known here any more.',
  },
  'insufficient-scope': {
    sentence: 'The access token does not let its client act for a person here.',
    scope: 'user_impersonation',
  },
}

const forOthers: ReadonlySet<RefusedToken> = new Set([
  'malformed',
  'unknown-issuer',
  'wrong-audience',
])

/** Whether the token was made for this application, with its issuer among ours: else it may be the application's own. */
export function isMeantForEdge(because: RefusedToken): boolean {
  return !forOthers.has(because)
}

/** The token is good, but a policy wants a sign-in that shows more or is newer (RFC 9470 §3). [S8] [S10] */
export function tokenNotEnough(
  code: 'mfa-required' | 'sign-in-too-old',
  { multiFactor: factors, maxAgeSeconds }: Demand,
): Problem {
  const sentence =
    code === 'mfa-required'
      ? 'A policy asks for a second factor.'
      : 'A policy asks for a newer sign-in.'
  const challenge = [
    'Bearer error="insufficient_user_authentication"',
    `error_description="${sentence}"`,
    ...(factors ? [`acr_values="${multiFactor}"`] : []),
    ...(maxAgeSeconds === undefined ? [] : [`max_age="${maxAgeSeconds}"`]),
  ]
  return {
    status: 401,
    code: 'insufficient-user-authentication',
    title: 'This sign-in is not enough',
    sentence,
    because: code,
    headers: ['WWW-Authenticate', challenge.join(', ')],
  }
}
