import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readEvents } from './event-stream.ts'

async function* inPieces(text: string, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let rest = Buffer.from(text)
  for (const size of sizes) {
    yield rest.subarray(0, size)
    rest = rest.subarray(size)
  }
  yield rest
}

const text =
  ': hello\n\nid: 1\nevent: request\ndata: {"é":1}\n\ndata: two\r\ndata: lines\r\n\r\nid: 2\n\ndata:x\n\n'

test('events are the same however the connection cuts them, and comments are none', async () => {
  const wanted = [
    { id: '1', event: 'request', data: '{"é":1}' },
    { id: '1', event: 'message', data: 'two\nlines' },
    { id: '2', event: 'message', data: 'x' },
  ]
  const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(sizes, async (cuts) => {
      assert.deepEqual(await Array.fromAsync(readEvents(inPieces(text, cuts))), wanted)
    }),
    { numRuns: 50 },
  )
})

test('a line without an end is not waited for for ever', async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield Buffer.alloc(64 * 1024, 'x')
  }
  await assert.rejects(Array.fromAsync(readEvents(endless())), /without an end/)
})
