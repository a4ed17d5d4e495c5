import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FrameClient, frame, literals } from './fixture-client.ts'
import { alivePath, startHttp2Side } from './fixture-server.ts'
import { frameFlags, frameTypes } from './frame.ts'

const fields: readonly (readonly [string, string])[] = [
  [':method', 'POST'],
  [':scheme', 'https'],
  [':authority', 'app.contoso.test'],
  [':path', '/'],
]

const payload = fc.oneof(
  { weight: 2, arbitrary: fc.constant(literals(fields)) },
  { weight: 1, arbitrary: fc.constant(literals([...fields, ['content-length', '5']])) },
  { weight: 1, arbitrary: fc.constantFrom(4, 5, 6, 8).map((length) => Buffer.alloc(length, 1)) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
)
const anyFrame = fc
  .record({
    type: fc.oneof(fc.constantFrom(...Object.values(frameTypes)), fc.nat(20)),
    flags: fc.oneof(fc.constantFrom(0, 1, 4, 5), fc.nat(255)),
    stream: fc.oneof(fc.constantFrom(0, 1, 3, 5), fc.nat(12)),
    payload,
  })
  .map((each) => frame(each.type, each.flags, each.stream, each.payload))

test('whatever frames come in whatever order, nothing throws, and the next client is served [F8]', async () => {
  await using side = await startHttp2Side((stream, path) => {
    if (stream.id % 3 === 0) stream.whole(200, [], path)
    else {
      stream.head(200, [])
      stream.read({
        onData: (chunk) => stream.write(chunk),
        onEnd: (trailers) => stream.end(trailers),
        onAbort() {},
      })
    }
  })
  const conversations = fc.array(anyFrame, { minLength: 1, maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(conversations, fc.nat(), async (frames, cut) => {
      await using client = await FrameClient.open(side.port)
      const bytes = Buffer.concat(frames)
      const at = cut % bytes.length
      client.write(bytes.subarray(0, at))
      client.write(bytes.subarray(at))
      await new Promise((resolve) => setImmediate(resolve))
    }),
    { numRuns: 500 },
  )
  assert.deepEqual(side.bugs, [])
  await using client = await FrameClient.open(side.port)
  const { headers, data } = frameTypes
  const alive = fields.with(3, [':path', alivePath])
  const whole = frameFlags.endHeaders | frameFlags.endStream
  client.write(frame(headers, whole, 1, literals(alive)))
  await client.until('an answer', ({ type }) => type === data)
})

test('a conversation cut anywhere is the same conversation [F8]', async () => {
  const told: string[] = []
  await using side = await startHttp2Side((stream) => {
    stream.read({
      onData: (chunk) => told.push(String(chunk)),
      onEnd: (trailers) => told.push(trailers.join()),
      onAbort: () => told.push('abort'),
    })
  })
  const { headers, continuation, data } = frameTypes
  const bytes = Buffer.concat([
    frame(headers, 0, 1, literals(fields.slice(0, 2))),
    frame(continuation, frameFlags.endHeaders, 1, literals(fields.slice(2))),
    frame(data, frameFlags.padded, 1, Buffer.from('\x03body\0\0\0')),
    frame(headers, frameFlags.endHeaders | frameFlags.endStream, 1, literals([['x', 'y']])),
  ])
  for (let at = 1; at < bytes.length; at += 3) {
    await using client = await FrameClient.open(side.port)
    client.write(bytes.subarray(0, at))
    await new Promise((resolve) => setImmediate(resolve))
    client.write(bytes.subarray(at))
    await side.arrivals(Math.ceil(at / 3))
  }
  while (told.length < side.streams.length * 2)
    await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(new Set(told), new Set(['body', 'x,y']))
})
