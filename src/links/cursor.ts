import type { Edit } from './reading.ts'
import type { Sink } from './splice.ts'

// Longer than any URL (browsers and servers stop at 8 to 64 KiB) and than most style attributes and `srcdoc` documents;
// `data:` URLs of images may be longer, and pass as they are.
const heldMaxBytes = 64 * 1024

/** Passes bytes on to a sink, and holds back the one value that may have to change until it is whole. */
export class Cursor {
  readonly #sink: Sink
  #chunk: Buffer = Buffer.alloc(0)
  /** Everything before it has gone to the sink. */
  #kept = 0
  /** Where the value begins, 0 when it began in an earlier chunk; negative: none is under way. */
  #valueStart = -1
  #held: Buffer[] = []
  #heldBytes = 0

  constructor(sink: Sink) {
    this.#sink = sink
  }

  get sink(): Sink {
    return this.#sink
  }

  open(chunk: Buffer): void {
    this.#chunk = chunk
    this.#kept = 0
    if (this.#valueStart > 0) this.#valueStart = 0
  }

  /** The chunk is read. What is left of it is passed on, or held back with the value. */
  close(): void {
    const chunk = this.#chunk
    if (this.#valueStart >= 0 && this.#heldBytes + chunk.length - this.#valueStart > heldMaxBytes) {
      this.drop()
    }
    if (this.#valueStart < 0) {
      this.passTo(chunk.length)
      return
    }
    this.passTo(this.#valueStart)
    if (this.#valueStart === chunk.length) return
    this.#held.push(chunk.subarray(this.#valueStart))
    this.#heldBytes += chunk.length - this.#valueStart
  }

  passTo(end: number): void {
    this.#sink.keep(this.#chunk, this.#kept, end)
    this.#kept = end
  }

  /** Somebody else passes on what stands before `start`. */
  skipTo(start: number): void {
    this.#kept = start
  }

  begin(start: number): void {
    this.#valueStart = start
  }

  get valueUnderWay(): boolean {
    return this.#valueStart >= 0
  }

  /** The value turned out to be none: it stays. */
  drop(): void {
    for (const piece of this.#held) this.#sink.keep(piece, 0, piece.length)
    this.#forget()
  }

  /** The first byte of the value, which ends at `end`; -1 for an empty one. */
  firstByte(end: number): number {
    const [first] = this.#held
    if (first) return first[0] as number
    return this.#valueStart < end ? (this.#chunk[this.#valueStart] as number) : -1
  }

  /** The whole value, one character a byte. */
  read(end: number): string {
    const rest = this.#chunk.toString('latin1', this.#valueStart, end)
    if (this.#held.length === 0) return rest
    return Buffer.concat(this.#held).toString('latin1') + rest
  }

  /** Ends the value at `end`, with its edits in order. */
  finish(end: number, edits: readonly Edit[]): void {
    if (this.#held.length > 0) this.#finishHeld(end, edits)
    else {
      const start = this.#valueStart
      for (const edit of edits) {
        this.passTo(start + edit.start)
        this.#sink.replace(this.#chunk, start + edit.start, start + edit.end, edit.text)
        this.#kept = start + edit.end
      }
    }
    this.#forget()
  }

  #finishHeld(end: number, edits: readonly Edit[]): void {
    const value = Buffer.concat([...this.#held, this.#chunk.subarray(0, end)])
    let kept = 0
    for (const edit of edits) {
      this.#sink.keep(value, kept, edit.start)
      this.#sink.replace(value, edit.start, edit.end, edit.text)
      kept = edit.end
    }
    this.#sink.keep(value, kept, value.length)
    this.#kept = end
  }

  #forget(): void {
    this.#valueStart = -1
    if (this.#held.length === 0) return
    this.#held = []
    this.#heldBytes = 0
  }
}
