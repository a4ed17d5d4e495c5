import type { PaceLimits } from '../http/body-pace.ts'

/**
 * What one HTTP/1.1 connection may cost (docs/decisions/0006-listener-limits.md). Times are looked at once a second, so
 * each may be a second longer.
 */
export interface Http1Limits extends PaceLimits {
  /** From the first byte of a head, or from the connection's beginning, to the head's end. */
  readonly headSeconds: number
  /** Between two requests. */
  readonly keepAliveSeconds: number
  /** For a client that takes nothing of what was written. */
  readonly writeIdleSeconds: number
  /** For a switched connection on which nobody says anything. */
  readonly webSocketIdleSeconds: number
  /** For the client to close, once the last answer is written. */
  readonly lingerSeconds: number
  /** What is kept of bytes that nobody wants yet; beyond it nothing is read. */
  readonly heldBytes: number
  /** How much of a body that nobody wanted is read for the sake of the next request. */
  readonly drainBytes: number
}

export const http1Limits: Http1Limits = {
  // Slow headers are the cheapest attack there is; Node's own default allows 91 s.
  headSeconds: 10,
  // What nginx does; browsers reconnect cheaply.
  keepAliveSeconds: 75,
  // A byte every ten seconds is no upload. 240 B/s is what IIS asks for.
  bodyIdleTimeoutMs: 30_000,
  bodyBytesPerSecondMin: 240,
  writeIdleSeconds: 60,
  // Applications that keep quiet sockets ping them every minute or so.
  webSocketIdleSeconds: 3600,
  // RFC 9112 §9.6: closed at once, the answer may be lost to a reset while the client still sends.
  lingerSeconds: 5,
  heldBytes: 64 * 1024,
  // Cheaper than a new TLS connection up to about here.
  drainBytes: 64 * 1024,
}
