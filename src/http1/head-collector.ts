import { valueBytes } from '../http/bytes.ts'
import { badByte, carriageReturn, lineFeed } from './bytes.ts'
import { messageLimits } from './limits.ts'
import type { MessageProblem } from './problem.ts'

/** Where a whole head stands. */
export interface FoundHead {
  readonly bytes: Buffer
  readonly start: number
  /** Behind the empty line; what follows is body, or the next message. */
  readonly end: number
}

/** Judges the first line alone: a string is a problem. */
export type FirstLineReader = (bytes: Buffer, start: number) => object | MessageProblem

const headEnd = Buffer.from('\r\n\r\n')
const firstRoomBytes = 1024
const firstLineMaxBytes = messageLimits.methodBytes + messageLimits.targetBytes + 16

/**
 * Finds heads in bytes that come in pieces, cut anywhere. A head that is whole in one piece is not copied; one that comes
 * byte by byte costs each byte once. What can be judged before the end is judged at once: nobody waits for an end that
 * such a message will never have.
 */
export class HeadCollector {
  readonly #readFirstLine: FirstLineReader
  readonly #bytesMax: number
  #kept: Buffer | undefined = undefined
  #start = 0
  #length = 0
  #emptyLines = 0
  #judged = 0
  #lineJudged = false

  constructor(readFirstLine: FirstLineReader, bytesMax: number = messageLimits.headBytes) {
    this.#readFirstLine = readFirstLine
    this.#bytesMax = bytesMax
  }

  /** Whether a part of a head is here. */
  get begun(): boolean {
    return this.#kept !== undefined || this.#emptyLines > 0
  }

  /** Takes the bytes from `at` on. The head if it is whole now, undefined if more is needed, or the problem. */
  push(chunk: Buffer, at: number): FoundHead | MessageProblem | undefined {
    if (this.#kept) return this.#append(chunk, at)
    const start = this.#skipEmptyLines(chunk, at, chunk.length)
    if (typeof start === 'string') return start
    const end = chunk.indexOf(headEnd, start)
    if (end >= 0) return this.#found(chunk, start, end + headEnd.length)
    return start === chunk.length ? undefined : this.#append(chunk, start)
  }

  #append(chunk: Buffer, at: number): FoundHead | MessageProblem | undefined {
    const before = this.#length
    const kept = this.#grow(before + chunk.length - at)
    chunk.copy(kept, before, at)
    // Only a lone CR is ever kept in front of the first line.
    const start = this.#skipEmptyLines(kept, this.#start, this.#length)
    if (typeof start === 'string') return start
    this.#start = start
    const end = kept.subarray(0, this.#length).indexOf(headEnd, Math.max(start, before - 3))
    if (end >= 0) return this.#found(kept.subarray(0, this.#length), start, end + headEnd.length)
    if (this.#length - start > this.#bytesMax) return 'head-too-large'
    return this.#judgeBytes(kept) ?? this.#judgeFirstLine(kept)
  }

  #found(bytes: Buffer, start: number, end: number): FoundHead | MessageProblem {
    this.#kept = undefined
    this.#start = 0
    this.#length = 0
    this.#emptyLines = 0
    this.#judged = 0
    this.#lineJudged = false
    return end - start > this.#bytesMax ? 'head-too-large' : { bytes, start, end }
  }

  #grow(length: number): Buffer {
    const kept = this.#kept
    this.#length = length
    if (kept && kept.length >= length) return kept
    const room = Math.max(firstRoomBytes, length, kept ? kept.length * 2 : 0)
    const grown = Buffer.allocUnsafe(room)
    kept?.copy(grown)
    this.#kept = grown
    return grown
  }

  #skipEmptyLines(bytes: Buffer, from: number, end: number): number | MessageProblem {
    let at = from
    while (at + 1 < end && bytes[at] === carriageReturn && bytes[at + 1] === lineFeed) {
      at += 2
      if (++this.#emptyLines > messageLimits.leadingLines) return 'first-line'
    }
    return at
  }

  /** What can never be right, whatever follows. */
  #judgeBytes(bytes: Buffer): MessageProblem | undefined {
    let at = Math.max(this.#judged, this.#start)
    while (at < this.#length) {
      const byte = bytes[at] as number
      if (valueBytes[byte] === 1) at++
      else if (byte !== carriageReturn) return badByte(byte, undefined)
      else if (at + 1 === this.#length) break
      else if (bytes[at + 1] !== lineFeed) return 'bare-carriage-return'
      else at += 2
    }
    this.#judged = at
    return undefined
  }

  #judgeFirstLine(kept: Buffer): MessageProblem | undefined {
    if (this.#lineJudged) return undefined
    const bytes = kept.subarray(0, this.#length)
    const whole = bytes.indexOf('\r\n', this.#start) >= 0
    if (!whole && this.#length - this.#start <= firstLineMaxBytes) return undefined
    this.#lineJudged = true
    const line = this.#readFirstLine(bytes, this.#start)
    return typeof line === 'string' ? line : undefined
  }
}
