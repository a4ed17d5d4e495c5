import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../base/clock.ts'
import { asFault } from '../../base/fault.ts'
import type { Log } from '../../base/log.ts'
import { boundClaims } from '../claims.ts'
import type { Person } from '../person.ts'
import type { Session, SessionStore, SessionTokens } from '../session.ts'
import type { SignedIn } from '../signed-in.ts'
import { Turns } from '../turns.ts'
import { Outages } from './outages.ts'
import type { Refreshed } from './refreshed.ts'
import type { TokenVault } from './token-vault.ts'

/** Asks the provider of a session for new tokens. */
export type Refresh = (session: Session, tokens: SessionTokens) => Promise<Refreshed>

/** Who the person of an ID token is now; undefined when the directory does not know them. */
export type FindPerson = (signedIn: SignedIn) => Promise<Person | undefined>

export type Renewed =
  | { readonly kind: 'renewed'; readonly session: Session }
  /** The session is over, in the store too. */
  | { readonly kind: 'ended' }
  /** Somebody else is at it. */
  | { readonly kind: 'busy' }
  /** Nobody answered; it may be tried again. */
  | { readonly kind: 'unanswered' }
  /** Nobody answered and the token may have been used, so that it is never sent again. */
  | { readonly kind: 'spent' }

type Tell = (session: Session, result: 'signed-in' | 'renewal-refused') => void

// Beyond the 9 s that a refresh takes at most: who holds it longer has died.
const leaseMs = 15_000
// A hundred thousand sessions may come back at once after a restart; the provider feels so many of them.
const atOnce = 16
const waitingMax = 20_000
// Together with the 2 s that each try waits for the store: less than the lease.
const keepTries = 3
const keepPauseMs = 500

/**
 * Renews sessions at their provider without the browser. A refresh token is sent once: who renews holds a lease in the
 * store, and what came of the token is kept there, so that no other process sends it again, not even when this one dies.
 */
export class Renewals {
  readonly #store: SessionStore
  readonly #vault: TokenVault
  readonly #refresh: Refresh
  readonly #person: FindPerson
  readonly #reuseMs: (providerId: string) => number
  readonly #endSession: (sessionId: string) => Promise<unknown>
  readonly #clock: Clock
  readonly #log: Log
  readonly #tell: Tell
  readonly #turns = new Turns(atOnce, waitingMax)
  readonly #outages: Outages
  readonly #running = new Set<Promise<unknown>>()
  #closed = false

  constructor(options: {
    readonly store: SessionStore
    readonly vault: TokenVault
    readonly refresh: Refresh
    readonly person: FindPerson
    /** Milliseconds within which a provider forgives that a refresh token is sent twice. */
    readonly reuseMs: (providerId: string) => number
    /** Ends a session; in the store if unsaid. */
    readonly end?: (sessionId: string) => Promise<unknown>
    readonly clock: Clock
    readonly log: Log
    /** Told what the provider said. */
    readonly tell?: Tell | undefined
  }) {
    this.#store = options.store
    this.#vault = options.vault
    this.#refresh = options.refresh
    this.#person = options.person
    this.#reuseMs = options.reuseMs
    this.#endSession = options.end ?? ((sessionId) => this.#store.revoke({ sessionId }))
    this.#clock = options.clock
    this.#log = options.log
    this.#tell = options.tell ?? (() => {})
    this.#outages = new Outages(options.clock)
  }

  /** Never rejects: a store that fails is a provider that did not answer. */
  async renew(session: Session): Promise<Renewed> {
    const renewing = this.#renewInTurn(session)
    this.#running.add(renewing)
    try {
      return await renewing
    } finally {
      this.#running.delete(renewing)
    }
  }

