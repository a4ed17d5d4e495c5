import { sign } from 'node:crypto'
import type { AssertionKey } from './assertion-keys.ts'

/** What an assertion says, beside its times: claims as RFC 7519 and OpenID Connect Core §5.1 name them. */
export interface AssertedIdentity {
  readonly iss: string
  /** The application's app id. */
  readonly aud: string
  readonly sub: string
  readonly [claim: string]: unknown
}

/** Long enough for clocks that differ, short enough to be worthless in a log. */
export const assertionLifetimeSeconds = 300
// Its own type (RFC 8725 §3.11): nobody can take it for an ID token or an access token, nor these for it.
const type = 'sallyport-assertion+jwt'

/** A JWT signed with ES256, good from this epoch second for five minutes. Takes some 50 µs. */
export function signAssertion(
  identity: AssertedIdentity,
  key: AssertionKey,
  nowSeconds: number,
): string {
  const times = { iat: nowSeconds, nbf: nowSeconds, exp: nowSeconds + assertionLifetimeSeconds }
  const header = encode({ alg: 'ES256', typ: type, kid: key.kid })
  const signed = `${header}.${encode({ ...identity, ...times })}`
  // RFC 7518 §3.4: the two numbers side by side, not DER.
  const options = { key: key.privateKey, dsaEncoding: 'ieee-p1363' as const }
  return `${signed}.${sign('sha256', Buffer.from(signed), options).toString('base64url')}`
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
