import { constants, type ServerHttp2Stream } from 'node:http2'
import type { RawHeaders } from '../http/headers.ts'
import { BodyPace, type PaceLimits } from './body-pace.ts'
import type { BodyReader, RequestBody } from './request-body.ts'

export interface Http2BodyOptions {
  /** The client sends it only when told to (RFC 9110 §10.1.1). */
  readonly awaited: boolean
  readonly limits: PaceLimits
  /** Is told of every piece that was read. */
  readonly onBytes: (bytes: number) => void
}

/** What a client sends on one HTTP/2 stream behind the head. */
export class Http2Body implements RequestBody {
  readonly #stream: ServerHttp2Stream
  readonly #options: Http2BodyOptions
  readonly #pace: BodyPace
  #reader: BodyReader | undefined
  #paused = false
  /** Whole, broken off or no longer wanted. */
  #over = false
  #whole = false
  #trailers: RawHeaders = []

  constructor(stream: ServerHttp2Stream, options: Http2BodyOptions) {
    this.#stream = stream
    this.#options = options
    this.#pace = new BodyPace(options.limits)
  }

  /** All of it has come and was read. */
  get whole(): boolean {
    return this.#whole
  }

  /** Bytes that came and that nobody has read yet. */
  get waitingBytes(): number {
    return this.#stream.readableLength
  }

  read(reader: BodyReader): void {
    this.#reader = reader
    const stream = this.#stream
    if (this.#options.awaited && !stream.headersSent) stream.additionalHeaders({ ':status': 100 })
    stream.on('trailers', (_headers, _flags, raw: RawHeaders) => {
      this.#trailers = raw
    })
    stream.on('end', () => this.#end())
    // Whoever resets a stream ends its readable side as well: this comes first, and tells a part from a whole.
    stream.on('aborted', () => this.abort())
    stream.on('data', (chunk: Buffer) => this.#data(chunk))
  }

  pause(): void {
    this.#paused = true
    this.#stream.pause()
  }

  resume(): void {
    this.#paused = false
    this.#stream.resume()
  }

  /** So much time has passed. True when the client, and not the reader, is too slow. */
  isTooSlow(elapsedMs: number): boolean {
    if (this.#over || this.#paused || !this.#reader) return false
    return this.#pace.pass(elapsedMs)
  }

  /** Ends it for the reader. */
  abort(): void {
    if (this.#over) return
    this.#over = true
    this.#reader?.onAbort()
  }

  /** Nobody wants the rest: it is thrown away. */
  discard(): void {
    this.#over = true
    this.#stream.resume()
  }

  #data(chunk: Buffer): void {
    this.#options.onBytes(chunk.length)
    if (this.#over) return
    this.#pace.add(chunk.length)
    this.#reader?.onData(chunk)
  }

  #end(): void {
    if (this.#over) return
    // A HEAD whose body is reset tells it in no other way.
    this.#whole = this.#stream.rstCode === constants.NGHTTP2_NO_ERROR
    this.#over = true
    if (this.#whole) this.#reader?.onEnd(this.#trailers)
    else this.#reader?.onAbort()
  }
}
