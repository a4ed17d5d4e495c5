import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import type { Clock } from '../base/clock.ts'
import type { CountDecision, FailureCount, FailureCounts } from './failure-counts.ts'

const windowMs = 5 * 60 * 1000
// Ten guesses at one account from one place. The account as a whole allows more, so that nobody can lock out somebody
// else from afar, and stays under the 100 of NIST SP 800-63B §5.2.2. An office behind one address shares its limit.
const limits = { pair: 10, place: 50, account: 90 } as const
type Kind = keyof typeof limits
const kinds: readonly Kind[] = ['pair', 'place', 'account']

export type AttemptVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly retryAfterSeconds: number }

/** Slows down guessing of passwords: counts failures by account and place, each within five minutes, for all processes. */
export class Attempts {
  readonly #counts: FailureCounts
  readonly #clock: Clock

  constructor(counts: FailureCounts, clock: Clock) {
    this.#counts = counts
    this.#clock = clock
  }

  /** Counts one attempt as failed in advance, so that parallel guesses cannot slip through; or says when to return. */
  begin(account: string, address: string): Promise<AttemptVerdict> {
    const now = this.#clock()
    return this.#update(account, address, (counts) => judge(counts, now))
  }

  /** The password was right: this attempt does not count, and earlier typing errors are forgiven. */
  async succeed(account: string, address: string): Promise<void> {
    const now = this.#clock()
    await this.#update(account, address, (counts) => ({
      value: undefined,
      counts: counts.map((count, index) => forgive(running(count, now), kinds[index] as Kind)),
    }))
  }

  #update<Value>(account: string, address: string, decide: Decide<Value>): Promise<Value> {
    return this.#counts.update(keysOf(account, address), decide)
  }
}

type Decide<Value> = (counts: readonly (FailureCount | undefined)[]) => CountDecision<Value>

function judge(
  counts: readonly (FailureCount | undefined)[],
  now: number,
): CountDecision<AttemptVerdict> {
  const current = counts.map((count) => running(count, now))
  const full = current.filter(({ failures }, index) => failures >= limits[kinds[index] as Kind])
  if (full.length === 0) {
    const counted = current.map(({ failures, resetAt }) => ({ failures: failures + 1, resetAt }))
    return { value: { allowed: true }, counts: counted }
  }
  const resetAt = Math.max(...full.map((count) => count.resetAt))
  return { value: { allowed: false, retryAfterSeconds: Math.ceil((resetAt - now) / 1000) } }
}

function running(count: FailureCount | undefined, now: number): FailureCount {
  return count && count.resetAt > now ? count : { failures: 0, resetAt: now + windowMs }
}

function forgive({ failures, resetAt }: FailureCount, kind: Kind): FailureCount {
  return { failures: kind === 'pair' ? 0 : Math.max(0, failures - 1), resetAt }
}

/** In the order of `kinds`. */
function keysOf(account: string, address: string): readonly string[] {
  // Hashed, because a form may hold kilobytes where a name should be.
  const name = createHash('sha256').update(account.trim().toLowerCase()).digest('base64url')
  const place = placeOf(address)
  const keys: Record<Kind, string> = {
    pair: `pair\n${place}\n${name}`,
    place: `place\n${place}`,
    account: `account\n${name}`,
  }
  return kinds.map((kind) => keys[kind])
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
