import { Violation } from './frame.ts'
import type { TunnelLimits } from './limits.ts'

const pingBytes = 8
const pingPayload = Buffer.alloc(pingBytes)

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
    const silentMs = now - this.#heardAt
    // If this process itself was held up, what the peer sent may lie unread: look again after reading it.
    const late = now - this.#due > this.#limits.heartbeatMs / 2
    if (silentMs >= this.#limits.silenceMs && !late) {
      this.#actions.dead()
      return
    }
    if (now - this.#beatAt >= this.#limits.heartbeatMs * 0.9) this.#beat(now)
    const left = this.#limits.silenceMs - silentMs
    this.#arm(Math.max(1, left > 0 ? Math.min(this.#limits.heartbeatMs, left) : 1))
  }

  #beat(now: number): void {
    this.#beatAt = now
    this.#actions.ping(pingPayload)
    this.#actions.beat()
  }
}
