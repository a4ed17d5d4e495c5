import type { HttpClient } from './http-client.ts'

// How often requests are sent: a burst of a few, as many as are due.
const tickMs = 10

// A machine that stood still for a moment must not be given all of its work at once: no edge has to stand that, and where
// eight others compute as well, 500 new connections take longer than a client waits.
const runningMax = 100

/** One request that did not come back as it should. */
export interface FailedRequest {
  readonly method: string
  readonly target: string
  readonly outcome: string
}

/** Requests at a steady rate whatever becomes of the ones before, each to a target of its own. */
export class SteadyLoad implements AsyncDisposable {
  readonly #client: HttpClient
  readonly #base: string
  readonly #timer: NodeJS.Timeout
  readonly #running = new Set<Promise<void>>()
  #tickedAt: number = performance.now()
  #due = 0
  readonly failures: FailedRequest[] = []
  sent = 0
  succeeded = 0

  /** `base` is the URL before the target; every tenth request is a POST with a body, the others are GETs. */
  constructor(client: HttpClient, base: string, perSecond: number) {
    this.#client = client
    this.#base = base
    this.#timer = setInterval(() => {
      const now = performance.now()
      this.#due += ((now - this.#tickedAt) * perSecond) / 1000
      this.#tickedAt = now
      for (; this.#due >= 1; this.#due--) if (this.#running.size < runningMax) this.#send()
    }, tickMs)
  }

  /** Sends no more; resolves when all are answered. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#running)
  }

  /** A few failures in words, and how many there are; empty when there are none. */
  describe(failures: readonly FailedRequest[] = this.failures): string {
    if (failures.length === 0) return ''
    const some = failures
      .slice(0, 3)
      .map(({ method, target, outcome }) => `${method} ${target}: ${outcome}`)
    return `${failures.length} of ${this.sent}: ${some.join(' | ')}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  #send(): void {
    const target = `load/${this.sent++}`
    const method = this.sent % 10 === 0 ? 'POST' : 'GET'
    const running = this.#ask(method, target).finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  async #ask(method: string, target: string): Promise<void> {
    try {
      const body = method === 'POST' ? { body: 'once' } : {}
      const answer = await this.#client.request(this.#base + target, { method, ...body })
      if (answer.status === 200) this.succeeded++
      else this.failures.push({ method, target, outcome: `${answer.status} ${answer.text}` })
    } catch (error) {
      this.failures.push({ method, target, outcome: String(error) })
    }
  }
}
