import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { closeFrame, closeFromClient, WebSocketFrames } from './web-socket-frames.ts'

function frameOf(payloadBytes: number, masked: boolean): Buffer {
  const mask = masked ? 0x80 : 0
  const head =
    payloadBytes < 126
      ? [0x82, mask | payloadBytes]
      : payloadBytes < 65_536
        ? [0x82, mask | 126, payloadBytes >> 8, payloadBytes & 0xff]
        : [
            0x82,
            mask | 127,
            0,
            0,
            0,
            0,
            0,
            payloadBytes >> 16,
            (payloadBytes >> 8) & 0xff,
            payloadBytes & 0xff,
          ]
  return Buffer.concat([
    Buffer.from(head),
    Buffer.alloc(masked ? 4 : 0, 0x55),
    Buffer.alloc(payloadBytes, 0x88),
  ])
}

const size = fc.oneof(
  fc.integer({ min: 0, max: 130 }),
  fc.constantFrom(125, 126, 65_535, 65_536, 70_000),
)

test('however frames are cut into chunks, it is known whether one is in progress [F1] [S9]', () => {
  const frames = fc.array(fc.tuple(size, fc.boolean()), { minLength: 1, maxLength: 6 })
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 })
  fc.assert(
    fc.property(frames, cuts, (sizes, where) => {
      const each = sizes.map(([bytes, masked]) => frameOf(bytes, masked))
      const all = Buffer.concat(each)
      const ends = new Set(each.map((_, i) => Buffer.concat(each.slice(0, i + 1)).length)).add(0)
      const points = where.map((part) => Math.floor(part * all.length)).sort((a, b) => a - b)
      const seen = new WebSocketFrames()
      let from = 0
      for (const point of [...points, all.length]) {
        seen.pass(all.subarray(from, point))
        from = point
        assert.equal(seen.between, ends.has(point))
      }
    }),
    { numRuns: 60 },
  )
})

test('a Close frame carries its code and reason, and no more than a control frame may [S9]', () => {
  const frame = closeFrame(4401, 'Sign in again.')
  assert.equal(frame[0], 0x88)
  assert.equal(frame[1], 16)
  assert.equal(frame.readUInt16BE(2), 4401)
  assert.equal(frame.subarray(4).toString(), 'Sign in again.')
  assert.equal(closeFrame(4401, 'x'.repeat(123)).length, 127)
  assert.throws(() => closeFrame(4401, 'x'.repeat(124)), RangeError)
  assert.deepEqual([...closeFromClient], [0x88, 0x82, 0, 0, 0, 0, 3, 233])
})
