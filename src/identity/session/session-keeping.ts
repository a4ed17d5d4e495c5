import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../base/clock.ts'
import type { Session, SessionStore } from '../session.ts'
import { endOf, isWorthNoting, judgeLifetime, type SessionRules, type Use } from './lifetime.ts'
import type { Renewals, Renewed } from './renewals.ts'

/** `unverified`: the provider has to be asked first, and does not answer. */
export type KeepingRefusal = 'expired' | 'ended' | 'unverified'

type Verdict = { readonly session: Session } | { readonly refused: KeepingRefusal }

/** What a process remembers of one session between requests. Times are epoch milliseconds. */
export interface Kept {
  session: Session | undefined
  ended: boolean
  seenAt: number
  /** What the store knows of that. */
  notedAt: number
  /** Nothing has to be looked at for `goodMs` after `lookedAt`, as long as these rules hold. */
  lookedAt: number
  goodMs: number
  rules: SessionRules | undefined
  /** 0 to 1, drawn at random. */
  readonly spread: number
  trouble: Trouble | undefined
}

/** Only where a session is being renewed, or could not be. */
interface Trouble {
  renewing: Promise<void> | undefined
  failures: number
  retryAt: number
  spent: boolean
}

/** What is remembered of a session that was not read yet. */
export function keepNothing(): Kept {
  return {
    session: undefined,
    ended: false,
    seenAt: 0,
    notedAt: 0,
    lookedAt: 0,
    goodMs: 0,
    rules: undefined,
    spread: Math.random(),
    trouble: undefined,
  }
}

/** Remembers a session as the store has it. */
export function learn(kept: Kept, session: Session): void {
  kept.session = session
  kept.seenAt = Math.max(kept.seenAt, session.seenAt)
  kept.notedAt = session.seenAt
  kept.goodMs = 0
}

// A request waits so long for the provider where nobody else vouches for the person.
const waitMaxMs = 5_000
// While a renewal is under way, here or elsewhere, and while there is none to be had.
const lookAgainMs = 1_000
const busyMs = 100
const backoffFirstMs = 1_000
const backoffMaxMs = 60_000
// Uses are written down together.
const noteEveryMs = 1_000
const notesMax = 200_000

/** Keeps sessions going beside the requests: renews them, writes down their use, and says when their time is up. */
export class SessionKeeping {
  rules: SessionRules
  renewals: Renewals | undefined
  readonly #store: SessionStore
  readonly #clock: Clock
  #notes = new Map<string, number>()
  #noting: NodeJS.Timeout | undefined

  constructor(store: SessionStore, rules: SessionRules, clock: Clock) {
    this.#store = store
    this.rules = rules
    this.#clock = clock
  }

  /** Whether a session counts now, at once unless somebody has to be asked. `uses`: the person does something with it. */
  look(kept: Kept, session: Session, uses: boolean): Verdict | Promise<Verdict> {
    const now = this.#clock()
    const age = now - kept.lookedAt
    // A clock that was set back makes it negative.
    if (age >= 0 && age < kept.goodMs && kept.rules === this.rules) {
      if (uses) kept.seenAt = now
      return { session }
    }
    return this.#lookClosely(kept, session, uses, now)
  }

  /** When a session ends if nobody uses it any more. */
  endsAt(session: Session, kept: Kept | undefined): number {
    const seenAt = Math.max(session.seenAt, kept?.seenAt ?? 0)
    return endOf(session, { seenAt }, this.rules)
  }

