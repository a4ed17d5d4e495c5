import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { keepWaiting } from './waiting-bytes.ts'

/** Memory that the pieces keep alive. */
function keptBytes(queue: readonly Uint8Array[]): number {
  return [...new Set(queue.map(({ buffer }) => buffer))].reduce(
    (sum, buffer) => sum + buffer.byteLength,
    0,
  )
}

/** So many bytes, out of a buffer as large as one read. */
function read(length: number, fill = 0): Buffer {
  return Buffer.alloc(64 * 1024, fill).subarray(100, 100 + length)
}

for (const [what, bytes, count, most] of [
  ['a few bytes of a large read', 100, 1, 4 * 1024],
  ['many single bytes', 1, 64 * 1024, 64 * 1024],
  ['half a hundred bytes at a time', 50, 1_000, 56 * 1024],
  ['some kilobytes of large reads', 2_500, 20, 50_000],
  ['whole reads', 64 * 1024 - 100, 2, 128 * 1024],
] as const) {
  test(`${what} that wait keep at most ${most} bytes of memory alive [R6]`, () => {
    const queue: Uint8Array[] = []
    for (let i = 0; i < count; i++) keepWaiting(queue, read(bytes))
    assert.ok(keptBytes(queue) <= most, `${keptBytes(queue)}`)
    assert.ok(queue.length <= 1 + (count * bytes) / 2_000, `${queue.length} pieces`)
  })
}

test('whatever waits comes out as it went in, and what was given out is not touched any more', () => {
  const step = fc.oneof(fc.record({ put: fc.nat(6_000) }), fc.record({ take: fc.nat(6_000) }))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue: Uint8Array[] = []
      const out: Uint8Array[] = []
      const expected: Buffer[] = []
      for (const [index, each] of steps.entries()) {
        if ('put' in each) {
          const chunk = read(each.put, index)
          expected.push(Buffer.from(chunk))
          keepWaiting(queue, chunk)
          continue
        }
        const first = queue.shift()
        if (!first) continue
        out.push(first.subarray(0, each.take))
        if (each.take < first.length) queue.unshift(first.subarray(each.take))
      }
      assert.ok(Buffer.concat([...out, ...queue]).equals(Buffer.concat(expected)))
    }),
  )
})
