import { Readable } from 'node:stream'

/** Bytes that may wait for the backend's socket before the edge's credit is held back. */
const highWaterMark = 65_536

/** The body of one request on its way to the backend; credit goes back to the edge as the backend takes the bytes. */
export class RequestBody extends Readable {
  readonly #declaredLength: number | undefined
  readonly #grant: (bytes: number) => void
  readonly #refuse: (problem: string) => void
  #received = 0
  #owed = 0

  /** `declaredLength` is the request's Content-Length; a body of another length is refused and never ends. */
  constructor(
    declaredLength: number | undefined,
    grant: (bytes: number) => void,
    refuse: (problem: string) => void,
  ) {
    super({ highWaterMark })
    this.#declaredLength = declaredLength
    this.#grant = grant
    this.#refuse = refuse
    // undici destroys bodies with an error when it is no longer listening to them; it has told the exchange before.
    this.on('error', () => {})
  }

  /** What came in one frame with the head; it does not count against the stream's credit. */
  startWith(chunk: Buffer): void {
    this.#add(chunk)
  }

  /** The next bytes. When the backend has lost interest they are dropped and granted all the same. */
  onData(chunk: Buffer): void {
    this.#owed += chunk.length
    if (this.destroyed || this.#add(chunk)) this.#release()
  }

  onEnd(): void {
    if (this.destroyed) return
    if (this.#received < (this.#declaredLength ?? 0))
      this.#refuse('the body is shorter than declared')
    else this.push(null)
  }

  override _read(): void {
    this.#release()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#release()
    done(error)
  }

  #add(chunk: Buffer): boolean {
    this.#received += chunk.length
    if (this.#received <= (this.#declaredLength ?? Number.POSITIVE_INFINITY))
      return this.push(chunk)
    this.#refuse('the body is longer than declared')
    return true
  }

  #release(): void {
    const bytes = this.#owed
    if (bytes === 0) return
    this.#owed = 0
    this.#grant(bytes)
  }
}
