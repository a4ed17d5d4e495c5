import { valueBytes } from '../http/bytes.ts'
import type { RawHeaders } from '../http/headers.ts'
import { badByte, carriageReturn, lineFeed } from './bytes.ts'
import { readTrailers } from './head.ts'
import { messageLimits } from './limits.ts'
import type { MessageProblem } from './problem.ts'

const nothing = Buffer.alloc(0)
const semicolon = 0x3b
// 2^53 − 1 in hexadecimal; leading zeros count.
const sizeMaxDigits = 14

type State =
  | 'size'
  | 'extension'
  | 'size-end'
  | 'data'
  | 'data-return'
  | 'data-feed'
  | 'trailers'
  | 'over'

/** Takes a chunked body apart, cut anywhere into pieces (RFC 9112 §7.1). Nothing is repaired, nobody resynchronises. */
export class ChunkDecoder {
  #state: State = 'size'
  #digits = 0
  #left = 0
  #extensionBytes = 0
  #trailerBytes: number[] = []
  #trailers: RawHeaders = []
  #end = 0

  /** Whether the last chunk and the trailers are here. */
  get over(): boolean {
    return this.#state === 'over'
  }

  /** Once it is over: the fields behind the last chunk, which belong to no head and may be named anything. */
  get trailers(): RawHeaders {
    return this.#trailers
  }

  /** Of a chunked body nobody knows beforehand. */
  get left(): number {
    return 0
  }

  /** How far the last `read` came: when it is over, what is behind belongs to the next message. */
  get end(): number {
    return this.#end
  }

  /**
   * Takes the bytes from `at` on and gives back their content, which stands in the same memory, or the problem. The bytes
   * are changed: contents of several chunks are moved together, so that a thousand small ones cost one call and not each
   * their own.
   */
  read(bytes: Buffer, at: number): Buffer | MessageProblem {
    let from = 0
    let to = 0
    let i = at
    while (i < bytes.length && this.#state !== 'over') {
      if (this.#state !== 'data') {
        const problem = this.#step(bytes[i] as number, bytes[i + 1])
        if (problem) return problem
        i++
        continue
      }
      const take = Math.min(this.#left, bytes.length - i)
      if (to === 0) {
        from = i
        to = i
      } else bytes.copyWithin(to, i, i + take)
      to += take
      i += take
      this.#left -= take
      if (this.#left === 0) this.#state = 'data-return'
    }
    this.#end = i
    return to === from ? nothing : bytes.subarray(from, to)
  }

  /** One byte of what is not content; `next` is the one behind it if it is here. */
  #step(byte: number, next: number | undefined): MessageProblem | undefined {
    const state = this.#state
    if (state === 'size') return this.#readSize(byte)
    if (state === 'extension') return this.#readExtension(byte, next)
    if (state === 'trailers') return this.#readTrailer(byte)
    if (state === 'size-end') return this.#beginChunk(byte)
    const [expected, following] = dataEnds[state as keyof typeof dataEnds]
    this.#state = following
    return byte === expected ? undefined : 'chunk-end'
  }

  // Hexadecimal digits and nothing else: no sign, no prefix, no white space (RFC 9112 §7.1).
  #readSize(byte: number): MessageProblem | undefined {
    const digit = hexDigits[byte] as number
    if (digit < 16) {
      this.#left = this.#left * 16 + digit
      return ++this.#digits > sizeMaxDigits ? 'chunk-size' : undefined
    }
    if (this.#digits === 0) return 'chunk-size'
    this.#digits = 0
    if (byte === carriageReturn) this.#state = 'size-end'
    else if (byte === semicolon) this.#state = 'extension'
    else return byte === lineFeed ? 'bare-line-feed' : 'chunk-size'
    return undefined
  }

  #readExtension(byte: number, next: number | undefined): MessageProblem | undefined {
    if (++this.#extensionBytes > messageLimits.chunkExtensionBytes) {
      return 'chunk-extensions-too-large'
    }
    if (byte === carriageReturn) this.#state = 'size-end'
    else if (valueBytes[byte] !== 1) return badByte(byte, next)
    return undefined
  }

  #beginChunk(byte: number): MessageProblem | undefined {
    if (byte !== lineFeed) return 'bare-carriage-return'
    this.#state = this.#left === 0 ? 'trailers' : 'data'
    return undefined
  }

  /** Trailers are rare and short, so they are simply collected. */
  #readTrailer(byte: number): MessageProblem | undefined {
    const bytes = this.#trailerBytes
    if (bytes.push(byte) > messageLimits.trailerBytes) return 'head-too-large'
    if (byte !== lineFeed) return undefined
    const length = bytes.length
    if (bytes[length - 2] !== carriageReturn) return 'bare-line-feed'
    if (length > 2 && (bytes[length - 3] !== lineFeed || bytes[length - 4] !== carriageReturn)) {
      return undefined
    }
    const trailers = readTrailers(Buffer.from(bytes), 0, length)
    this.#trailerBytes = []
    if (typeof trailers === 'string') return trailers
    this.#trailers = trailers
    this.#state = 'over'
    return undefined
  }
}

const dataEnds = {
  'data-return': [carriageReturn, 'data-feed'],
  'data-feed': [lineFeed, 'size'],
} as const

const hexDigits = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(byte).toLowerCase())
  return digit < 0 ? 255 : digit
})
