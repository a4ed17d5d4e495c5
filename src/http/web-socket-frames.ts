/** RFC 6455 §5.2: two bytes, at most eight more of length, four of mask. */
const headerBytesMax = 14

const maskBit = 0x80
const lengthBits = 0x7f
const length16 = 126
const length64 = 127
const maskBytes = 4

/** Follows the frames of one direction of a WebSocket, to know where one ends and another may be put. */
export class WebSocketFrames {
  readonly #header = Buffer.alloc(headerBytesMax)
  #headerBytes = 0
  #payloadLeft = 0

  /** Whether nothing of a frame has passed that has not passed whole. */
  get between(): boolean {
    return this.#headerBytes === 0 && this.#payloadLeft === 0
  }

  /** Follows the whole chunk. */
  pass(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) at = this.#step(chunk, at)
  }

  /** Follows the rest of the frame in progress; returns how many bytes of the chunk that was. */
  passRest(chunk: Uint8Array): number {
    let at = 0
    while (at < chunk.length && !this.between) at = this.#step(chunk, at)
    return at
  }

  /** Up to the end of a header, of a payload, or of the chunk. */
  #step(chunk: Uint8Array, at: number): number {
    if (this.#payloadLeft > 0) {
      const bytes = Math.min(this.#payloadLeft, chunk.length - at)
      this.#payloadLeft -= bytes
      return at + bytes
    }
    const needed = this.#headerBytes < 2 ? 2 : this.#headerLength()
    const bytes = Math.min(needed - this.#headerBytes, chunk.length - at)
    this.#header.set(chunk.subarray(at, at + bytes), this.#headerBytes)
    this.#headerBytes += bytes
    if (this.#headerBytes >= 2 && this.#headerBytes === this.#headerLength()) this.#endHeader()
    return at + bytes
  }

  #headerLength(): number {
    const second = this.#header[1] as number
    const length = second & lengthBits
    const lengthBytes = length === length64 ? 8 : length === length16 ? 2 : 0
    return 2 + lengthBytes + (second & maskBit ? maskBytes : 0)
  }

  #endHeader(): void {
    const length = (this.#header[1] as number) & lengthBits
    if (length === length16) this.#payloadLeft = this.#header.readUInt16BE(2)
    else if (length === length64) this.#payloadLeft = Number(this.#header.readBigUInt64BE(2))
    else this.#payloadLeft = length
    this.#headerBytes = 0
  }
}

/** RFC 6455 §5.5: what a control frame may carry, the two bytes of the code among it. */
const controlPayloadMaxBytes = 125

/** A Close frame as a server sends it. Throws a RangeError for a reason of more than 123 bytes. */
export function closeFrame(code: number, reason = ''): Buffer {
  const text = Buffer.from(reason)
  const length = 2 + text.length
  if (length > controlPayloadMaxBytes) throw new RangeError('the reason is too long')
  return Buffer.concat([Buffer.from([0x88, length, code >> 8, code & 0xff]), text])
}

/** RFC 6455 §7.4.1: the other end is going away. Browsers then connect again. */
const goingAway = 1001

/** A Close frame with 1001 as a server sends it. */
export const closeFromServer: Buffer = closeFrame(goingAway)

/** The same as a client sends it: masked, which with a mask of zeros changes nothing. */
export const closeFromClient: Buffer = Buffer.concat([
  Buffer.from([0x88, maskBit | 2, 0, 0, 0, 0]),
  closeFromServer.subarray(2),
])
