import { errorCodes } from './frame.ts'
import { Http2Error } from './http2-error.ts'
import type { Http2Limits } from './limits.ts'

/** The fields of a head as far as they have come: HEADERS without its end, and CONTINUATION (RFC 9113 §4.3). */
export class HeadBlock {
  readonly stream: number
  readonly flags: number
  readonly #limits: Http2Limits
  readonly #parts: Buffer[] = []
  #bytes = 0

  constructor(stream: number, flags: number, limits: Http2Limits) {
    this.stream = stream
    this.flags = flags
    this.#limits = limits
  }

  /** Keeps a copy. Throws an Http2Error when it is more than any head may have. */
  add(part: Buffer): void {
    this.#parts.push(Buffer.from(part))
    this.#bytes += part.length
    const { continuationsMax, headerListBytes } = this.#limits
    if (this.#parts.length > continuationsMax + 1 || this.#bytes > headerListBytes) {
      throw new Http2Error(errorCodes.enhanceYourCalm, 'a head that does not end')
    }
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#parts, this.#bytes)
  }
}
