import { errorCodes, frameHeadBytes, framePayloadMaxBytes, frameTypes } from './frame.ts'
import { Http2Error } from './http2-error.ts'

/** Takes a frame whose payload stands in `bytes` from `start` to `end`. */
export type TakeFrame = (
  type: number,
  flags: number,
  stream: number,
  bytes: Buffer,
  start: number,
  end: number,
) => void

/** Finds frames in bytes that come in pieces, cut anywhere (RFC 9113 §4.1). */
export class FrameReader {
  readonly #take: TakeFrame
  #pending: Buffer | undefined

  constructor(take: TakeFrame) {
    this.#take = take
  }

  /** Whether a part of a head is here, and not the rest. */
  get waitsForHead(): boolean {
    const type = this.#pending?.[3]
    return type === frameTypes.headers || type === frameTypes.continuation
  }

  /** Throws an Http2Error for a frame that is too long, and whatever `take` throws. */
  push(chunk: Buffer): void {
    const bytes = this.#pending ? Buffer.concat([this.#pending, chunk]) : chunk
    this.#pending = undefined
    let at = 0
    while (bytes.length - at >= frameHeadBytes) {
      const length = bytes.readUIntBE(at, 3)
      if (length > framePayloadMaxBytes) {
        throw new Http2Error(errorCodes.frameSize, `a frame of ${length} bytes`)
      }
      const start = at + frameHeadBytes
      const end = start + length
      if (end > bytes.length) break
      const stream = bytes.readUInt32BE(at + 5) & 0x7fffffff
      const type = bytes[at + 3] as number
      this.#take(type, bytes[at + 4] as number, stream, bytes, start, end)
      at = end
    }
    if (at < bytes.length) this.#pending = bytes.subarray(at)
  }
}
