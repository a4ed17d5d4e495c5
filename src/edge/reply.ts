import type { RawHeaders } from '../http/headers.ts'
import type { RequestBody } from './request-body.ts'

/** Whoever writes an answer piece by piece. */
export interface ReplyWriter {
  /** The client left before the answer was whole. Called at most once. */
  onClose(): void
  /** The client has read: `write` may go on. */
  onDrain(): void
}

/** Where an answer goes: the same few verbs over HTTP/1.1 and HTTP/2. */
export interface Reply {
  readonly headSent: boolean
  /** True when the client is gone. */
  readonly closed: boolean
  inform(status: number, headers: RawHeaders): void
  /** `reason`, where there is one, is for those who can read it: HTTP/2 has none (RFC 9113 §8.3.2). */
  head(status: number, headers: RawHeaders, reason?: string): void
  /** False when the client reads slower than we write: wait for the writer's `onDrain`. */
  write(chunk: Uint8Array): boolean
  /** `trailers` are sent when the protocol can. */
  end(trailers: RawHeaders): void
  /** Head and whole body in one write. */
  whole(status: number, headers: RawHeaders, body: Uint8Array | string, reason?: string): void
  /** Ends the connection or stream so that the client sees an abort, never a clean end (RFC 9112 §8). */
  abort(): void
  /** The connection ends with this answer; over HTTP/2 the stream ends anyway. */
  endConnection(): void
  /**
   * Only on a request to upgrade: switches to the WebSocket. From then on `write`, `end` and `abort` are about the client's
   * half of it, and what the client says is in the body that comes back.
   */
  accept?(headers: RawHeaders): RequestBody
  /** Who is told of the client's pace and leaving. */
  writer: ReplyWriter | undefined
}
