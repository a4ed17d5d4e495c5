import type { Socket } from 'node:net'
import type { Fault } from '../base/fault.ts'
import type { Seeker } from './backend-exchange.ts'
import { noConnection, stopping } from './backend-failure.ts'
import { BackendSession, type SessionOwner } from './backend-session.ts'
import { type Destination, type Intake, openBackendSocket } from './backend-socket.ts'
import type { ConnectionPool } from './connection-pool.ts'

/** With a hundred streams each, as much as HTTP/1.1 is allowed. */
const maxSessions = 10

/** Long enough for a person to read a page, shorter than what firewalls forget. */
const idleSessionMs = 60_000

/** How long a backend that does not speak HTTP/2 is believed to stay that way. */
const http1OnlyMs = 300_000

/**
 * The HTTP/2 sessions with one backend. Over TLS both protocols are offered and the backend chooses (RFC 7301); without
 * TLS HTTP/2 is spoken at once (RFC 9113 §3.3).
 */
export class SessionPool implements SessionOwner {
  readonly #destination: Destination
  readonly #connections: ConnectionPool
  readonly #sessions = new Set<BackendSession>()
  readonly #waiting = new Set<Seeker>()
  #dialling = false
  #closed = false
  #http1UntilMs = 0

  /** `connections` serve the requests of a backend that speaks only HTTP/1.1 after all. */
  constructor(destination: Destination, connections: ConnectionPool) {
    this.#destination = destination
    this.#connections = connections
  }

  seek(seeker: Seeker): void {
    if (performance.now() < this.#http1UntilMs) {
      this.#connections.seek(seeker)
      return
    }
    const session = this.#findRoom()
    if (session) {
      seeker.onTransport(session)
      return
    }
    this.#waiting.add(seeker)
    this.#dial()
  }

  forget(seeker: Seeker): void {
    this.#waiting.delete(seeker)
  }

  closeIdle(nowMs: number): void {
    for (const session of this.#sessions) {
      const { idleSinceMs } = session
      if (idleSinceMs !== undefined && idleSinceMs + idleSessionMs < nowMs) session.close()
    }
  }

  close(): void {
    this.#closed = true
    for (const seeker of this.#waiting) seeker.onFailure(stopping)
    this.#waiting.clear()
    for (const session of [...this.#sessions]) session.close()
  }

  onRoom(session: BackendSession): void {
    for (const seeker of this.#waiting) {
      if (!session.hasRoom) break
      this.#waiting.delete(seeker)
      seeker.onTransport(session)
    }
    if (this.#waiting.size > 0) this.#dial()
  }

  onGone(session: BackendSession): void {
    this.#sessions.delete(session)
    if (this.#waiting.size > 0) this.#dial()
  }

  onHttp1Required(): void {
    this.#http1UntilMs = performance.now() + http1OnlyMs
  }

  #findRoom(): BackendSession | undefined {
    for (const session of this.#sessions) if (session.hasRoom) return session
    return undefined
  }

  /** One at a time: a session takes many requests, so those that come meanwhile may need no other. */
  #dial(): void {
    if (this.#dialling || this.#closed || this.#sessions.size >= maxSessions) return
    this.#dialling = true
    const intake: Intake = { reader: undefined }
    openBackendSocket(this.#destination, ['h2', 'http/1.1'], intake, (fault, socket) => {
      this.#dialling = false
      if (fault) this.#failAll(fault)
      else this.#take(socket, intake)
    })
  }

  #take(socket: Socket, intake: Intake): void {
    const chosen = 'alpnProtocol' in socket ? socket.alpnProtocol : 'h2'
    if (chosen !== 'h2') {
      this.onHttp1Required()
      this.#connections.adopt(socket, intake)
      for (const seeker of this.#takeWaiting()) this.#connections.seek(seeker)
      return
    }
    const session = new BackendSession(this, this.#destination, socket)
    if (this.#closed) {
      session.close()
      return
    }
    this.#sessions.add(session)
    this.onRoom(session)
  }

  #failAll(fault: Fault): void {
    for (const seeker of this.#takeWaiting()) seeker.onFailure(noConnection(fault))
  }

  #takeWaiting(): readonly Seeker[] {
    const seekers = [...this.#waiting]
    this.#waiting.clear()
    return seekers
  }
}
