import { errors, type JWTPayload, jwtVerify } from 'jose'
import type { Clock } from '../../base/clock.ts'
import { Fault } from '../../base/fault.ts'
import type { TokenIssuer, TokenIssuers } from './token-issuer.ts'

/** An access token whose signature, issuer and times are right. Whom it is for, and whether that counts, is another matter. */
export interface AccessToken {
  readonly issuer: TokenIssuer
  readonly audiences: readonly string[]
  /** The client it was given to. */
  readonly clientId: string
  /** The client speaks for itself, and not for a person (RFC 9068 §2.2). */
  readonly isApplication: boolean
  readonly scopes: readonly string[]
  readonly roles: readonly string[]
  /** Epoch milliseconds. */
  readonly issuedAt: number
  readonly expiresAt: number
  readonly claims: Readonly<Record<string, unknown>>
}

export type TokenRefusal =
  | 'malformed'
  | 'unknown-issuer'
  | 'wrong-type'
  | 'wrong-audience'
  | 'bad-signature'
  | 'expired'
  | 'not-yet-valid'
  | 'missing-claim'

/** Longer tokens are refused unread: headers of servers end at 8 KiB as well. */
export const tokenMaxLength = 8_192
// What clocks may differ by. [S1]
const skewSeconds = 60

/**
 * Checks an access token (RFC 9068 §4, RFC 8725). `isForUs` judges its audiences before any signature is computed, so
 * that tokens for others cost nothing. Rejects only with faults of reaching the issuer's keys.
 */
export async function verifyAccessToken(
  token: string,
  issuers: TokenIssuers,
  isForUs: (audiences: readonly string[]) => boolean,
  clock: Clock,
): Promise<AccessToken | { readonly refused: TokenRefusal }> {
  const parts = readUnverified(token)
  if (!parts) return { refused: 'malformed' }
  const { header, payload } = parts
  const issuer = typeof payload.iss === 'string' ? issuers.find(payload.iss) : undefined
  if (!issuer) return { refused: 'unknown-issuer' }
  if (!isAccessToken(header, payload, issuer)) return { refused: 'wrong-type' }
  const audiences = textsOf(payload.aud)
  if (!isForUs(audiences)) return { refused: 'wrong-audience' }
  try {
    const { payload: claims } = await jwtVerify(token, issuer.keys, {
      issuer: issuer.issuer,
      algorithms: [...issuer.algorithms],
      clockTolerance: skewSeconds,
      currentDate: new Date(clock()),
      requiredClaims: ['sub', 'aud', 'exp', 'iat'],
    })
    return describe(issuer, claims, clock)
  } catch (thrown) {
    const refused = refusals[(thrown as { code?: string }).code ?? '']
    if (refused) return { refused }
    if (thrown instanceof errors.JOSEError && !(thrown instanceof errors.JWKSTimeout)) {
      return { refused: 'bad-signature' }
    }
    const message = 'the keys of an issuer of access tokens cannot be had'
    throw new Fault('provider-unavailable', message, { cause: thrown })
  }
}

const refusals: Readonly<Record<string, TokenRefusal>> = {
  ERR_JWT_EXPIRED: 'expired',
  ERR_JWT_CLAIM_VALIDATION_FAILED: 'not-yet-valid',
}

function describe(
  issuer: TokenIssuer,
  claims: JWTPayload,
  clock: Clock,
): AccessToken | { readonly refused: TokenRefusal } {
  const { iat = 0, exp = 0 } = claims
  const clientId = textOf(claims['client_id']) ?? textOf(claims['azp']) ?? textOf(claims['appid'])
  if (clientId === undefined) return { refused: 'missing-claim' }
  if (iat * 1000 > clock() + skewSeconds * 1000) return { refused: 'not-yet-valid' }
  const scopes = (textOf(claims['scp']) ?? textOf(claims['scope']) ?? '').split(' ').filter(Boolean)
  return {
    issuer,
    audiences: textsOf(claims.aud),
    clientId,
    isApplication: claims['idtyp'] === 'app',
    scopes,
    roles: textsOf(claims['roles']),
    issuedAt: iat * 1000,
    expiresAt: exp * 1000,
    claims,
  }
}

interface Unverified {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: JWTPayload
}

const compactPattern = /^[\w-]+\.[\w-]+\.[\w-]+$/

function readUnverified(token: string): Unverified | undefined {
  if (token.length > tokenMaxLength || !compactPattern.test(token)) return undefined
  const [header = '', payload = ''] = token.split('.')
  try {
    const read = { header: parse(header), payload: parse(payload) }
    return isObject(read.header) && isObject(read.payload) ? (read as Unverified) : undefined
  } catch {
    // No JSON.
    return undefined
  }
}

function parse(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString())
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// ID tokens and logout tokens of an issuer whose access tokens have no type of their own (OIDC Core §2, Back-Channel §2.4).
const ofOtherTokens = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'] as const

function isAccessToken(
  { typ }: Unverified['header'],
  payload: JWTPayload,
  issuer: TokenIssuer,
): boolean {
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : undefined
  if (type === 'at+jwt') return true
  if (issuer.typed || (type !== undefined && type !== 'jwt')) return false
  const says = payload['scp'] ?? payload['scope'] ?? payload['roles']
  return says !== undefined && !ofOtherTokens.some((name) => payload[name] !== undefined)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}
