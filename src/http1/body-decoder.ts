import type { RawHeaders } from '../http/headers.ts'
import { ChunkDecoder } from './chunk-decoder.ts'
import type { Framing } from './framing.ts'
import type { MessageProblem } from './problem.ts'

/** Takes the content of one body out of bytes that come in pieces, cut anywhere. */
export interface BodyDecoder {
  /** Whether the body is here to its end. */
  readonly over: boolean
  /** How far the last `read` came: once it is over, what is behind belongs to the next message. */
  readonly end: number
  /** Bytes that are still to come, as far as anybody knows. */
  readonly left: number
  readonly trailers: RawHeaders
  /** The content in the bytes from `at` on, in the same memory, which may be changed; or the problem. */
  read(bytes: Buffer, at: number): Buffer | MessageProblem
}

/** The decoder of a body with this framing. */
export function bodyDecoder(framing: Framing): BodyDecoder {
  if (framing.kind === 'chunked') return new ChunkDecoder()
  return new PlainDecoder(framing.kind === 'length' ? framing.bytes : Number.POSITIVE_INFINITY)
}

/** So many bytes as they are. */
class PlainDecoder implements BodyDecoder {
  readonly trailers: RawHeaders = []
  left: number
  end = 0

  constructor(bytes: number) {
    this.left = bytes
  }

  get over(): boolean {
    return this.left === 0
  }

  read(bytes: Buffer, at: number): Buffer {
    this.end = Math.min(bytes.length, at + this.left)
    this.left -= this.end - at
    return at === 0 && this.end === bytes.length ? bytes : bytes.subarray(at, this.end)
  }
}
