import { createHash } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import { boundClaims, personClaims } from '../identity/claims.ts'
import type { Person } from '../identity/person.ts'
import { Recent } from '../identity/recent.ts'
import type { Session } from '../identity/session.ts'
import { type AccessToken, verifyAccessToken } from '../identity/token/access-token.ts'
import type { TokenIssuers } from '../identity/token/token-issuer.ts'
import { type Access, authorize } from '../policy/access.ts'
import type { RoutedApplication, RouteTable } from '../publishing/route-table.ts'
import type { RefusedToken } from '../refusal/token-refusals.ts'

/** What a bearer token lets in, or why it does not. */
export type TokenVerdict = { readonly session: Session } | { readonly refused: RefusedToken }

/** What of a snapshot tells who a token is about. */
interface Principals {
  readonly version: number
  /** Clients that may speak for themselves: app id → id of the service principal. */
  readonly principals: ReadonlyMap<string, string>
}

// Some 4 kB each.
const cacheCapacity = 10_000
/** What a client must have been granted to speak for a person, as in the original. */
const delegatedScope = 'user_impersonation'

// No id of a stored session has a colon.
const tokenSessionPrefix = 'token:'

/** Whether a session is an access token's, and in no store. */
export function isByToken({ id }: Pick<Session, 'id'>): boolean {
  return id.startsWith(tokenSessionPrefix)
}

const programs = new WeakSet<Session>()

/** Whether nobody is behind it but a program that speaks for itself. */
export function isProgram(session: Session): boolean {
  return programs.has(session)
}

/** What of a snapshot tells whether they may still enter. */
interface Snapshot extends Principals {
  readonly routes: Pick<RouteTable, 'applications'>
  readonly access: Access
}

interface Entry {
  readonly token: AccessToken
  /** Who that is, as of this snapshot. */
  verdict: TokenVerdict
  version: number
}

/**
 * Access tokens in place of cookies. A signature is checked once; who the token is about is asked again after every change
 * of the directory, so that nobody keeps what was taken from them. [S10] [S9]
 */
export class BearerTokens {
  readonly #issuers: TokenIssuers
  readonly #clock: Clock
  readonly #entries = new Recent<string, Entry>(cacheCapacity)

  constructor(options: { issuers: TokenIssuers; clock: Clock }) {
    this.#issuers = options.issuers
    this.#clock = options.clock
  }

