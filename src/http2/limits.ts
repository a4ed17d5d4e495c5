const kibibyte = 1024

/** What one HTTP/2 connection of a client is allowed (docs/conformance.md). */
export interface Http2Limits {
  /** Requests under way at once (Envoy's edge guide). One more is refused, and may be asked again. */
  readonly streamsMax: number
  /** Requests refused for that reason until the client is taken for one that does not care. */
  readonly refusedStreamsMax: number
  /** Body bytes of one request that we hold unread: a bound on memory that still fills 20 MB/s at 10 ms. */
  readonly streamWindowBytes: number
  /** The same over all requests of the connection (Envoy's edge guide). */
  readonly connectionWindowBytes: number
  /** All fields of one head after HPACK, by the sum of RFC 9113 §6.5.2; before HPACK it is no more either. */
  readonly headerListBytes: number
  /** Fields of one head after HPACK. More than any pipeline takes, so that it can say so itself. */
  readonly headerPairs: number
  /** CONTINUATION frames of one head: 64 KiB take three. */
  readonly continuationsMax: number
  /** From the handshake to the client's SETTINGS, and for a head once it has begun (R8). */
  readonly headersTimeoutMs: number
  /** A connection without a request (nginx). */
  readonly idleTimeoutMs: number
  /** An answer that waits, and of which the client takes nothing (R8). */
  readonly writeIdleTimeoutMs: number
  /** A WebSocket on which nobody says anything; applications that keep quiet ones ping them (R8). */
  readonly webSocketIdleTimeoutMs: number
  /** A body that is promised and does not come, while nothing is answered yet (R8). */
  readonly bodyIdleTimeoutMs: number
  /** What such a body has to bring on average once that time is over (R8); an answer is to be taken no slower. */
  readonly bodyBytesPerSecondMin: number
  /** What a client has to read a GOAWAY, and to close its end. */
  readonly closeTimeoutMs: number
  /** Streams that end early, by the client or through its fault, at once and per second (R14). */
  readonly resetBurst: number
  readonly resetsPerSecond: number
  /**
   * Frames that carry neither a head nor a body worth the name, at once and per second. No browser comes near; what a
   * fast reader acknowledges is not counted.
   */
  readonly idleFrameBurst: number
  readonly idleFramesPerSecond: number
  /** What waits for a socket that takes nothing, answers' bodies aside. */
  readonly outgoingBytesMax: number
  /** How often all of this is looked at. */
  readonly sweepIntervalMs: number
}

export const http2Limits: Http2Limits = {
  streamsMax: 100,
  refusedStreamsMax: 100,
  streamWindowBytes: 256 * kibibyte,
  connectionWindowBytes: 1024 * kibibyte,
  headerListBytes: 64 * kibibyte,
  headerPairs: 256,
  continuationsMax: 8,
  headersTimeoutMs: 10_000,
  idleTimeoutMs: 75_000,
  writeIdleTimeoutMs: 60_000,
  webSocketIdleTimeoutMs: 3_600_000,
  bodyIdleTimeoutMs: 30_000,
  bodyBytesPerSecondMin: 240,
  closeTimeoutMs: 2_000,
  resetBurst: 100,
  resetsPerSecond: 33,
  idleFrameBurst: 2_000,
  idleFramesPerSecond: 2_000,
  outgoingBytesMax: 1024 * kibibyte,
  sweepIntervalMs: 1_000,
}
