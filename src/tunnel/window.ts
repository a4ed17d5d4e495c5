import { Violation } from './frame.ts'
import type { TunnelLimits } from './limits.ts'

/** What all streams of a link may receive above their initial credit, together. */
export class GrowthBudget {
  readonly #keptBytes: number
  #free: number

  constructor({ growthBytesPerLink, movingBytesPerLink }: TunnelLimits) {
    this.#free = growthBytesPerLink
    this.#keptBytes = movingBytesPerLink
  }

  /** For a stream that begins to move. */
  takeFirst(bytes: number): boolean {
    if (bytes > this.#free) return false
    this.#free -= bytes
    return true
  }

  /** At most a quarter of what is free goes to one stream at a time, so that there is something left for the next. */
  take(bytes: number): boolean {
    if (bytes > (this.#free - this.#keptBytes) / 4) return false
    this.#free -= bytes
    return true
  }

  giveBack(bytes: number): void {
    this.#free += bytes
  }

  get free(): number {
    return this.#free
  }
}

/**
 * The receiving side of one stream's credit (spec.md §Credit). It grows as soon as, and doubles while the stream moves and its reader keeps
 * up, so that one stream reaches the bandwidth-delay product, and goes back to the initial credit when it rests.
 */
export class ReceiveWindow {
  readonly #limits: TunnelLimits
  readonly #budget: GrowthBudget
  /** How much may be on its way or held here at any time. */
  #size: number
  /** How much the peer may still send. */
  #allowance: number
  /** Received and not yet passed on. */
  #held = 0
  /** Taken from the budget. */
  #reserved = 0
  #moved = false

  constructor(limits: TunnelLimits, budget: GrowthBudget) {
    this.#limits = limits
    this.#budget = budget
    this.#size = limits.initialCreditBytes
    this.#allowance = limits.initialCreditBytes
  }

  get size(): number {
    return this.#size
  }

  /** Bytes that arrived. Throws `Violation` when there was no credit for them. */
  receive(bytes: number): void {
    if (bytes > this.#allowance) throw new Violation('flow-control', 'data beyond the credit')
    this.#allowance -= bytes
    this.#held += bytes
  }

  /** Bytes that were passed on; more than were held count as all of them. Returns the credit to send, 0 mostly. */
  pass(bytes: number): number {
    this.#held -= Math.min(bytes, this.#held)
    this.#moved = true
    const outstanding = this.#allowance + this.#held
    if (this.#reserved > this.#size - this.#limits.initialCreditBytes) this.#shed(outstanding)
    // Told at every quarter, a window can double twice in one round trip: 8 MiB are reached in three.
    if (outstanding > (this.#size * 3) / 4) return 0
    if (this.#held <= this.#size / 4) this.#grow()
    const credit = this.#size - outstanding
    this.#allowance += credit
    return credit
  }

  /** Called once per heartbeat: a stream that rested falls back. Credit the peer has cannot be taken back, only used up. */
  rest(): void {
    if (!this.#moved) this.#size = this.#limits.initialCreditBytes
    this.#moved = false
  }

  /** The stream is over. */
  close(): void {
    this.#budget.giveBack(this.#reserved)
    this.#reserved = 0
  }

  #grow(): void {
    const { movingCreditBytes, creditBytesMax } = this.#limits
    const isFirst = this.#size < movingCreditBytes
    const size = isFirst ? movingCreditBytes : Math.min(2 * this.#size, creditBytesMax)
    const growth = size - this.#size
    if (growth <= 0) return
    const taken = isFirst ? this.#budget.takeFirst(growth) : this.#budget.take(growth)
    if (!taken) return
    this.#size = size
    this.#reserved += growth
  }

  #shed(outstanding: number): void {
    const needed = Math.max(outstanding, this.#size) - this.#limits.initialCreditBytes
    if (needed >= this.#reserved) return
    this.#budget.giveBack(this.#reserved - needed)
    this.#reserved = needed
  }
}
