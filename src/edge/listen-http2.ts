import type { TLSSocket } from 'node:tls'
import type { Log } from '../base/log.ts'
import { type Http2Arrival, Http2Connection } from './http2-connection.ts'
import type { Http2Limits } from './http2-limits.ts'

/** What the listener tells of HTTP/2. */
export interface Http2Hooks {
  onHttp2Request(arrival: Http2Arrival): void
}

/** Keeps the connections that TLS has agreed on HTTP/2 for. */
export class Http2Listener {
  readonly #hooks: Http2Hooks
  readonly #limits: Http2Limits
  readonly #log: Log
  readonly #connections = new Set<Http2Connection>()
  #sweeping: NodeJS.Timeout | undefined
  #sweptAtMs = 0
  #draining = false

  constructor(hooks: Http2Hooks, log: Log, limits: Http2Limits) {
    this.#hooks = hooks
    this.#limits = limits
    this.#log = log
  }

  /** Speaks HTTP/2 on a socket that has an error listener. */
  accept(socket: TLSSocket): void {
    if (socket.destroyed) return
    const connection = new Http2Connection(socket, {
      limits: this.#limits,
      onRequest: (arrival) => this.#hooks.onHttp2Request(arrival),
      log: this.#log,
    })
    this.#connections.add(connection)
    socket.once('close', () => this.#forget(connection))
    if (this.#draining) connection.drain()
    if (this.#sweeping) return
    this.#sweptAtMs = performance.now()
    this.#sweeping = setInterval(() => this.#sweep(), this.#limits.sweepIntervalMs)
  }

  /** Requests under way end in peace, new ones are not taken. */
  drain(): void {
    this.#draining = true
    for (const connection of this.#connections) connection.drain()
  }

  #forget(connection: Http2Connection): void {
    this.#connections.delete(connection)
    if (this.#connections.size > 0) return
    clearInterval(this.#sweeping)
    this.#sweeping = undefined
  }

  #sweep(): void {
    const nowMs = performance.now()
    const elapsedMs = nowMs - this.#sweptAtMs
    this.#sweptAtMs = nowMs
    for (const connection of this.#connections) connection.sweep(nowMs, elapsedMs)
  }
}
