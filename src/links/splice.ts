import type { Edit } from './reading.ts'

/** Takes what a scanner has read, in order. Buffers are kept, not copied. */
export interface Sink {
  /** These bytes stay as they are. */
  keep(bytes: Buffer, start: number, end: number): void
  /** These bytes make way for a text, one byte a character. */
  replace(bytes: Buffer, start: number, end: number, text: string): void
}

/** What is told of bytes as they come, and of their end. */
export interface Scanner {
  write(bytes: Buffer): void
  /** Says how an unfinished rest is to be taken. */
  end(): void
}

const nothing: Buffer = Buffer.alloc(0)

/** Puts what was kept and what was replaced together again. */
export class Splice implements Sink {
  // Kept bytes, with their range in `#ranges`, and new texts: numbers and strings are cheaper than a slice each.
  #pieces: (Buffer | string)[] = []
  #ranges: number[] = []
  #length = 0

  keep(bytes: Buffer, start: number, end: number): void {
    if (start === end) return
    this.#pieces.push(bytes)
    this.#ranges.push(start, end)
    this.#length += end - start
  }

  replace(_bytes: Buffer, _start: number, _end: number, text: string): void {
    this.#pieces.push(text)
    this.#ranges.push(0, 0)
    this.#length += text.length
  }

  /** Everything since the last time. */
  take(): Buffer {
    const pieces = this.#pieces
    const ranges = this.#ranges
    const [first] = pieces
    if (first === undefined) return nothing
    const alone = pieces.length === 1 && typeof first !== 'string'
    const taken = alone ? first.subarray(ranges[0], ranges[1]) : join(pieces, ranges, this.#length)
    this.#pieces = []
    this.#ranges = []
    this.#length = 0
    return taken
  }
}

function join(
  pieces: readonly (Buffer | string)[],
  ranges: readonly number[],
  length: number,
): Buffer {
  const whole = Buffer.allocUnsafe(length)
  let at = 0
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i] as Buffer | string
    if (typeof piece === 'string') at += whole.write(piece, at, 'latin1')
    else at += piece.copy(whole, at, ranges[2 * i], ranges[2 * i + 1])
  }
  return whole
}

/** Notes where something would be replaced. */
export class EditList implements Sink {
  readonly edits: Edit[] = []
  #length = 0

  keep(_bytes: Buffer, start: number, end: number): void {
    this.#length += end - start
  }

  replace(_bytes: Buffer, start: number, end: number, text: string): void {
    const at = this.#length
    this.#length += end - start
    this.edits.push({ start: at, end: this.#length, text })
  }
}
