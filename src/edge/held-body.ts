import type { BodyReader, RequestBody } from './request-body.ts'

// What a socket gives at once; nobody behind it expects bigger pieces.
const pieceBytes = 16 * 1024

/** A body that is there as a whole, given at the pace of its reader. */
export class HeldBody implements RequestBody {
  readonly #bytes: Buffer
  #reader: BodyReader | undefined
  #given = 0
  #paused = false

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  read(reader: BodyReader): void {
    this.#reader = reader
    // Not before the reader has everything in place.
    queueMicrotask(() => this.#give())
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#give()
  }

  #give(): void {
    const reader = this.#reader
    while (reader && !this.#paused && this.#given < this.#bytes.length) {
      const piece = this.#bytes.subarray(this.#given, this.#given + pieceBytes)
      this.#given += piece.length
      reader.onData(piece)
    }
    if (this.#paused || this.#given < this.#bytes.length) return
    this.#reader = undefined
    reader?.onEnd([])
  }
}
