import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import type { Clock } from '../base/clock.ts'
import { Recent } from './recent.ts'

const windowMs = 5 * 60 * 1000
// Ten guesses at one account from one place. The account as a whole allows more, so that nobody can lock out somebody
// else from afar, and stays under the 100 of NIST SP 800-63B §5.2.2. An office behind one address shares its limit.
const limits = { pair: 10, place: 50, account: 90 } as const
type Kind = keyof typeof limits
// Only attempts that are allowed are counted, three times each, and each costs a password check, of which a machine does
// about a hundred a second: 90,000 counters in five minutes. The newest half stays, so no flood pushes out those that matter.
const maxCounters = 200_000

interface Counter {
  failures: number
  readonly resetAt: number
}

export type AttemptVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly retryAfterSeconds: number }

/** Slows down guessing of passwords: counts failures by account and place, each within five minutes. */
export class Attempts {
  readonly #clock: Clock
  readonly #counters = new Recent<string, Counter>(maxCounters)

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts one attempt as failed in advance, so that parallel guesses cannot slip through; or says when to return. */
  begin(account: string, address: string): AttemptVerdict {
    const now = this.#clock()
    const keys = keysOf(account, address)
    let resetAt = 0
    for (const [kind, key] of keys) {
      const counter = this.#running(key, now)
      if (counter && counter.failures >= limits[kind]) resetAt = Math.max(resetAt, counter.resetAt)
    }
    if (resetAt > 0) {
      return { allowed: false, retryAfterSeconds: Math.ceil((resetAt - now) / 1000) }
    }
    for (const [, key] of keys) this.#count(key, now)
    return { allowed: true }
  }

  /** The password was right: this attempt does not count, and earlier typing errors are forgiven. */
  succeed(account: string, address: string): void {
    const now = this.#clock()
    for (const [kind, key] of keysOf(account, address)) {
      const counter = this.#running(key, now)
      if (counter) counter.failures = kind === 'pair' ? 0 : Math.max(0, counter.failures - 1)
    }
  }

  #running(key: string, now: number): Counter | undefined {
    const counter = this.#counters.get(key)
    return counter && counter.resetAt > now ? counter : undefined
  }

  #count(key: string, now: number): void {
    const counter = this.#running(key, now)
    if (counter) counter.failures++
    else this.#counters.set(key, { failures: 1, resetAt: now + windowMs })
  }
}

function keysOf(account: string, address: string): readonly (readonly [Kind, string])[] {
  // Hashed, because a form may hold kilobytes where a name should be.
  const name = createHash('sha256').update(account.trim().toLowerCase()).digest('base64url')
  const place = placeOf(address)
  return [
    ['pair', `pair\n${place}\n${name}`],
    ['place', `place\n${place}`],
    ['account', `account\n${name}`],
  ]
}

// RFC 6177: whoever has IPv6 has at least a /64 of it, so that one machine has more addresses than could be counted.
function placeOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address
  const [head = '', tail] = address.split('::', 2)
  const groups = head === '' ? [] : head.split(':')
  if (tail !== undefined) {
    const last = tail === '' ? [] : tail.split(':')
    while (groups.length + last.length < 8) groups.push('0')
    groups.push(...last)
  }
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