  #lookClosely(
    kept: Kept,
    session: Session,
    uses: boolean,
    now: number,
  ): Verdict | Promise<Verdict> {
    const standing = judgeLifetime(session, useOf(kept), this.#rulesOf(), now)
    if (standing.kind === 'over') return { refused: 'expired' }
    if (standing.kind === 'idle') return this.#confirmIdle(kept, session, uses, now)
    if (standing.kind === 'stale') return this.#awaitRenewal(kept, uses)
    if (standing.kind === 'due') void this.#renew(kept, session)
    if (uses) this.#noteUse(kept, session.id, now)
    kept.lookedAt = now
    kept.goodMs = standing.kind === 'good' ? standing.until - now : lookAgainMs
    kept.rules = this.rules
    return { session }
  }

  // Before there is somebody who renews, what the provider said counts until the session ends.
  #rulesOf(): SessionRules {
    return this.renewals ? this.rules : { ...this.rules, accessMs: () => Number.POSITIVE_INFINITY }
  }

  /** Another process may have seen a later use; if none has, the session is over everywhere. */
  async #confirmIdle(kept: Kept, session: Session, uses: boolean, now: number): Promise<Verdict> {
    try {
      const stored = await this.#store.find(session.id)
      if (!stored) kept.ended = true
      if (!stored || kept.ended) return { refused: 'expired' }
      if (stored.seenAt > kept.seenAt) {
        learn(kept, stored)
        return this.look(kept, stored, uses)
      }
      // A request that came meanwhile has used it.
      if (kept.seenAt >= now) return { session: stored }
      await this.#store.revoke({ sessionId: session.id })
      kept.ended = true
    } catch {
      // The store does not answer: whoever was away for so long waits until it does.
    }
    return { refused: 'expired' }
  }

  #noteUse(kept: Kept, id: string, now: number): void {
    kept.seenAt = now
    if (!isWorthNoting(kept.notedAt, this.rules, now)) return
    kept.notedAt = now
    if (this.#notes.size < notesMax) this.#notes.set(id, now)
    this.#noting ??= setTimeout(() => this.#writeNotes(), noteEveryMs).unref()
  }

  async #writeNotes(): Promise<void> {
    this.#noting = undefined
    const notes = this.#notes
    this.#notes = new Map()
    try {
      await this.#store.noteUse(notes)
    } catch {
      // The next use of each is written down in a while; until then these count in this process.
    }
  }

  /** The renewal under way, or one that begins; undefined when it is too early to try again, or of no use. */
  #renew(kept: Kept, session: Session): Promise<void> | undefined {
    const { renewals } = this
    const trouble = troubleOf(kept)
    if (trouble.renewing) return trouble.renewing
    if (!renewals || trouble.spent || this.#clock() < trouble.retryAt) return undefined
    trouble.renewing = renewals.renew(session).then((renewed) => {
      trouble.renewing = undefined
      this.#take(kept, trouble, renewed)
    })
    return trouble.renewing
  }

  #take(kept: Kept, trouble: Trouble, renewed: Renewed): void {
    kept.goodMs = 0
    if (renewed.kind === 'ended') kept.ended = true
    else if (renewed.kind === 'spent') trouble.spent = true
    else if (renewed.kind === 'renewed') {
      learn(kept, renewed.session)
      kept.trouble = undefined
    } else if (renewed.kind === 'unanswered') {
      const longest = Math.min(backoffMaxMs, backoffFirstMs * 2 ** trouble.failures)
      trouble.failures++
      trouble.retryAt = this.#clock() + longest * (0.5 + Math.random() / 2)
    }
  }

  /** For a session that nobody vouches for: whoever asks waits a while for the provider. */
  async #awaitRenewal(kept: Kept, uses: boolean): Promise<Verdict> {
    const patience = new AbortController()
    const { signal } = patience
    const late = sleep(waitMaxMs, undefined, { signal, ref: false })
    try {
      const verdict = await Promise.race([this.#untilRenewed(kept, uses, signal), late])
      return verdict ?? this.#goOnWithout(kept, uses)
    } finally {
      patience.abort()
    }
  }

  /** A provider that keeps people waiting is one that does not answer. [N3] */
  #goOnWithout(kept: Kept, uses: boolean): Verdict | Promise<Verdict> {
    const trouble = troubleOf(kept)
    trouble.failures = Math.max(1, trouble.failures)
    if (kept.ended || this.#isStale(kept)) return { refused: kept.ended ? 'ended' : 'unverified' }
    return this.#lookClosely(kept, kept.session as Session, uses, this.#clock())
  }

  async #untilRenewed(kept: Kept, uses: boolean, late: AbortSignal): Promise<Verdict> {
    while (!late.aborted) {
      const session = kept.session as Session // there was one when it was found stale
      const renewing = this.#renew(kept, session)
      if (!renewing) return { refused: kept.trouble?.spent ? 'expired' : 'unverified' }
      await renewing
      if (this.#isStale(kept)) await sleep(busyMs) // another process is at it
      if (kept.ended) return { refused: 'ended' }
      if (!this.#isStale(kept)) {
        return this.#lookClosely(kept, kept.session as Session, uses, this.#clock())
      }
    }
    return { refused: 'unverified' }
  }

  #isStale(kept: Kept): boolean {
    const { session, ended } = kept
    if (ended || !session) return false
    return judgeLifetime(session, useOf(kept), this.rules, this.#clock()).kind === 'stale'
  }
}

function useOf({ seenAt, notedAt, spread, trouble }: Kept): Use {
  return { seenAt, notedAt, spread, outage: trouble !== undefined && hasFailed(trouble) }
}

function hasFailed({ failures, spent }: Trouble): boolean {
  return failures > 0 || spent
}

function troubleOf(kept: Kept): Trouble {
  kept.trouble ??= { renewing: undefined, failures: 0, retryAt: 0, spent: false }
  return kept.trouble
}
