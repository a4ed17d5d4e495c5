import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { errorCodes, frameHeadBytes, frameTypes, preface, settingsAck } from './frame.ts'

export interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

// Long enough for any local answer on a busy machine, short enough that a hung test says what it waited for.
const waitMaxMs = 30_000

/** One frame as bytes (RFC 9113 §4.1). */
export function frame(
  type: number,
  frameFlags: number,
  stream: number,
  payload: Uint8Array = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(frameHeadBytes)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(frameFlags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** A frame whose payload is one number of 32 bits: WINDOW_UPDATE, RST_STREAM. */
export function numberFrame(type: number, stream: number, value: number): Buffer {
  const payload = Buffer.alloc(4)
  payload.writeUInt32BE(value >>> 0)
  return frame(type, 0, stream, payload)
}

/** A SETTINGS frame of identifier, value, … */
export function settingsFrame(...pairs: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(pairs.length * 6)
  pairs.forEach(([id, value], index) => {
    payload.writeUInt16BE(id, index * 6)
    payload.writeUInt32BE(value, index * 6 + 2)
  })
  return frame(frameTypes.settings, 0, 0, payload)
}

/** Fields as literals that are never put into the dynamic table (RFC 7541 §6.2.2), byte for byte as given. */
export function literals(fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.of(0), literal(name), literal(value)]),
  )
}

function literal(text: string): Buffer {
  return Buffer.concat([integer(text.length, 7, 0), Buffer.from(text, 'latin1')])
}

/** RFC 7541 §5.1 */
export function integer(value: number, prefixBits: number, pattern: number): Buffer {
  const most = 2 ** prefixBits - 1
  if (value < most) return Buffer.of(pattern | value)
  const bytes = [pattern | most]
  let rest = value - most
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return Buffer.from([...bytes, rest])
}

/** A client that writes frames as the test says, and keeps what comes back. Use `await using`. */
export class FrameClient implements AsyncDisposable {
  readonly socket: Socket
  readonly frames: Frame[] = []
  #pending: Buffer = Buffer.alloc(0)
  #ended = false
  #wake: (() => void) | undefined

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', () => {}) // Hostile bytes earn a reset; the close event follows.
    socket.on('close', () => {
      this.#ended = true
      this.#wake?.()
    })
  }

  /** Connects, and sends nothing. */
  static async dial(port: number): Promise<FrameClient> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new FrameClient(socket)
  }

  /** The same, with the preface and these settings sent, and the edge's own known. */
  static async open(
    port: number,
    ...settings: readonly (readonly [id: number, value: number])[]
  ): Promise<FrameClient> {
    const client = await FrameClient.dial(port)
    client.write(preface, settingsFrame(...settings))
    await client.until('SETTINGS', (each) => each.type === frameTypes.settings && each.flags === 0)
    return client
  }

  /** False when the connection is closed. */
  get open(): boolean {
    return !this.#ended
  }

  write(...parts: readonly Uint8Array[]): void {
    if (!this.#ended) this.socket.write(Buffer.concat(parts))
  }

  /** The first frame from the start for which `wanted` says true. Rejects when the connection ends without one. */
  async until(what: string, wanted: (frame: Frame) => boolean): Promise<Frame> {
    const deadline = AbortSignal.timeout(waitMaxMs)
    for (;;) {
      const found = this.frames.find(wanted)
      if (found) return found
      if (this.#ended) throw new Error(`the connection ended without ${what}: ${this.summary}`)
      await this.#changed(deadline, what)
    }
  }

  /** The error code with which the edge ended the connection. */
  async goaway(): Promise<number> {
    const { payload } = await this.until('GOAWAY', ({ type }) => type === frameTypes.goaway)
    return payload.readUInt32BE(4)
  }

  /** The error code with which the edge reset the stream. */
  async reset(stream: number): Promise<number> {
    const found = await this.until(
      `RST_STREAM of ${stream}`,
      (each) => each.type === frameTypes.reset && each.stream === stream,
    )
    return found.payload.readUInt32BE(0)
  }

  /** Resolves when the connection is closed. */
  async closed(): Promise<void> {
    const deadline = AbortSignal.timeout(waitMaxMs)
    while (!this.#ended) await this.#changed(deadline, 'the end of the connection')
  }

  /** The connection was ended, and not in peace: with an error, or without a word. */
  get refused(): boolean {
    const last = this.frames.findLast(({ type }) => type === frameTypes.goaway)
    return !this.open && last?.payload.readUInt32BE(4) !== errorCodes.none
  }

  /** What came, in a line, for a test that failed. */
  get summary(): string {
    return this.frames.map(({ type, stream }) => `${type}@${stream}`).join(' ')
  }

  #changed(deadline: AbortSignal, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`${what} did not come: ${this.summary}`))
      deadline.addEventListener('abort', late, { once: true })
      this.#wake = () => {
        deadline.removeEventListener('abort', late)
        this.#wake = undefined
        resolve()
      }
    })
  }

  #receive(chunk: Buffer): void {
    let bytes = Buffer.concat([this.#pending, chunk])
    while (bytes.length >= frameHeadBytes) {
      const end = frameHeadBytes + bytes.readUIntBE(0, 3)
      if (bytes.length < end) break
      this.frames.push({
        type: bytes.readUInt8(3),
        flags: bytes.readUInt8(4),
        stream: bytes.readUInt32BE(5) & 0x7fffffff,
        payload: bytes.subarray(frameHeadBytes, end),
      })
      bytes = bytes.subarray(end)
      const last = this.frames.at(-1)
      if (last?.type === frameTypes.settings && last.flags === 0) this.write(settingsAck)
    }
    this.#pending = bytes
    this.#wake?.()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy()
  }
}
