import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { closeFromClient, closeFromServer, WebSocketFrames } from '../http/web-socket-frames.ts'
import type { AnsweringStream, RequestHandler, Serve } from '../tunnel/exchange.ts'
import { getRequest, nothing, Recorder } from '../tunnel/test-exchange.ts'
import { startOverDuplex } from '../tunnel/test-tunnel.ts'
import { Farewell } from './farewell.ts'

/** A frame with so many bytes of payload, masked or not. */
function frame(length: number, masked = false, opcode = 0x82): Buffer {
  const mask = masked ? 0x80 : 0
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  head[0] = opcode
  if (length < 126) head[1] = mask | length
  else if (length < 65_536) head.writeUInt16BE(length, 2)
  else head.writeBigUInt64BE(BigInt(length), 2)
  if (length >= 126) head[1] = mask | (length < 65_536 ? 126 : 127)
  return Buffer.concat([head, Buffer.alloc(masked ? 4 : 0, 7), Buffer.alloc(length, 0x81)])
}

const lengths = fc.oneof(
  fc.constantFrom(0, 1, 125, 126, 127, 65_535, 65_536),
  fc.integer({ min: 0, max: 300 }),
)

test('WebSocketFrames knows the end of every frame, however the bytes are cut', () => {
  const input = fc.record({
    frames: fc.array(fc.tuple(lengths, fc.boolean()), { minLength: 1, maxLength: 6 }),
    cuts: fc.infiniteStream(fc.integer({ min: 1, max: 500 })),
  })
  fc.assert(
    fc.property(input, ({ frames, cuts }) => {
      const pieces = frames.map(([length, masked]) => frame(length, masked))
      const bytes = Buffer.concat(pieces)
      const ends = new Set([0])
      for (let i = 1; i <= pieces.length; i++) ends.add(Buffer.concat(pieces.slice(0, i)).length)
      const followed = new WebSocketFrames()
      let at = 0
      for (const cut of cuts) {
        assert.equal(followed.between, ends.has(at), `at ${at}`)
        if (at >= bytes.length) break
        followed.pass(bytes.subarray(at, at + cut))
        at = Math.min(at + cut, bytes.length)
      }
    }),
    { numRuns: 200 },
  )
})

test('passRest() stops where the frame in progress ends', () => {
  const [first, second] = [frame(300), frame(5)]
  const both = Buffer.concat([first, second])
  for (let cut = 1; cut < first.length; cut++) {
    const followed = new WebSocketFrames()
    followed.pass(both.subarray(0, cut))
    assert.equal(followed.passRest(both.subarray(cut)), first.length - cut)
    assert.equal(followed.between, true)
  }
})

const upgrade = { ...getRequest, upgrade: 'websocket' } as const

/** A WebSocket through a tunnel: what each end hears, and the hands of the application. */
async function startWebSocket(random = 0) {
  const heard: Buffer[] = []
  const ends: string[] = []
  let application: AnsweringStream | undefined
  const serve: Serve = (_request, _body, _end, stream): RequestHandler => {
    application = stream
    stream.answer(101, [], nothing, false)
    return {
      onData: (chunk) => heard.push(chunk),
      onEnd: () => ends.push('end'),
      onError: (code) => ends.push(code),
    }
  }
  const farewell = new Farewell(serve, () => random)
  const tunnel = await startOverDuplex({ serve: farewell.serve })
  const browser = new Recorder()
  const switched = Promise.withResolvers<void>()
  browser.onAnswer = () => switched.resolve()
  const body: Buffer[] = []
  const received = Promise.withResolvers<void>()
  browser.onData = (chunk) => {
    body.push(chunk)
    received.resolve()
  }
  const ended = Promise.withResolvers<void>()
  browser.onEnd = () => ended.resolve()
  browser.onError = (code) => ended.reject(new Error(code))
  const stream = tunnel.link.open(upgrade, nothing, false, browser)
  await switched.promise
  return {
    farewell,
    stream,
    application: application as AnsweringStream,
    heard: () => Buffer.concat(heard),
    ends,
    body: () => Buffer.concat(body),
    received: received.promise,
    ended: ended.promise,
    [Symbol.asyncDispose]: () => tunnel[Symbol.asyncDispose](),
  }
}

test('a link that is left closes its WebSockets with 1001 at both ends [K5] [R3]', async () => {
  await using socket = await startWebSocket()
  socket.application.write(frame(10))
  await socket.received
  socket.farewell.begin(30_000)
  await socket.ended
  assert.deepEqual(socket.body(), Buffer.concat([frame(10), closeFromServer]))
  assert.deepEqual(socket.heard(), closeFromClient)
  assert.equal(socket.ends[0], 'end')
})

test('a frame under way is let through before the Close frame, and nothing behind it [K5]', async () => {
  await using socket = await startWebSocket()
  const long = frame(1_000)
  socket.application.write(long.subarray(0, 400))
  await socket.received
  socket.farewell.begin(0)
  // Timers of the same length run in order: the farewell's comes first.
  await new Promise((resolve) => setTimeout(resolve, 1))
  assert.equal(socket.body().includes(closeFromServer), false)
  socket.application.write(Buffer.concat([long.subarray(400), frame(3)]))
  await socket.ended
  assert.deepEqual(socket.body(), Buffer.concat([long, closeFromServer]))
})

test('a WebSocket that opens while the link is being left is closed as well [K5]', async () => {
  const farewell = new Farewell(
    (_request, _body, _end, stream) => {
      stream.answer(101, [], nothing, false)
      return { onData() {}, onEnd() {}, onError() {} }
    },
    () => 0,
  )
  await using tunnel = await startOverDuplex({ serve: farewell.serve })
  farewell.begin(1_000)
  const browser = new Recorder()
  tunnel.link.open(upgrade, nothing, false, browser)
  assert.deepEqual((await browser.answered).body, closeFromServer)
})

test('an answer that is no WebSocket is let finish [K5]', async () => {
  const streams: AnsweringStream[] = []
  const farewell = new Farewell(
    (_request, _body, _end, stream) => {
      streams.push(stream)
      return { onData() {}, onEnd() {}, onError() {} }
    },
    () => 0,
  )
  await using tunnel = await startOverDuplex({ serve: farewell.serve })
  const [plain, refused] = [new Recorder(), new Recorder()]
  tunnel.link.open(getRequest, nothing, true, plain)
  tunnel.link.open(upgrade, nothing, false, refused)
  while (streams.length < 2) await new Promise(setImmediate)
  farewell.begin(0)
  for (const stream of streams) {
    stream.answer(403, [], Buffer.from('a'), false)
    stream.write(Buffer.from('b'))
    stream.end()
  }
  assert.equal((await plain.answered).body.toString(), 'ab')
  assert.equal((await refused.answered).body.toString(), 'ab')
})
