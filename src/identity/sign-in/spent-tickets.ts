import type { Clock } from '../../base/clock.ts'

// One minute of tickets: far more sign-ins than an edge can do. When full, hand-over is refused and costs a redirect.
const maxTickets = 200_000

/**
 * Tickets that were handed in, so that each counts once. Other processes are told of it and hear of theirs; a ticket
 * that is shown to two of them in the same millisecond counts twice, which is no more than whoever stole it could have
 * had by being first.
 */
export class SpentTickets {
  readonly #clock: Clock
  readonly #announce: (id: string, forgetAt: number) => void
  /** Ticket id → when it may be forgotten; nearly in the order they expire. */
  readonly #spent = new Map<string, number>()

  /** `announce` tells the other processes. */
  constructor(clock: Clock, announce: (id: string, forgetAt: number) => void = () => {}) {
    this.#clock = clock
    this.#announce = announce
  }

  /** False when the ticket was handed in before, here or elsewhere, or when there are too many to tell. */
  spend(id: string, lifetimeMs: number): boolean {
    const now = this.#clock()
    this.#forget(now)
    if (this.#spent.has(id) || this.#spent.size >= maxTickets) return false
    this.#spent.set(id, now + lifetimeMs)
    this.#announce(id, now + lifetimeMs)
    return true
  }

  /** Another process took this ticket. */
  learn(id: string, forgetAt: number): void {
    this.#forget(this.#clock())
    // Full: each process refuses on its own, and what is known longest is what must not be pushed out.
    if (this.#spent.size < maxTickets) this.#spent.set(id, forgetAt)
  }

  #forget(now: number): void {
    for (const [id, forgetAt] of this.#spent) {
      if (forgetAt > now) break
      this.#spent.delete(id)
    }
  }
}
