import type { Seeker } from './backend-exchange.ts'
import type { Destination } from './backend-socket.ts'
import { ConnectionPool } from './connection-pool.ts'
import type { OutgoingRequest } from './request-head.ts'

/** Repeats that a backend in trouble may be burdened with at once, and how many requests earn one more. [R15] */
const repeatsMax = 32
const requestsPerRepeat = 10

/** One internal application as the connector sees it: its connections, and what keeps it from being asked too much. */
export class Backend {
  /** Exchanges in progress. */
  active = 0
  /** By the wall clock. */
  lastUsedMs: number = Date.now()
  readonly #connections: ConnectionPool
  #repeats = repeatsMax

  constructor(destination: Destination, _http2: boolean) {
    this.#connections = new ConnectionPool(destination)
  }

  /** Finds the way for one request; `seeker` is told later, never now. */
  seek(seeker: Seeker, _request: OutgoingRequest): void {
    if (this.#repeats < repeatsMax) this.#repeats += 1 / requestsPerRepeat
    this.#connections.seek(seeker)
  }

  forget(seeker: Seeker): void {
    this.#connections.forget(seeker)
  }

  /** Whether one more request may be sent a second time. */
  takeRepeat(): boolean {
    if (this.#repeats < 1) return false
    this.#repeats--
    return true
  }

  closeIdle(): void {
    this.#connections.closeIdle(performance.now())
  }

  close(): void {
    this.#connections.close()
  }
}
