import type { Seeker } from './backend-exchange.ts'
import type { Destination } from './backend-socket.ts'
import { ConnectionPool } from './connection-pool.ts'
import type { OutgoingRequest } from './request-head.ts'
import { SessionPool } from './session-pool.ts'

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
  /** For a backend that may be spoken to over HTTP/2. */
  readonly #sessions: SessionPool | undefined
  #repeats = repeatsMax

  constructor(destination: Destination, http2: boolean) {
    this.#connections = new ConnectionPool(destination)
    if (http2) this.#sessions = new SessionPool(destination, this.#connections)
  }

  /** Finds a way for one request. */
  seek(seeker: Seeker, request: OutgoingRequest): void {
    if (this.#repeats < repeatsMax) this.#repeats += 1 / requestsPerRepeat
    // What counts for a whole connection needs one of its own, and few servers take WebSockets over HTTP/2.
    const needsConnection =
      request.upgrade !== undefined || request.bindsConnection || seeker.boundTo !== undefined
    if (this.#sessions && !needsConnection) this.#sessions.seek(seeker)
    else this.#connections.seek(seeker)
  }

  /** The seeker is gone. */
  forget(seeker: Seeker): void {
    this.#connections.forget(seeker)
    this.#sessions?.forget(seeker)
  }

  /** Whether one more request may be sent a second time. */
  takeRepeat(): boolean {
    if (this.#repeats < 1) return false
    this.#repeats--
    return true
  }

  closeIdle(): void {
    const nowMs = performance.now()
    this.#connections.closeIdle(nowMs)
    this.#sessions?.closeIdle(nowMs)
  }

  close(): void {
    this.#sessions?.close()
    this.#connections.close()
  }
}
