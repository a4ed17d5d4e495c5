import type { Socket } from 'node:net'
import { afterPoll, type Polled } from './after-poll.ts'
import { BackendConnection, type ConnectionOwner } from './backend-connection.ts'
import type { BackendFailure, Seeker } from './backend-exchange.ts'
import { noConnection, stopping } from './backend-failure.ts'
import { type Destination, type Intake, openBackendSocket } from './backend-socket.ts'

/** Event streams and long polls hold a connection each, so this is far above what answers need. */
const maxConnections = 1_024

/** Shorter than the 5 s after which Node, Apache and others close an idle connection without saying so. */
const idleConnectionMs = 4_000

/** Longest stay of an idle connection for a backend that announces more with `Keep-Alive: timeout=…`. */
const maxIdleConnectionMs = 60_000

/** Whoever signed in to a connection would have to do it again on the next one, so these are kept as long as may be. */
const boundIdleConnectionMs = maxIdleConnectionMs

/** Time for the news that the backend has closed to arrive. */
const closingNewsMs = 1_000

/** The HTTP/1.1 connections to one backend: used again when that is safe, opened when there is none. */
export class ConnectionPool implements ConnectionOwner {
  readonly #destination: Destination
  readonly #open = new Set<BackendConnection>()
  /** Those with a WebSocket: a backend may have many thousands, which the streams of the links bound. */
  readonly #switched = new Set<BackendConnection>()
  /** The one used last comes last and is used first, so that those in excess grow old. */
  readonly #idle: BackendConnection[] = []
  /** Connections somebody has signed in to, by the client's connection. */
  readonly #bound = new Map<string, BackendConnection[]>()
  readonly #waiting = new Set<Seeker>()
  #dialling = 0
  #closed = false

  constructor(destination: Destination) {
    this.#destination = destination
  }

  /** Finds `seeker` a connection of its own for one request; it is told later, never now. */
  seek(seeker: Seeker): void {
    const kept = this.#takeKept(seeker)
    if (kept) {
      afterPoll.add(new KeptConnection(this, kept, seeker))
      return
    }
    this.#waiting.add(seeker)
    this.#dialMore()
  }

  /** The seeker is gone. */
  forget(seeker: Seeker): void {
    this.#waiting.delete(seeker)
  }

