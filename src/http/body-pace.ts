/** How fast a body has to come. An attacker who holds a request open has to pay for it with bandwidth. */
export interface PaceLimits {
  /** The longest silence, and the time a body has before it is measured at all. */
  readonly bodyIdleTimeoutMs: number
  readonly bodyBytesPerSecondMin: number
}

/** Whether a body comes fast enough. It is told of bytes, and of time in steps. */
export class BodyPace {
  readonly #limits: PaceLimits
  #bytes = 0
  #silentMs = 0
  #activeMs = 0

  constructor(limits: PaceLimits) {
    this.#limits = limits
  }

  add(bytes: number): void {
    this.#bytes += bytes
    this.#silentMs = 0
  }

  /** So much time has passed in which we were ready to read. True when the body is too slow. */
  pass(elapsedMs: number): boolean {
    const { bodyIdleTimeoutMs, bodyBytesPerSecondMin } = this.#limits
    this.#silentMs += elapsedMs
    this.#activeMs += elapsedMs
    const allowedMs = bodyIdleTimeoutMs + (this.#bytes / bodyBytesPerSecondMin) * 1000
    return this.#silentMs >= bodyIdleTimeoutMs || this.#activeMs >= allowedMs
  }
}
