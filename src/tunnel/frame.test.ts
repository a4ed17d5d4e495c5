import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import fc from 'fast-check'
import { FrameReader, frameHeaderBytes, frameType, Violation } from './frame.ts'
import { FrameWriter } from './frame-writer.ts'
import { copyBytesMax, framePayloadBytesMax, slabBytes } from './limits.ts'
import { frameBytes, type SeenFrame } from './test-tunnel.ts'

/** What the specification says, byte by byte and without cleverness. */
function readNaively(bytes: Buffer): SeenFrame[] {
  const frames: SeenFrame[] = []
  let at = 0
  while (at + frameHeaderBytes <= bytes.length) {
    const length = bytes.readUIntBE(at, 3)
    const start = at + frameHeaderBytes
    if (start + length > bytes.length) break
    frames.push({
      type: bytes[at + 3] as number,
      flags: bytes[at + 4] as number,
      stream: bytes.readUInt32BE(at + 5),
      payload: bytes.subarray(start, start + length),
    })
    at = start + length
  }
  return frames
}

/** Reads chunks; pieces of DATA of one stream are joined, as where they are cut means nothing. */
function readChunks(chunks: readonly Buffer[]): SeenFrame[] {
  const frames: SeenFrame[] = []
  const reader = new FrameReader({
    onFrame(type, flags, stream, buffer, start, end) {
      frames.push({ type, flags, stream, payload: Buffer.from(buffer.subarray(start, end)) })
    },
    onData(stream, piece) {
      frames.push({ type: frameType.data, flags: 0, stream, payload: Buffer.from(piece) })
    },
  })
  for (const chunk of chunks) reader.read(chunk)
  return frames
}

function joinData(frames: readonly SeenFrame[]): SeenFrame[] {
  const joined: SeenFrame[] = []
  for (const frame of frames) {
    const last = joined.at(-1)
    if (frame.type !== frameType.data) joined.push(frame)
    else if (frame.payload.length === 0) continue
    else if (last?.type === frameType.data && last.stream === frame.stream) {
      joined[joined.length - 1] = {
        ...last,
        payload: Buffer.concat([last.payload, frame.payload]),
      }
    } else joined.push({ ...frame, flags: 0 })
  }
  return joined
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...places].map((place) => place % (bytes.length + 1)).sort((a, b) => a - b)
  const edges = [0, ...sorted, bytes.length]
  return edges.slice(1).map((edge, i) => bytes.subarray(edges[i], edge))
}

const frame = fc.record({
  type: fc.integer({ min: 1, max: 12 }),
  flags: fc.integer({ min: 0, max: 255 }),
  stream: fc.integer({ min: 0, max: 0xffff_ffff }),
  payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
})

test('FrameReader sees what a naive reader sees, however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 12 }),
      fc.array(fc.nat(), { maxLength: 30 }),
      (sent, places) => {
        const bytes = Buffer.concat(
          sent.map(({ type, flags, stream, payload }) => frameBytes(type, flags, stream, payload)),
        )
        assert.deepEqual(joinData(readChunks(cut(bytes, places))), joinData(readNaively(bytes)))
      },
    ),
  )
})

test('FrameReader refuses a frame over the limit before it takes a byte of it', () => {
  const long = Buffer.from([0x02, 0, 1, frameType.head, 0, 0, 0, 0, 1])
  assert.throws(() => readChunks([long]), Violation)
  assert.throws(() => readChunks([Buffer.from([255, 255, 255, 5, 0, 0, 0, 0, 1])]), Violation)
  assert.throws(() => readChunks(cut(long, [1, 4, 7])), Violation)
})

test('FrameReader hands out nothing more once it is stopped, not even from the same chunk', () => {
  let seen = 0
  const reader = new FrameReader({
    onFrame() {
      seen++
      reader.stop()
    },
    onData() {},
  })
  const ping = frameBytes(frameType.ping, 0, 0, Buffer.alloc(8))
  reader.read(Buffer.concat([ping, ping, ping]))
  assert.equal(seen, 1)
})

/** A socket that takes everything, and how often it was written to. */
function createSink() {
  const chunks: Buffer[] = []
  const socket = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  return { socket, chunks }
}

test('FrameWriter writes what a naive reader reads, in order, whatever the sizes', async () => {
  const size = fc.constantFrom(
    0,
    1,
    copyBytesMax,
    copyBytesMax + 1,
    slabBytes,
    framePayloadBytesMax,
  )
  const frames = fc.array(fc.tuple(frame, size), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(frames, async (sent) => {
      const { socket, chunks } = createSink()
      const flushed = Promise.withResolvers<void>()
      const writer = new FrameWriter(socket, () => flushed.resolve())
      const expected = sent.map(([{ type, flags, stream }, bytes], i) => {
        const payload = Buffer.alloc(bytes, i)
        writer.frame(type, flags, stream, payload)
        return frameBytes(type, flags, stream, payload)
      })
      await flushed.promise
      assert.ok(Buffer.concat(chunks).equals(Buffer.concat(expected)))
    }),
    { numRuns: 50 },
  )
})

test('FrameWriter sends the frames of one turn in one write', async () => {
  const { socket, chunks } = createSink()
  const flushed = Promise.withResolvers<void>()
  const writer = new FrameWriter(socket, () => flushed.resolve())
  writer.head(1, 1, '0\n200', Buffer.from('body'))
  writer.number(frameType.credit, 1, 10)
  writer.end(1, '')
  await flushed.promise
  assert.deepEqual(
    chunks.map((chunk) => chunk.length),
    [9 + 4 + 5 + 4 + 9 + 4 + 9],
  )
})
