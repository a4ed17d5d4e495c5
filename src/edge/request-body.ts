import type { RawHeaders } from '../http/headers.ts'

/** Who takes a request's body piece by piece. After `onEnd` or `onAbort` nothing more comes. */
export interface BodyReader {
  onData(chunk: Buffer): void
  /** The body is whole; its trailers as they stood on the wire. */
  onEnd(trailers: RawHeaders): void
  /** It broke off, and must never look complete to anybody (RFC 9112 §8). */
  onAbort(): void
}

/** What a client sends behind the head, over HTTP/1.1 or HTTP/2. Nothing flows before `read`. */
export interface RequestBody {
  /** At most once. */
  read(reader: BodyReader): void
  pause(): void
  resume(): void
}
