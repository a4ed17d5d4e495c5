/** Something that waits for the event loop to have looked at every socket. */
export interface Polled {
  onPolled(): void
}

/**
 * Calls `onPolled` once a whole poll phase of the event loop has begun and ended after `add`. What lay in the kernel for
 * a connection while the loop was busy has been read by then: an answer that nobody asked for, a refusal, the close. All
 * that wait in one turn share two immediates.
 */
class AfterPoll {
  /** Added in this turn: the poll phase of the turn may have begun before. */
  #fresh: Polled[] = []
  #due: Polled[] = []
  #scheduled = false

  add(waiting: Polled): void {
    this.#fresh.push(waiting)
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(this.#turn)
  }

  readonly #turn = (): void => {
    const ready = this.#due
    this.#due = this.#fresh
    this.#fresh = []
    for (const waiting of ready) waiting.onPolled()
    this.#scheduled = this.#due.length + this.#fresh.length > 0
    if (this.#scheduled) setImmediate(this.#turn)
  }
}

/** One for all connections. */
export const afterPoll: AfterPoll = new AfterPoll()