  /** Begins none any more, and waits for those under way: what came of their tokens has to be kept. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#running)
  }

  async #renewInTurn(session: Session): Promise<Renewed> {
    const { providerId } = session
    const attempt = async (): Promise<Renewed> => {
      if (this.#closed || !this.#outages.mayTry(providerId)) return { kind: 'unanswered' }
      const askedAt = this.#clock()
      const renewed = await this.#renew(session)
      if (renewed.kind === 'unanswered') this.#outages.begin(providerId, askedAt)
      else if (renewed.kind === 'renewed') this.#outages.end(providerId)
      return renewed
    }
    try {
      return (await this.#turns.take(attempt)) ?? { kind: 'unanswered' }
    } catch (thrown) {
      const { code, message } = asFault(thrown)
      this.#log.warn({ code, error: message }, 'a session could not be renewed for now')
      return { kind: 'unanswered' }
    }
  }

  async #renew(session: Session): Promise<Renewed> {
    const now = this.#clock()
    const claimed = await this.#store.claimRenewal(session.id, {
      now,
      leaseUntil: now + leaseMs,
      knownAt: session.verifiedAt,
      reuseMs: this.#reuseMs(session.providerId),
    })
    if (claimed.kind !== 'claimed') return claimed
    const tokens = this.#vault.open(session.id, claimed.sealedTokens)
    // Sealed by a key that is gone: the person signs in anew.
    if (tokens?.refreshToken === undefined) return { kind: 'spent' }
    const refreshed = await this.#refresh(session, tokens)
    if ('refused' in refreshed) return this.#end(session, refreshed.refused, refreshed.cause)
    if ('unanswered' in refreshed) {
      this.#log.warn({ cause: refreshed.cause }, 'the provider did not renew a session')
      const unused = refreshed.unanswered === 'unsent'
      await this.#store.releaseRenewal(session.id, session.verifiedAt, unused)
      return { kind: 'unanswered' }
    }
    return this.#keepSurely(session, tokens, refreshed, now)
  }

  // The old refresh token is used up: what came of it must not be lost to a store that is busy for a moment.
  async #keepSurely(
    ...kept: [Session, SessionTokens, Extract<Refreshed, { refreshToken: unknown }>, number]
  ): Promise<Renewed> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#keep(...kept)
      } catch (thrown) {
        if (tries === keepTries) throw thrown
        await sleep(keepPauseMs)
      }
    }
  }

  async #keep(
    session: Session,
    before: SessionTokens,
    { signedIn, refreshToken }: Extract<Refreshed, { refreshToken: unknown }>,
    askedAt: number,
  ): Promise<Renewed> {
    const person = signedIn && (await this.#person(signedIn))
    if (signedIn && !(person?.enabled && person.id === session.personId))
      return this.#end(session, 'no-access', 'unknown or disabled')
    const tokens: SessionTokens = {
      idToken: signedIn?.idToken ?? before.idToken,
      // RFC 6749 §6: without a new one the old one goes on.
      refreshToken: refreshToken ?? before.refreshToken,
    }
    const renewed = await this.#store.settleRenewal(
      session.id,
      session.verifiedAt,
      {
        verifiedAt: askedAt,
        // A refresh is no sign-in (OIDC Core §12.2): when and how that was stays as it is.
        ...(signedIn && {
          providerSessionId: signedIn.providerSessionId ?? session.providerSessionId,
          claims: boundClaims(signedIn.claims).claims,
        }),
        ...(person && {
          userPrincipalName: person.userPrincipalName,
          displayName: person.displayName,
        }),
      },
      this.#vault.seal(session.id, tokens),
    )
    if (renewed) this.#tell(renewed, 'signed-in')
    // It was ended meanwhile, and stays so: what came for it is dropped.
    return renewed ? { kind: 'renewed', session: renewed } : { kind: 'ended' }
  }

  async #end(session: Session, because: string, cause: string | undefined): Promise<Renewed> {
    const { personId, applicationId } = session
    this.#log.info({ personId, applicationId, because, cause }, 'the provider ended a session')
    this.#tell(session, 'renewal-refused')
    try {
      await this.#endSession(session.id)
    } catch (thrown) {
      // It is over here in any case; whoever was to end it does so when the store can be written to again.
      this.#log.warn(
        { error: asFault(thrown).message },
        'a session that is over stands in the store',
      )
    }
    return { kind: 'ended' }
  }
}
