import { createLocalJWKSet, type JWK, type JWTVerifyGetKey } from 'jose'
import type { PeopleStore, Person } from './person.ts'
import type { ProviderKeys } from './provider-keys.ts'
import { embeddedProviderId } from './signed-in.ts'

/** Somebody whose access tokens are believed. */
export interface TokenIssuer {
  readonly providerId: string
  readonly issuer: string
  /** What it signs with (RFC 8725 §3.1): never `none`, never a shared secret. */
  readonly algorithms: readonly string[]
  /** Its access tokens say `typ: at+jwt` (RFC 9068 §2.1), so nothing else is one. */
  readonly typed: boolean
  /** The key that a token's header names among the issuer's own; the header's own keys and addresses do not count. */
  readonly keys: JWTVerifyGetKey
  /** The person that these claims name; undefined when nobody here is meant. Rejects with the store's faults. */
  person(claims: Readonly<Record<string, unknown>>): Promise<Person | undefined>
}

/** Everybody whose access tokens are believed, by `iss`. */
export interface TokenIssuers {
  find(issuer: string): TokenIssuer | undefined
}

/** The embedded provider as an issuer of access tokens. */
export function embeddedIssuer(
  issuer: string,
  keys: ProviderKeys,
  people: Pick<PeopleStore, 'byId'>,
): TokenIssuer {
  return {
    providerId: embeddedProviderId,
    issuer,
    algorithms: [...new Set(keys.keys.flatMap(({ alg }) => alg ?? []))],
    typed: true,
    keys: createLocalJWKSet({ keys: keys.keys.map(publicHalf) }),
    person: async ({ sub }) => (typeof sub === 'string' ? people.byId(sub) : undefined),
  }
}

// RFC 7518 §6: what is private in a key of each kind.
function publicHalf(key: JWK): JWK {
  const {
    d: _d,
    p: _p,
    q: _q,
    dp: _dp,
    dq: _dq,
    qi: _qi,
    k: _k,
    oth: _oth,
    priv: _priv,
    ...rest
  } = key
  return rest
}
