import { createLocalJWKSet, type JWK, type JWTVerifyGetKey } from 'jose'
import type { Person } from '../person.ts'
import type { ProviderKeys } from '../provider/provider-keys.ts'
import type { RelyingParties } from '../relying-party/relying-parties.ts'
import { signatureAlgorithms } from '../relying-party/token-verifier.ts'
import { embeddedProviderId } from '../signed-in.ts'

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
  /** Its clients are applications of the directory, and may come for themselves. */
  readonly vouchesForPrograms: boolean
  /** The person whom a token of then is about; undefined for nobody here. Rejects with the store's faults. */
  person(subject: string, issuedAt: number): Promise<Person | undefined>
}

/** Finds people by access tokens; the directory implements it. */
export interface TokenPeople {
  /**
   * The person whom a token names, by person id or, of an external issuer, by its own subject; undefined for somebody
   * unknown, disabled, or since `issuedAt` (epoch milliseconds) signed out everywhere or, of our own issuer, given another
   * password.
   */
  byToken(
    subject: string,
    issuer: string | undefined,
    issuedAt: number,
  ): Promise<Person | undefined>
}

/** Everybody whose access tokens are believed, by `iss`. */
export interface TokenIssuers {
  find(issuer: string): TokenIssuer | undefined
}

/** The embedded provider as an issuer of access tokens. */
export function embeddedIssuer(
  issuer: string,
  keys: ProviderKeys,
  people: TokenPeople,
): TokenIssuer {
  return {
    providerId: embeddedProviderId,
    issuer,
    algorithms: [...new Set(keys.keys.flatMap(({ alg }) => alg ?? []))],
    typed: true,
    keys: createLocalJWKSet({ keys: keys.keys.map(publicHalf) }),
    vouchesForPrograms: true,
    person: (subject, issuedAt) => people.byToken(subject, undefined, issuedAt),
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

/** The embedded provider, and the external ones as they are configured now. */
export function believedIssuers(
  own: TokenIssuer,
  providers: RelyingParties,
  people: TokenPeople,
): TokenIssuers {
  return {
    find(issuer) {
      if (issuer === own.issuer) return own
      const party = providers.findByIssuer(issuer)
      if (!party) return undefined
      return {
        providerId: party.settings.id,
        issuer,
        algorithms: signatureAlgorithms,
        typed: false,
        keys: async (header, token) => (await party.keys())(header, token),
        // Whoever registers clients there could call one like a program that is registered here.
        vouchesForPrograms: false,
        person: (subject, issuedAt) => people.byToken(subject, issuer, issuedAt),
      }
    },
  }
}
