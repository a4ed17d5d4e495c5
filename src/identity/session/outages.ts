import type { Clock } from '../../base/clock.ts'

const firstPauseMs = 1_000
const pauseMaxMs = 30_000

interface Outage {
  readonly failures: number
  readonly failedAt: number
  nextAt: number
}

/** Providers that did not answer: one question after the other finds out when they do again, and not one per session. */
export class Outages {
  readonly #clock: Clock
  readonly #outages = new Map<string, Outage>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether to ask this provider now; while it is out of reach one may, and no other until a pause is over. */
  mayTry(providerId: string): boolean {
    const outage = this.#outages.get(providerId)
    if (!outage) return true
    const now = this.#clock()
    if (now < outage.nextAt) return false
    outage.nextAt = now + pauseAfter(outage.failures)
    return true
  }

  /** A question that was asked at `askedAt` had no answer. Those that were asked together count as one. */
  begin(providerId: string, askedAt: number): void {
    const now = this.#clock()
    const known = this.#outages.get(providerId)
    if (known && askedAt <= known.failedAt) return
    const failures = (known?.failures ?? 0) + 1
    this.#outages.set(providerId, { failures, failedAt: now, nextAt: now + pauseAfter(failures) })
  }

  end(providerId: string): void {
    this.#outages.delete(providerId)
  }
}

function pauseAfter(failures: number): number {
  const longest = Math.min(pauseMaxMs, firstPauseMs * 2 ** (failures - 1))
  return longest * (0.5 + Math.random() / 2)
}