  /** Closes what was idle for too long; `nowMs` is of the monotonic clock. */
  closeIdle(nowMs: number): void {
    for (const connections of [this.#idle, ...this.#bound.values()]) {
      for (const connection of connections) if (connection.idleUntilMs <= nowMs) connection.close()
    }
  }

  /** Ends every exchange and connection. */
  close(): void {
    this.#closed = true
    for (const seeker of this.#waiting) seeker.onFailure(stopping)
    this.#waiting.clear()
    for (const connection of [...this.#open, ...this.#switched]) connection.close()
  }

  /** Takes over a socket that was opened elsewhere. */
  adopt(socket: Socket, intake: Intake): void {
    const connection = new BackendConnection(this, socket)
    intake.reader = connection
    if (this.#closed || socket.destroyed) {
      connection.close()
      return
    }
    this.#open.add(connection)
    const [seeker] = this.#waiting
    if (seeker) this.#give(connection, seeker)
    else this.onIdle(connection)
  }

  /** A connection is free. */
  onIdle(connection: BackendConnection): void {
    const seeker = connection.boundTo === undefined ? this.#firstContent() : undefined
    if (seeker) {
      this.#waiting.delete(seeker)
      afterPoll.add(new KeptConnection(this, connection, seeker))
    } else this.#keep(connection)
  }

  onSwitched(connection: BackendConnection): void {
    this.#open.delete(connection)
    this.#switched.add(connection)
    this.#dialMore()
  }

  onGone(connection: BackendConnection): void {
    this.#open.delete(connection)
    this.#switched.delete(connection)
    const kept = this.#keptWith(connection.boundTo)
    const at = kept?.indexOf(connection) ?? -1
    if (at >= 0) kept?.splice(at, 1)
    if (kept?.length === 0 && connection.boundTo !== undefined)
      this.#bound.delete(connection.boundTo)
    this.#dialMore()
  }

  /** The seeker gets the connection unless one of them has left. */
  settle(connection: BackendConnection, seeker: Seeker): void {
    if (seeker.gone) {
      if (connection.usable) this.onIdle(connection)
    } else if (connection.usable) seeker.onTransport(connection)
    else this.seek(seeker)
  }

  #takeKept(seeker: Seeker): BackendConnection | undefined {
    if (seeker.fresh) return undefined
    const { boundTo } = seeker
    const own = boundTo === undefined ? undefined : this.#takeFrom(this.#bound.get(boundTo))
    return own ?? (seeker.bindsConnection ? undefined : this.#takeFrom(this.#idle))
  }

  #takeFrom(kept: BackendConnection[] | undefined): BackendConnection | undefined {
    const nowMs = performance.now()
    for (let connection = kept?.pop(); connection; connection = kept?.pop()) {
      if (connection.usable && connection.idleUntilMs > nowMs) return connection
      connection.close()
    }
    return undefined
  }

  /** The first who takes a connection that was used before, and need not have one of its own. */
  #firstContent(): Seeker | undefined {
    for (const seeker of this.#waiting) if (!seeker.fresh && !seeker.bindsConnection) return seeker
    return undefined
  }

  #keep(connection: BackendConnection): void {
    // Signed in to by somebody of whom nothing is known that would let us tell when he comes again.
    if (connection.boundTo === '') {
      connection.close()
      return
    }
    const bound = connection.boundTo !== undefined
    const announcedMs = connection.idleLimitMs
    const idleMs =
      announcedMs === undefined
        ? bound
          ? boundIdleConnectionMs
          : idleConnectionMs
        : Math.min(announcedMs - closingNewsMs, maxIdleConnectionMs)
    connection.idleUntilMs = performance.now() + idleMs
    this.#keptWith(connection.boundTo).push(connection)
  }

  #keptWith(boundTo: string | undefined): BackendConnection[] {
    if (boundTo === undefined) return this.#idle
    const kept = this.#bound.get(boundTo) ?? []
    this.#bound.set(boundTo, kept)
    return kept
  }

  #dialMore(): void {
    while (!this.#closed && this.#dialling < this.#waiting.size) {
      if (this.#open.size + this.#dialling >= maxConnections) {
        // Goes on when it is gone.
        this.#closeIdlest()
        return
      }
      this.#dial()
    }
  }

  #dial(): void {
    this.#dialling++
    const intake: Intake = { reader: undefined }
    openBackendSocket(this.#destination, ['http/1.1'], intake, (fault, socket) => {
      this.#dialling--
      if (socket) this.adopt(socket, intake)
      else this.#failFirst(noConnection(fault))
    })
  }

  #give(connection: BackendConnection, seeker: Seeker): void {
    this.#waiting.delete(seeker)
    if (seeker.bindsConnection) connection.boundTo = seeker.boundTo ?? ''
    seeker.onTransport(connection)
  }

  #failFirst(failure: BackendFailure): void {
    const [seeker] = this.#waiting
    if (!seeker) return
    this.#waiting.delete(seeker)
    seeker.onFailure(failure)
    this.#dialMore()
  }

  #closeIdlest(): void {
    const [kept = this.#idle] = this.#bound.values()
    const [idlest] = this.#idle.length > 0 ? this.#idle : kept
    idlest?.close()
  }
}

/** A kept connection and the request it is meant for, while the event loop looks whether it is still good. */
class KeptConnection implements Polled {
  readonly #pool: ConnectionPool
  readonly #connection: BackendConnection
  readonly #seeker: Seeker

  constructor(pool: ConnectionPool, connection: BackendConnection, seeker: Seeker) {
    this.#pool = pool
    this.#connection = connection
    this.#seeker = seeker
  }

  onPolled(): void {
    this.#pool.settle(this.#connection, this.#seeker)
  }
}
