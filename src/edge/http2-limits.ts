import { messageLimits } from '../http1/limits.ts'

const kibibyte = 1024

/** What one HTTP/2 connection of a browser is allowed (docs/conformance.md says how each is proved). */
export interface Http2Limits {
  /** Requests under way at once (Envoy's edge guide). One more is refused, and may be repeated elsewhere. */
  readonly streamsMax: number
  /** Requests refused for that reason until the client is taken for one that does not care. */
  readonly refusedStreamsMax: number
  /** Body bytes of one request that we hold unread: a bound on memory that still fills 20 MB/s at 10 ms. */
  readonly streamWindowBytes: number
  /** The same over all requests of the connection (Envoy's edge guide). */
  readonly connectionWindowBytes: number
  /** All fields of one head after HPACK, by the sum of RFC 9113 §6.5.2. */
  readonly headerListBytes: number
  /** Fields of one head after HPACK above which it is not even read: more than the pipeline answers 431 for. */
  readonly headerPairs: number
  /** Frames that break the protocol, or are empty, until the connection has to go. */
  readonly invalidFramesMax: number
  /** From the handshake to the client's SETTINGS, and for a head once it has begun (R8). */
  readonly headersTimeoutMs: number
  /** A connection without a request (nginx). */
  readonly idleTimeoutMs: number
  /** An answer that waits, and of which the client takes nothing (R8). */
  readonly writeIdleTimeoutMs: number
  /** A body that is promised and does not come, while nothing is answered yet (R8). */
  readonly bodyIdleTimeoutMs: number
  /** What such a body has to bring on average once that time is over (R8). */
  readonly bodyBytesPerSecondMin: number
  /** What a client has to read a GOAWAY, to take a reset, to close its end. */
  readonly closeTimeoutMs: number
  /** Streams that end early, whoever resets them, at once and per second (R14). */
  readonly resetBurst: number
  readonly resetsPerSecond: number
  /**
   * Bytes that carry neither heads nor bodies (PING, SETTINGS, WINDOW_UPDATE, PRIORITY, padding, frame heads of tiny
   * DATA), at once and per second: some 20,000 frames, then 5,000 a second. No browser comes near.
   */
  readonly overheadBurstBytes: number
  readonly overheadBytesPerSecond: number
  /** How often all of this is looked at. */
  readonly sweepIntervalMs: number
}

export const http2Limits: Http2Limits = {
  streamsMax: 100,
  refusedStreamsMax: 100,
  streamWindowBytes: 256 * kibibyte,
  connectionWindowBytes: 1024 * kibibyte,
  headerListBytes: messageLimits.headBytes,
  headerPairs: 2 * messageLimits.headFields,
  invalidFramesMax: 100,
  headersTimeoutMs: 10_000,
  idleTimeoutMs: 75_000,
  writeIdleTimeoutMs: 60_000,
  bodyIdleTimeoutMs: 30_000,
  bodyBytesPerSecondMin: 240,
  closeTimeoutMs: 2_000,
  resetBurst: 100,
  resetsPerSecond: 33,
  overheadBurstBytes: 256 * kibibyte,
  overheadBytesPerSecond: 64 * kibibyte,
  sweepIntervalMs: 1_000,
}
