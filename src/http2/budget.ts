/** So much at once, and so much per second after that: a token bucket. */
export class Budget {
  readonly #burst: number
  readonly #perSecond: number
  #left: number
  #atMs: number

  /** `nowMs` is any clock that never goes back, the same one for every call. */
  constructor(burst: number, perSecond: number, nowMs: number) {
    this.#burst = burst
    this.#perSecond = perSecond
    this.#left = burst
    this.#atMs = nowMs
  }

  /** False when more was taken than there was. */
  take(amount: number, nowMs: number): boolean {
    const gained = ((nowMs - this.#atMs) / 1000) * this.#perSecond
    this.#left = Math.min(this.#burst, this.#left + gained) - amount
    this.#atMs = nowMs
    return this.#left >= 0
  }

  /** Gives so much back, up to the burst. */
  give(amount: number): void {
    this.#left = Math.min(this.#burst, this.#left + amount)
  }
}
