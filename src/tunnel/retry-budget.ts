/** Requests per second attempt: more would multiply load in an outage. */
const requestsPerRetry = 10

/** Second attempts: one for ten requests, and at once as many as one lost peer may leave unanswered. [K3] */
export class RetryBudget {
  readonly #most: number
  #left: number

  constructor(most: number) {
    this.#most = most
    this.#left = most
  }

  /** A first attempt is made. */
  earn(): void {
    if (this.#left < this.#most) this.#left += 1 / requestsPerRetry
  }

  /** False when there were too many. */
  spend(): boolean {
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}
