import type { Socket } from 'node:net'
import { BodyPace } from '../http/body-pace.ts'
import type { Http1Limits } from './limits.ts'

/** Counts seconds; one for all connections, so that no request needs a timer of its own. */
export interface SecondsClock {
  readonly seconds: number
}

type Awaited = 'nothing' | 'head' | 'body' | 'traffic'

const sweepMs = 1_000

/** What one connection waits for, and whether it has waited too long. */
export class Http1Timer {
  readonly #limits: Http1Limits
  readonly #clock: SecondsClock
  #awaited: Awaited = 'nothing'
  #deadline = 0
  #pace: BodyPace | undefined
  #traffic = 0
  #unsent = 0
  #unsentSince = 0

  constructor(limits: Http1Limits, clock: SecondsClock) {
    this.#limits = limits
    this.#clock = clock
  }

  awaitNothing(): void {
    this.#awaited = 'nothing'
  }

  awaitHead(): void {
    this.#await('head', this.#limits.headSeconds)
  }

  awaitRequest(): void {
    this.#pace = undefined
    this.#await('head', this.#limits.keepAliveSeconds)
  }

  /** The next body, or more of the one that nobody wanted for a while. */
  awaitBody(): void {
    this.#pace ??= new BodyPace(this.#limits)
    this.#awaited = 'body'
  }

  awaitTraffic(): void {
    this.#await('traffic', this.#limits.webSocketIdleSeconds)
  }

  /** For the client to close its side. */
  awaitEnd(): void {
    this.#await('head', this.#limits.lingerSeconds)
  }

  /** So much of the body has come. */
  noteBody(bytes: number): void {
    this.#pace?.add(bytes)
  }

  /** Whether what is awaited has not come in time. Asked once a second. */
  isLate(socket: Socket): boolean {
    if (this.#awaited === 'nothing') return false
    if (this.#awaited === 'body') return this.#pace?.pass(sweepMs) === true
    if (this.#clock.seconds < this.#deadline) return false
    if (this.#awaited === 'head') return true
    const traffic = socket.bytesRead + socket.bytesWritten
    if (traffic === this.#traffic) return true
    this.#traffic = traffic
    this.awaitTraffic()
    return false
  }

  /** Whether the client has long taken nothing of what was written. Asked once a second. */
  isStalled(socket: Socket): boolean {
    const { seconds } = this.#clock
    const unsent = socket.writableLength
    if (unsent !== this.#unsent || unsent === 0) {
      this.#unsent = unsent
      this.#unsentSince = seconds
    }
    return seconds - this.#unsentSince >= this.#limits.writeIdleSeconds
  }

  #await(awaited: Awaited, seconds: number): void {
    this.#awaited = awaited
    this.#deadline = this.#clock.seconds + seconds
  }
}
