import { createHash } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import { networkOf } from '../../http/network.ts'
import type { CountDecision, FailureCount, FailureCounts } from './failure-counts.ts'

/** How many failures each count bears within the window, milliseconds. */
export interface AttemptLimits {
  /** Keeps the counts of one secret apart from those of another. */
  readonly what: string
  readonly windowMs: number
  /** One account from one place. */
  readonly pair: number
  /** An office behind one address shares this. */
  readonly place: number
  /** One account from everywhere. */
  readonly account: number
}

/**
 * Ten guesses at one account from one place. The account as a whole allows more, so that it takes many places to lock
 * somebody out from afar, and stays under the 100 of NIST SP 800-63B §5.2.2. A browser in which the person signed in
 * before is counted by itself: whoever guesses elsewhere does not lock it out.
 */
export const passwordLimits: AttemptLimits = {
  what: 'password',
  windowMs: 5 * 60_000,
  pair: 10,
  place: 50,
  account: 90,
}

/**
 * A code has six digits, and three of them are right at any time; whoever guesses at it knows the password already.
 * Ten in a quarter of an hour are 3 in 1,000 a day.
 */
export const codeLimits: AttemptLimits = {
  what: 'code',
  windowMs: 15 * 60_000,
  pair: 5,
  place: 50,
  account: 10,
}

/** Who tries, where: the account by a name that is the same however it was spelt. */
export interface Attempt {
  readonly account: string
  readonly address: string
  /** A browser known to be the person's own. */
  readonly knownBrowser?: string | undefined
}

export type AttemptVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly retryAfterSeconds: number }

/** Slows down guessing: counts failures by account and place, for all processes. */
export class Attempts {
  readonly #counts: FailureCounts
  readonly #clock: Clock
  readonly #limits: AttemptLimits

  constructor(counts: FailureCounts, clock: Clock, limits: AttemptLimits) {
    this.#counts = counts
    this.#clock = clock
    this.#limits = limits
  }

  /** Counts one attempt as failed in advance, so that parallel guesses cannot slip through; or says when to return. */
  begin(attempt: Attempt): Promise<AttemptVerdict> {
    const now = this.#clock()
    const counters = countersOf(this.#limits, attempt)
    return this.#counts.update(keysOf(counters), (counts) =>
      judge(counters, this.#running(counts, now), now),
    )
  }

  /** The secret was right: this attempt does not count, and earlier typing errors are forgiven. */
  async succeed(attempt: Attempt): Promise<void> {
    const now = this.#clock()
    const counters = countersOf(this.#limits, attempt)
    await this.#counts.update(keysOf(counters), (counts) => ({
      value: undefined,
      counts: this.#running(counts, now).map(({ failures, resetAt }, i) => ({
        failures: counters[i]?.ownOnly ? 0 : Math.max(0, failures - 1),
        resetAt,
      })),
    }))
  }

  #running(counts: readonly (FailureCount | undefined)[], now: number): readonly FailureCount[] {
    const latest = now + this.#limits.windowMs
    const fresh = { failures: 0, resetAt: latest }
    // One that ends later than any can began before the clock was put back, and would last as much longer.
    return counts.map((count) =>
      count && count.resetAt > now && count.resetAt <= latest ? count : fresh,
    )
  }
}

interface Counter {
  readonly key: string
  readonly limit: number
  /** Nobody else is counted here, so that a success forgives everything. */
  readonly ownOnly: boolean
}

function countersOf(limits: AttemptLimits, attempt: Attempt): readonly Counter[] {
  // Hashed, because a form may hold kilobytes where a name should be.
  const account = createHash('sha256').update(attempt.account).digest('base64url')
  const { what } = limits
  if (attempt.knownBrowser !== undefined) {
    const key = `${what} browser\n${attempt.knownBrowser}\n${account}`
    return [{ key, limit: limits.pair, ownOnly: true }]
  }
  const place = networkOf(attempt.address)
  return [
    { key: `${what} pair\n${place}\n${account}`, limit: limits.pair, ownOnly: true },
    { key: `${what} place\n${place}`, limit: limits.place, ownOnly: false },
    { key: `${what} account\n${account}`, limit: limits.account, ownOnly: false },
  ]
}

function keysOf(counters: readonly Counter[]): readonly string[] {
  return counters.map(({ key }) => key)
}

function judge(
  counters: readonly Counter[],
  current: readonly FailureCount[],
  now: number,
): CountDecision<AttemptVerdict> {
  const full = current.filter(({ failures }, i) => failures >= (counters[i]?.limit ?? 0))
  if (full.length === 0) {
    const counted = current.map(({ failures, resetAt }) => ({ failures: failures + 1, resetAt }))
    return { value: { allowed: true }, counts: counted }
  }
  const resetAt = Math.max(...full.map((count) => count.resetAt))
  return { value: { allowed: false, retryAfterSeconds: Math.ceil((resetAt - now) / 1000) } }
}
