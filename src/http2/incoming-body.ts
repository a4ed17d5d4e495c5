import { BodyPace, type PaceLimits } from '../http/body-pace.ts'
import type { RawHeaders } from '../http/headers.ts'
import { keepWaiting } from '../http/waiting-bytes.ts'

/** Who takes a request's body piece by piece. After `onEnd` or `onAbort` nothing more comes. */
export interface BodyReader {
  onData(chunk: Buffer): void
  /** The body is whole; its trailers as they stood on the wire. */
  onEnd(trailers: RawHeaders): void
  /** It broke off, and must never look complete to anybody. */
  onAbort(): void
}

/** The body of one request: what came and is not read yet, whether it is all, and whether it comes fast enough. */
export class IncomingBody {
  readonly #declaredBytes: number | undefined
  readonly #onRead: (bytes: number) => void
  readonly #pace: BodyPace
  #bytes = 0
  #reader: BodyReader | undefined
  #paused = false
  #unread: Buffer[] = []
  #trailers: RawHeaders = []
  #ended = false
  #over = false

  /** `declaredBytes`: what Content-Length says. `onRead` is told of bytes that take no more room. */
  constructor(
    declaredBytes: number | undefined,
    limits: PaceLimits,
    onRead: (bytes: number) => void,
  ) {
    this.#declaredBytes = declaredBytes
    this.#onRead = onRead
    this.#pace = new BodyPace(limits)
  }

  /** The client has sent all of it. */
  get ended(): boolean {
    return this.#ended
  }

  /** False when it is longer than declared (RFC 9113 §8.1.1). */
  receive(chunk: Buffer): boolean {
    this.#bytes += chunk.length
    if (this.#declaredBytes !== undefined && this.#bytes > this.#declaredBytes) return false
    this.#pace.add(chunk.length)
    if (this.#over) this.#onRead(chunk.length)
    else if (this.#reader && !this.#paused) this.#give(chunk)
    else keepWaiting(this.#unread, chunk)
    return true
  }

  /** False when it is shorter than declared. */
  end(trailers: RawHeaders): boolean {
    this.#ended = true
    if (this.#declaredBytes !== undefined && this.#bytes !== this.#declaredBytes) return false
    this.#trailers = trailers
    this.#finish()
    return true
  }

  read(reader: BodyReader): void {
    this.#reader = reader
    // It broke off before anybody wanted it.
    if (this.#over) reader.onAbort()
    else this.#giveUnread()
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#giveUnread()
  }

  /** So much time has passed. True when the client, and not the reader, is too slow. */
  isTooSlow(elapsedMs: number): boolean {
    if (this.#over || this.#ended || this.#paused || !this.#reader) return false
    return this.#pace.pass(elapsedMs)
  }

  /** No more comes. */
  abort(): void {
    if (this.#over) return
    this.#drop()
    this.#reader?.onAbort()
  }

  /** Nobody wants the rest. */
  discard(): void {
    if (!this.#over) this.#drop()
  }

  #drop(): void {
    this.#over = true
    for (const chunk of this.#unread) this.#onRead(chunk.length)
    this.#unread = []
  }

  #give(chunk: Buffer): void {
    this.#onRead(chunk.length)
    if (chunk.length > 0) this.#reader?.onData(chunk)
  }

  #giveUnread(): void {
    while (this.#reader && !this.#paused && !this.#over) {
      const chunk = this.#unread.shift()
      if (!chunk) break
      this.#give(chunk)
    }
    this.#finish()
  }

  #finish(): void {
    if (!this.#ended || this.#over || this.#paused || !this.#reader) return
    if (this.#unread.length > 0) return
    this.#over = true
    this.#reader.onEnd(this.#trailers)
  }
}
