import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { Log } from '../base/log.ts'
import { Http2Connection } from '../http2/connection.ts'
import type { Http2Limits } from '../http2/limits.ts'
import type { Http2Stream } from '../http2/stream.ts'
import { serverNameOf } from './misdirected.ts'

/** What every request of one connection has in common. */
export interface ConnectionFacts {
  readonly peer: string
  readonly serverName: string | undefined
  /** Ours, on which it came in. */
  readonly port: number
}

/** What the listener tells of HTTP/2. */
export interface Http2Hooks {
  /** `acceptOwn` takes a socket that carries HTTP/1.1 for one of the edge's own hosts. */
  onHttp2Request(
    stream: Http2Stream,
    facts: ConnectionFacts,
    acceptOwn: (socket: Duplex) => void,
  ): void
}

/** Keeps the connections that TLS has agreed on HTTP/2 for. */
export class Http2Listener {
  readonly #hooks: Http2Hooks
  readonly #limits: Http2Limits
  readonly #log: Log
  readonly #acceptOwn: (socket: Duplex) => void
  readonly #connections = new Set<Http2Connection>()
  #sweeping: NodeJS.Timeout | undefined
  #sweptAtMs = 0
  #draining = false

  constructor(
    hooks: Http2Hooks,
    acceptOwn: (socket: Duplex) => void,
    log: Log,
    limits: Http2Limits,
  ) {
    this.#hooks = hooks
    this.#acceptOwn = acceptOwn
    this.#limits = limits
    this.#log = log
  }

  /** Speaks HTTP/2 on a socket that has an error listener. */
  accept(socket: TLSSocket): void {
    if (socket.destroyed) return
    const { remoteAddress: peer = '', localPort: port = 0 } = socket
    const facts = { peer, port, serverName: serverNameOf(socket) }
    const connection = new Http2Connection(socket, {
      limits: this.#limits,
      onRequest: (stream) => this.#hooks.onHttp2Request(stream, facts, this.#acceptOwn),
      onRefused: (because) =>
        this.#log.debug({ because, peer: facts.peer }, 'an HTTP/2 connection was ended'),
      onBug: (error) => this.#log.error({ error }, 'an HTTP/2 connection failed'),
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
