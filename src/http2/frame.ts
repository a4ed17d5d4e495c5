/** RFC 9113 §6 */
export const frameTypes = {
  data: 0x0,
  headers: 0x1,
  priority: 0x2,
  reset: 0x3,
  settings: 0x4,
  pushPromise: 0x5,
  ping: 0x6,
  goaway: 0x7,
  windowUpdate: 0x8,
  continuation: 0x9,
} as const

export const frameFlags = {
  endStream: 0x1,
  ack: 0x1,
  endHeaders: 0x4,
  padded: 0x8,
  priority: 0x20,
} as const

/** RFC 9113 §7 */
export const errorCodes = {
  none: 0x0,
  protocol: 0x1,
  internal: 0x2,
  flowControl: 0x3,
  streamClosed: 0x5,
  frameSize: 0x6,
  refusedStream: 0x7,
  cancel: 0x8,
  compression: 0x9,
  enhanceYourCalm: 0xb,
} as const

/** RFC 9113 §6.5.2, RFC 8441 §3 */
export const settingIds = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
  enableConnectProtocol: 8,
} as const

export const preface: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')
export const frameHeadBytes = 9
/** What nobody needs to agree on (RFC 9113 §4.2). */
export const framePayloadMaxBytes: number = 16 * 1024
export const windowDefaultBytes = 65_535
export const windowMaxBytes: number = 2 ** 31 - 1
export const streamIdMax: number = 2 ** 31 - 1

/** Writes the head of a frame at `at`, and gives back where its payload begins. */
export function writeFrameHead(
  into: Buffer,
  at: number,
  length: number,
  type: number,
  flags: number,
  stream: number,
): number {
  into[at] = length >>> 16
  into[at + 1] = length >>> 8
  into[at + 2] = length
  into[at + 3] = type
  into[at + 4] = flags
  into[at + 5] = stream >>> 24
  into[at + 6] = stream >>> 16
  into[at + 7] = stream >>> 8
  into[at + 8] = stream
  return at + frameHeadBytes
}

/** A frame whose payload is numbers of 32 bits: RST_STREAM, WINDOW_UPDATE, GOAWAY. */
export function numbersFrame(type: number, stream: number, ...numbers: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(frameHeadBytes + 4 * numbers.length)
  let at = writeFrameHead(bytes, 0, 4 * numbers.length, type, 0, stream)
  for (const number of numbers) at = bytes.writeUInt32BE(number, at)
  return bytes
}

export function settingsFrame(settings: readonly (readonly [id: number, value: number])[]): Buffer {
  const bytes = Buffer.allocUnsafe(frameHeadBytes + 6 * settings.length)
  let at = writeFrameHead(bytes, 0, 6 * settings.length, frameTypes.settings, 0, 0)
  for (const [id, value] of settings) at = bytes.writeUInt32BE(value, bytes.writeUInt16BE(id, at))
  return bytes
}

/** The acknowledgement of a SETTINGS frame. */
export const settingsAck: Buffer = Buffer.of(
  0,
  0,
  0,
  frameTypes.settings,
  frameFlags.ack,
  0,
  0,
  0,
  0,
)

/** The answer to a PING with this payload, or a PING. */
export function pingFrame(payload: Uint8Array, ack: boolean): Buffer {
  const bytes = Buffer.allocUnsafe(frameHeadBytes + payload.length)
  const flags = ack ? frameFlags.ack : 0
  bytes.set(payload, writeFrameHead(bytes, 0, payload.length, frameTypes.ping, flags, 0))
  return bytes
}

/** HEADERS with this block, and CONTINUATION where it is too long for one frame (RFC 9113 §4.3). */
export function headFrames(stream: number, block: Buffer, end: boolean): Buffer {
  const frames = Math.max(1, Math.ceil(block.length / framePayloadMaxBytes))
  const bytes = Buffer.allocUnsafe(block.length + frames * frameHeadBytes)
  let at = 0
  for (let i = 0; i < frames; i++) {
    const start = i * framePayloadMaxBytes
    const length = Math.min(framePayloadMaxBytes, block.length - start)
    const type = i === 0 ? frameTypes.headers : frameTypes.continuation
    const ends = i === 0 && end ? frameFlags.endStream : 0
    const flags = i === frames - 1 ? ends | frameFlags.endHeaders : ends
    at = writeFrameHead(bytes, at, length, type, flags, stream)
    at += block.copy(bytes, at, start, start + length)
  }
  return bytes
}

/** HEADERS with a block of at most one frame, and DATA with all of a body of at most one frame behind it. */
export function wholeFrames(stream: number, block: Buffer, body: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(2 * frameHeadBytes + block.length + body.length)
  const { headers, data } = frameTypes
  let at = writeFrameHead(bytes, 0, block.length, headers, frameFlags.endHeaders, stream)
  at += block.copy(bytes, at)
  at = writeFrameHead(bytes, at, body.length, data, frameFlags.endStream, stream)
  bytes.set(body, at)
  return bytes
}

/** The head of a DATA frame. */
export function dataHead(stream: number, length: number, end: boolean): Buffer {
  const bytes = Buffer.allocUnsafe(frameHeadBytes)
  writeFrameHead(bytes, 0, length, frameTypes.data, end ? frameFlags.endStream : 0, stream)
  return bytes
}
