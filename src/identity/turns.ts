/** Lets so many tasks run at once; the others wait their turn, up to a bound. */
export class Turns {
  readonly #atOnce: number
  readonly #waitingMax: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(atOnce: number, waitingMax: number) {
    this.#atOnce = atOnce
    this.#waitingMax = waitingMax
  }

  /** Runs the task in its turn; undefined when too many wait already. */
  async take<Value>(task: () => Promise<Value>): Promise<Value | undefined> {
    if (this.#running >= this.#atOnce) {
      if (this.#waiting.length >= this.#waitingMax) return undefined
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else this.#running++
    try {
      return await task()
    } finally {
      // Whoever is next takes over this place.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running--
    }
  }
}
