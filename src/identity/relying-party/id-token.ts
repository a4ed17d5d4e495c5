import { personClaims } from '../claims.ts'
import { tokenMaxBytes } from '../session/token-vault.ts'
import type { SignedIn } from '../signed-in.ts'
import { findTokenProblem } from './id-token-check.ts'

/** What a token endpoint gave, as far as it is of use; the ID token is checked, `claims` are its own. */
export interface TokenSet {
  readonly id_token?: string
  readonly access_token?: string
  readonly refresh_token?: string
  claims(): (Readonly<Record<string, unknown>> & { iss: string; sub: string }) | undefined
}

// A provider that lists more methods than this lists something else.
const amrMaxMethods = 16

/** Reads a checked ID token that was asked for at `askedAt`; epoch milliseconds. */
export function readIdToken(
  providerId: string,
  tokens: TokenSet,
  askedAt: number,
  now: number,
): SignedIn | { readonly refused: 'rejected'; readonly cause: string } {
  const claims = tokens.claims()
  const { id_token: idToken, refresh_token: refreshToken } = tokens
  if (!claims || !idToken) return { refused: 'rejected', cause: 'no ID token' }
  if (idToken.length > tokenMaxBytes) return { refused: 'rejected', cause: 'ID token over 64 KiB' }
  const problem = findTokenProblem({ idToken, claims, accessToken: tokens.access_token }, now)
  if (problem !== undefined) return { refused: 'rejected', cause: problem }
  return {
    providerId,
    issuer: claims.iss,
    subject: claims.sub,
    providerSessionId: textOf(claims['sid']),
    idToken,
    // One that is too long to be kept is as good as none.
    refreshToken: (refreshToken?.length ?? 0) > tokenMaxBytes ? undefined : refreshToken,
    authenticatedAt: authenticationTime(claims['auth_time'], now),
    askedAt,
    tellsWhen: isTime(claims['auth_time']),
    amr: methodsIn(claims['amr']),
    acr: textOf(claims['acr']),
    claims: personClaims(claims),
  }
}

// A time to come would make a sign-in look fresh for as long.
function authenticationTime(seconds: unknown, now: number): number {
  return isTime(seconds) ? Math.min(Math.floor(seconds * 1000), now) : now
}

function isTime(seconds: unknown): seconds is number {
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0
}

function methodsIn(amr: unknown): readonly string[] {
  if (!Array.isArray(amr)) return []
  return amr.filter((method) => typeof method === 'string').slice(0, amrMaxMethods)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
