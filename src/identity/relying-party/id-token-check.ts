import { createHash } from 'node:crypto'
import { findNameProblem } from '../../base/json-names.ts'

// As for `exp` and `nbf`: clocks of servers are a minute apart at most.
const skewSeconds = 60
// An ID token is asked for when it is needed; one that is older was made for another sign-in.
const maxAgeSeconds = 10 * 60
// Deeper than any provider nests its claims.
const maxDepth = 16

/** An ID token whose signature, issuer, audience, nonce and expiry were checked. */
export interface CheckedToken {
  readonly idToken: string
  readonly claims: Readonly<Record<string, unknown>>
  /** That came with it. */
  readonly accessToken: string | undefined
}

/**
 * What else is wrong with an ID token, in words for the log: how old it is, the hash of the access token
 * (OIDC Core §3.1.3.7 and §3.1.3.8), and names that two readers would read differently. `now` in epoch milliseconds.
 */
export function findTokenProblem(token: CheckedToken, now: number): string | undefined {
  const { idToken, claims, accessToken } = token
  const { iat, at_hash: hash } = claims
  const age = typeof iat === 'number' ? now / 1000 - iat : Number.NaN
  if (!(age >= -skewSeconds)) return 'the ID token is from the future'
  if (age > maxAgeSeconds) return 'the ID token is too old'
  const [header = '', payload = ''] = idToken.split('.', 2).map(decodePart)
  if (findNameProblem(header, maxDepth) ?? findNameProblem(payload, maxDepth)) {
    return 'the ID token names something twice'
  }
  if (hash === undefined) return undefined
  const { alg } = JSON.parse(header) as { alg: string } // it was checked by it
  if (accessToken === undefined || hash !== accessTokenHash(alg, accessToken)) {
    return 'the ID token came with another access token'
  }
  return undefined
}

function decodePart(part: string): string {
  return Buffer.from(part, 'base64url').toString('utf8')
}

// The left half of the hash that the signature is made with; Ed25519 has SHA-512 in it (RFC 8032).
function accessTokenHash(algorithm: string, accessToken: string): string {
  const bits = /(256|384|512)$/.exec(algorithm)?.[1] ?? '512'
  const digest = createHash(`sha${bits}`).update(accessToken, 'ascii').digest()
  return digest.subarray(0, digest.length / 2).toString('base64url')
}
