import type { RawHeaders } from '../http/headers.ts'
import type { BodyReader, RequestBody } from './request-body.ts'

/** The body of one request on an HTTP/1.1 connection: whether somebody reads it, and how fast. */
export class Http1Body implements RequestBody {
  readonly #onFlow: () => void
  #reader: BodyReader | undefined
  #paused = false
  #over = false

  /** `onFlow` is called when bytes are wanted again, or no more. */
  constructor(onFlow: () => void) {
    this.#onFlow = onFlow
  }

  /** Whether bytes may be given to it. */
  get flowing(): boolean {
    return this.#reader !== undefined && !this.#paused && !this.#over
  }

  get over(): boolean {
    return this.#over
  }

  read(reader: BodyReader): void {
    this.#reader = reader
    // It broke off before anybody wanted it.
    if (this.#over) reader.onAbort()
    else this.#onFlow()
  }

  pause(): void {
    if (this.#paused || this.#over) return
    this.#paused = true
    this.#onFlow()
  }

  resume(): void {
    if (!this.#paused || this.#over) return
    this.#paused = false
    this.#onFlow()
  }

  give(chunk: Buffer): void {
    this.#reader?.onData(chunk)
  }

  end(trailers: RawHeaders): void {
    if (this.#over) return
    this.#over = true
    this.#reader?.onEnd(trailers)
  }

  abort(): void {
    if (this.#over) return
    this.#over = true
    this.#reader?.onAbort()
  }
}
