import { Violation } from './frame.ts'
import type { TunnelLimits } from './limits.ts'

const pingBytes = 8
const pingPayload = Buffer.alloc(pingBytes)

/** A second at the default pace, by when the echo of a PING is there over any usable line. */
const echoShare = 1 / 5

export interface HeartbeatActions {
  ping(payload: Buffer): void
  pong(payload: Buffer): void
  /** Once per heartbeat, for what else happens at that pace. */
  beat(): void
  dead(): void
}

/** Sends PING at a steady pace, answers the peer's, and tells when nothing at all has come for too long. [K3] */
export class Heartbeat {
  readonly #limits: TunnelLimits
  readonly #actions: HeartbeatActions
  #timer: NodeJS.Timeout | undefined
  #heardAt: number = performance.now()
  #due = 0
  #beatAt: number = performance.now()
  #heardSinceBeat = true
  #quiet = false
  #owed: Buffer | undefined

  constructor(limits: TunnelLimits, actions: HeartbeatActions) {
    this.#limits = limits
    this.#actions = actions
    this.#arm(limits.heartbeatMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  /** Bytes came: the peer lives. */
  heard(): void {
    this.#heardAt = performance.now()
    this.#heardSinceBeat = true
    this.#quiet = false
  }

  /** Whether the last PING has been without an echo for longer than a living peer takes. */
  get quiet(): boolean {
    return this.#quiet
  }

  /** A PONG is owed, to the latest PING only: a peer that pings without reading costs eight bytes. */
  receivePing(payload: Buffer): void {
    if (payload.length !== pingBytes) throw new Violation('protocol-error', 'a malformed ping')
    this.#owed = payload
  }

  /** That it came is all there is to know. */
  receivePong(payload: Buffer): void {
    if (payload.length !== pingBytes) throw new Violation('protocol-error', 'a malformed pong')
  }

  /** Sends the owed PONG, unless the socket is full: then with its next drain. */
  settle(socketIsFull: boolean): void {
    if (!this.#owed || socketIsFull) return
    this.#actions.pong(this.#owed)
    this.#owed = undefined
  }

  #arm(delayMs: number): void {
    this.#due = performance.now() + delayMs
    this.#timer = setTimeout(() => this.#tick(), delayMs)
  }

  #tick(): void {
    const now = performance.now()
    const lateMs = now - this.#due
    // If this process itself was held up, what the peer sent may lie unread: look again after reading it.
    const heldUp = lateMs >= this.#echoMs
    this.#forgive(now, lateMs, heldUp)
    const silentMs = now - this.#heardAt
    if (silentMs >= this.#limits.silenceMs) {
      this.#actions.dead()
      return
    }
    const sinceBeatMs = now - this.#beatAt
    if (sinceBeatMs >= this.#limits.heartbeatMs * 0.9) this.#beat(now)
    else if (!this.#heardSinceBeat && !heldUp) this.#quiet = true
    this.#armNext(now, silentMs)
  }

  /**
   * Time in which this process did not run is nobody's silence: where a whole machine stood still, the peer did as well.
   * After a long one it gets the time of an echo at least.
   */
  #forgive(now: number, lateMs: number, heldUp: boolean): void {
    const earliest = heldUp ? now - this.#limits.silenceMs + this.#echoMs : this.#heardAt
    this.#heardAt = Math.min(now, Math.max(this.#heardAt + Math.max(0, lateMs), earliest))
  }

  get #echoMs(): number {
    return this.#limits.heartbeatMs * echoShare
  }

  /** For the echo of a PING, the next PING, or the end of patience, whichever is first. */
  #armNext(now: number, silentMs: number): void {
    const { heartbeatMs, silenceMs } = this.#limits
    const sinceBeatMs = now - this.#beatAt
    const nextMs = sinceBeatMs < this.#echoMs ? this.#echoMs : heartbeatMs - sinceBeatMs
    this.#arm(Math.max(1, Math.min(nextMs, silenceMs - silentMs)))
  }

  #beat(now: number): void {
    this.#beatAt = now
    this.#heardSinceBeat = false
    this.#actions.ping(pingPayload)
    this.#actions.beat()
  }
}
