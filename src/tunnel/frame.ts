import { framePayloadBytesMax } from './limits.ts'

/** Length (3 bytes), type (1), flags (1), stream (4), all big-endian: laid out as in HTTP/2 (spec.md §Frames). */
export const frameHeaderBytes = 9

/** What a frame is: name ↔ number on the wire. */
export const frameType = {
  hello: 1,
  welcome: 2,
  refused: 3,
  head: 4,
  data: 5,
  end: 6,
  reset: 7,
  credit: 8,
  ping: 9,
  pong: 10,
  drain: 11,
  hints: 12,
  targets: 13,
  health: 14,
} as const

/** On HEAD: nothing follows. */
export const flagEnd = 1

/** On HEAD: an informational answer (1xx other than 101); the real one follows. */
export const flagInterim = 2

/** Stream numbers are 31 bits; a link that has used them up is drained. */
export const streamIdMax = 0x7fff_ffff

export type ViolationCode = 'protocol-error' | 'flow-control'

/** The peer broke the protocol: the link is closed with this code. Never leaves the tunnel folder. */
export class Violation extends Error {
  readonly code: ViolationCode

  constructor(code: ViolationCode, message: string) {
    super(message)
    this.name = 'Violation'
    this.code = code
  }
}

/** A whole frame, where it is not on the hot path. */
export interface Frame {
  readonly type: number
  readonly payload: Buffer
}

/** Who is told of frames. DATA comes in pieces as they arrive; every other frame comes whole. */
export interface FrameSink {
  onFrame(
    type: number,
    flags: number,
    stream: number,
    buffer: Buffer,
    start: number,
    end: number,
  ): void
  onData(stream: number, piece: Buffer): void
}

/** Cuts a byte stream into frames. Holds at most one incomplete frame. */
export class FrameReader {
  readonly #sink: FrameSink
  readonly #header = Buffer.alloc(frameHeaderBytes)
  #headerBytes = 0
  #type = 0
  #flags = 0
  #stream = 0
  #payload: Buffer | undefined
  #payloadBytes = 0
  #dataLeft = 0
  #stopped = false

  constructor(sink: FrameSink) {
    this.#sink = sink
  }

  /** Nothing more is handed out, not even the rest of the chunk at hand. */
  stop(): void {
    this.#stopped = true
    this.#payload = undefined
  }

  /** Takes the next bytes as they came off the socket. Throws `Violation` for a frame that is too long. */
  read(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length && !this.#stopped) {
      if (this.#dataLeft > 0) at = this.#readData(chunk, at)
      else if (this.#payload) at = this.#readPayload(chunk, at, this.#payload)
      else if (this.#headerBytes > 0 || chunk.length - at < frameHeaderBytes) {
        at = this.#readHeader(chunk, at)
      } else at = this.#readFrame(chunk, at + frameHeaderBytes, chunk, at)
    }
  }

  #readHeader(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + frameHeaderBytes - this.#headerBytes)
    chunk.copy(this.#header, this.#headerBytes, at, end)
    this.#headerBytes += end - at
    if (this.#headerBytes < frameHeaderBytes) return end
    this.#headerBytes = 0
    return this.#readFrame(chunk, end, this.#header, 0)
  }

  /** A header at `headerAt` of `header`; its payload begins at `at` of `chunk`, whole or in part. */
  #readFrame(chunk: Buffer, at: number, header: Buffer, headerAt: number): number {
    const length = header.readUIntBE(headerAt, 3)
    if (length > framePayloadBytesMax) {
      throw new Violation('protocol-error', `a frame of ${length} bytes`)
    }
    this.#type = header[headerAt + 3] as number
    this.#flags = header[headerAt + 4] as number
    this.#stream = header.readUInt32BE(headerAt + 5)
    if (this.#type === frameType.data) {
      this.#dataLeft = length
      return at
    }
    const end = at + length
    if (end <= chunk.length) {
      this.#sink.onFrame(this.#type, this.#flags, this.#stream, chunk, at, end)
      return end
    }
    this.#payload = Buffer.allocUnsafe(length)
    this.#payloadBytes = 0
    return at
  }

  #readData(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#dataLeft)
    this.#dataLeft -= end - at
    this.#sink.onData(this.#stream, chunk.subarray(at, end))
    return end
  }

  #readPayload(chunk: Buffer, at: number, payload: Buffer): number {
    const end = Math.min(chunk.length, at + payload.length - this.#payloadBytes)
    chunk.copy(payload, this.#payloadBytes, at, end)
    this.#payloadBytes += end - at
    if (this.#payloadBytes === payload.length) {
      this.#payload = undefined
      this.#sink.onFrame(this.#type, this.#flags, this.#stream, payload, 0, payload.length)
    }
    return end
  }
}
