import type { Clock } from '../base/clock.ts'
import { Recent } from './recent.ts'

const windowMs = 5 * 60 * 1000
// Ten guesses at one account from one place. The account as a whole allows more, so that nobody can lock out somebody
// else from afar, and stays under the 100 of NIST SP 800-63B §5.2.2. An office behind one address shares its limit.
const limits = { pair: 10, address: 50, account: 90 } as const
const maxCounters = 100_000

interface Counter {
  failures: number
  readonly resetAt: number
}

export type AttemptVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly retryAfterSeconds: number }

/** Slows down guessing of passwords: counts failures by account and address, each within five minutes. */
export class Attempts {
  readonly #clock: Clock
  readonly #counters = new Recent<string, Counter>(maxCounters)

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts one attempt as failed in advance, so that parallel guesses cannot slip through; or says when to return. */
  begin(account: string, address: string): AttemptVerdict {
    const counters = this.#of(account, address)
    const full = counters.filter(({ counter, limit }) => counter.failures >= limit)
    if (full.length > 0) {
      const resetAt = Math.max(...full.map(({ counter }) => counter.resetAt))
      const retryAfterSeconds = Math.ceil((resetAt - this.#clock()) / 1000)
      return { allowed: false, retryAfterSeconds }
    }
    for (const { counter } of counters) counter.failures++
    return { allowed: true }
  }

  /** The password was right: this attempt does not count, and earlier typing errors are forgiven. */
  succeed(account: string, address: string): void {
    for (const { counter, kind } of this.#of(account, address)) {
      counter.failures = kind === 'pair' ? 0 : Math.max(0, counter.failures - 1)
    }
  }

  #of(account: string, address: string) {
    const name = account.trim().toLowerCase()
    return [
      { kind: 'pair', limit: limits.pair, counter: this.#counter(`pair\n${address}\n${name}`) },
      { kind: 'address', limit: limits.address, counter: this.#counter(`address\n${address}`) },
      { kind: 'account', limit: limits.account, counter: this.#counter(`account\n${name}`) },
    ] as const
  }

  #counter(key: string): Counter {
    const now = this.#clock()
    const known = this.#counters.get(key)
    if (known && known.resetAt > now) return known
    const counter: Counter = { failures: 0, resetAt: now + windowMs }
    this.#counters.set(key, counter)
    return counter
  }
}