  /** Rejects with the store's faults, and those of reaching an issuer. */
  check(
    token: string,
    application: RoutedApplication,
    snapshot: Principals,
  ): TokenVerdict | Promise<TokenVerdict> {
    const key = createHash('sha256').update(`${application.id}\n${token}`).digest('base64url')
    const known = this.#entries.get(key)
    if (!known) return this.#verify(key, token, application, snapshot)
    if (known.token.expiresAt <= this.#clock()) return { refused: 'expired' }
    if (known.version === snapshot.version) return known.verdict
    return this.#isBelieved(known.token)
      ? this.#identify(key, known.token, application, snapshot)
      : this.#verify(key, token, application, snapshot)
  }

  /** What `check` would say now of the token behind a session that it gave: for open streams. Rejects as `check` does. */
  revisit(sessionId: string, snapshot: Snapshot): TokenVerdict | Promise<TokenVerdict> {
    const key = sessionId.slice(tokenSessionPrefix.length)
    const known = this.#entries.get(key)
    // Driven out by ten thousand others: whoever holds the token comes again with it.
    if (!known || known.token.expiresAt <= this.#clock()) return { refused: 'expired' }
    const { verdict } = known
    if ('refused' in verdict) return verdict
    const { applicationId, personId } = verdict.session
    const application = snapshot.routes.applications.get(applicationId)
    if (!application || !authorize(snapshot.access, applicationId, personId).allowed) {
      return { refused: 'unknown-principal' }
    }
    if (known.version === snapshot.version) return verdict
    if (!this.#isBelieved(known.token)) return { refused: 'unknown-issuer' }
    return this.#identify(key, known.token, application, snapshot)
  }

  // The issuer may have been taken away since, or set up anew as another one.
  #isBelieved({ issuer }: AccessToken): boolean {
    return this.#issuers.find(issuer.issuer)?.providerId === issuer.providerId
  }

  async #verify(
    key: string,
    token: string,
    application: RoutedApplication,
    snapshot: Principals,
  ): Promise<TokenVerdict> {
    const isForUs = (audiences: readonly string[]) => isFor(application, audiences)
    const verified = await verifyAccessToken(token, this.#issuers, isForUs, this.#clock)
    if ('refused' in verified) return verified
    return this.#identify(key, verified, application, snapshot)
  }

  async #identify(
    key: string,
    token: AccessToken,
    application: RoutedApplication,
    snapshot: Principals,
  ): Promise<TokenVerdict> {
    const verdict = await identify(key, token, application, snapshot)
    this.#entries.set(key, { token, verdict, version: snapshot.version })
    return verdict
  }
}

/** The application's names in `aud`: its app id and its identifier URIs. */
function isFor(
  { appId, identifierUris }: RoutedApplication,
  audiences: readonly string[],
): boolean {
  return audiences.some(
    (audience) =>
      audience === appId || audience === `api://${appId}` || identifierUris.includes(audience),
  )
}

async function identify(
  key: string,
  token: AccessToken,
  application: RoutedApplication,
  snapshot: Principals,
): Promise<TokenVerdict> {
  const facts = factsOf(key, token, application.id)
  if (token.isApplication) {
    if (!token.issuer.vouchesForPrograms) return { refused: 'unknown-principal' }
    const principalId = snapshot.principals.get(token.clientId)
    if (principalId === undefined) return { refused: 'unknown-principal' }
    // No names: what an administrator calls a program must not pass for a person's name at the application.
    const session = { ...facts, personId: principalId, userPrincipalName: '', displayName: '' }
    programs.add(session)
    return { session }
  }
  if (!token.scopes.includes(delegatedScope)) return { refused: 'insufficient-scope' }
  const { sub } = token.claims
  const person = typeof sub === 'string' && (await token.issuer.person(sub, token.issuedAt))
  if (!person) return { refused: 'unknown-principal' }
  return { session: ofPerson(facts, person) }
}

/** What an access token says of the sign-in that it came from. */
interface TokenFacts extends Pick<AccessToken, 'claims' | 'issuedAt' | 'expiresAt' | 'roles'> {
  readonly issuer: Pick<AccessToken['issuer'], 'providerId'>
}

type Names = Pick<Person, 'id' | 'userPrincipalName' | 'displayName'>

/** A person's access token for the edge's own API as a session, for policies to judge. */
export function sessionOfToken(token: TokenFacts, applicationId: string, person: Names): Session {
  return ofPerson(factsOf('own', token, applicationId), person)
}

function ofPerson(facts: ReturnType<typeof factsOf>, person: Names): Session {
  const { id: personId, userPrincipalName, displayName } = person
  return { ...facts, personId, userPrincipalName, displayName }
}

/** An access token as a session that is in no store. */
function factsOf(key: string, token: TokenFacts, applicationId: string) {
  const { claims, issuedAt } = token
  const authTime = claims['auth_time']
  const { acr, amr, sid } = claims
  return {
    id: `${tokenSessionPrefix}${key}`,
    applicationId,
    providerId: token.issuer.providerId,
    providerSessionId: typeof sid === 'string' ? sid : undefined,
    createdAt: issuedAt,
    verifiedAt: issuedAt,
    refreshable: false,
    seenAt: issuedAt,
    expiresAt: token.expiresAt,
    authenticatedAt: typeof authTime === 'number' ? Math.min(authTime * 1000, issuedAt) : issuedAt,
    amr: Array.isArray(amr) ? amr.filter((method) => typeof method === 'string') : [],
    acr: typeof acr === 'string' ? acr : undefined,
    claims: boundClaims({ ...personClaims(claims), roles: token.roles }).claims,
  }
}
