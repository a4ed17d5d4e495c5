import { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
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

/** The body of a Node request, or the bytes that come on a socket. */
export class ReadableBody implements RequestBody {
  readonly #source: Readable
  #over = false

  constructor(source: Readable) {
    this.#source = source
  }

  read(reader: BodyReader): void {
    const source = this.#source
    const abort = () => {
      if (this.#over) return
      this.#over = true
      reader.onAbort()
    }
    source.on('error', abort)
    source.on('aborted', abort)
    source.on('close', abort)
    source.on('end', () => {
      if (this.#over) return
      this.#over = true
      reader.onEnd(source instanceof IncomingMessage ? source.rawTrailers : [])
    })
    source.on('data', (chunk: Buffer) => reader.onData(chunk))
  }

  pause(): void {
    this.#source.pause()
  }

  resume(): void {
    this.#source.resume()
  }
}
