import assert from 'node:assert/strict'
import type { Duplex } from 'node:stream'
import { test } from 'node:test'
import fc from 'fast-check'
import type { RequestHandler, Serve } from './exchange.ts'
import { flagEnd, flagInterim, frameType } from './frame.ts'
import { writeRequestHead } from './head.ts'
import { defaultLimits, framePayloadBytesMax, inlineBodyBytesMax } from './limits.ts'
import { answerAtOnce, echo, getRequest, neverAnswer, nothing, Recorder } from './test-exchange.ts'
import {
  collectFrames,
  frameBytes,
  headPayload,
  startRawConnector,
  startRawEdge,
} from './test-tunnel.ts'

const requestHead = headPayload(writeRequestHead(getRequest) as string)
const answerHead = headPayload('0\n200')
const ping = Buffer.alloc(8)

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** Frames that are right, nearly right and wrong, for streams that are there and not. */
const hostileFrame = fc
  .record({
    type: fc.oneof(fc.constantFrom(...Object.values(frameType)), fc.integer({ min: 0, max: 255 })),
    flags: fc.constantFrom(0, 1, 2, 3, 255),
    stream: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 0xffff_ffff })),
    payload: fc.oneof(
      fc.constantFrom(requestHead, answerHead, headPayload('0\n103'), headPayload('0\n101'), ping),
      fc.nat(0xffff_ffff).map(number),
      fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
    ),
  })
  .map(({ type, flags, stream, payload }) => frameBytes(type, flags, stream, payload))

const hostileBytes = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.array(hostileFrame, { maxLength: 20 }).map((frames) => Buffer.concat(frames)),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)) },
)

function ended(socket: Duplex): Promise<void> {
  socket.on('error', () => {}).resume()
  return new Promise((resolve) => socket.once('close', resolve))
}

test('whatever a connector sends, nothing throws and every stream hears its end exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(hostileBytes, async (bytes) => {
      const raw = await startRawConnector()
      const recorders = Array.from({ length: 3 }, () => {
        const recorder = new Recorder()
        recorder.stream = raw.link.open(getRequest, nothing, false, recorder)
        return recorder
      })
      raw.socket.on('error', () => {})
      raw.socket.write(bytes)
      raw.socket.end()
      raw.socket.resume()
      await Promise.allSettled(recorders.map(({ answered }) => answered))
      for (const { ends, errors, calls } of recorders) {
        assert.equal(ends + errors.length, 1)
        const last = calls.at(-1)
        assert.ok(last === 'answer' || last === 'end' || last === 'error')
      }
      await raw.hub[Symbol.asyncDispose]()
      assert.equal(raw.link.outstanding, 0)
    }),
    { numRuns: 300 },
  )
})

test('whatever an edge sends, nothing throws and every request hears its end at most once', async () => {
  await fc.assert(
    fc.asyncProperty(hostileBytes, async (bytes) => {
      const errors: number[] = []
      const serve: Serve = (request, body, end, stream): RequestHandler => {
        const at = errors.push(0) - 1
        const inner = echo(request, body, end, stream)
        return { ...inner, onError: () => (errors[at] = (errors[at] as number) + 1) }
      }
      const { socket, connector } = startRawEdge(serve)
      socket.on('error', () => {})
      socket.write(bytes)
      socket.end()
      socket.resume()
      await connector.closed
      assert.ok(errors.every((count) => count <= 1))
      assert.equal(connector.outstanding, 0)
    }),
    { numRuns: 300 },
  )
})

const violations = [
  ['a frame over the limit', Buffer.from([0xff, 0xff, 0xff, 4, 0, 0, 0, 0, 1])],
  ['a stream that was never opened', frameBytes(frameType.data, 0, 9, ping)],
  ['an answer to a stream that was never opened', frameBytes(frameType.head, 0, 9, answerHead)],
  ['stream 0', frameBytes(frameType.reset, 0, 0, number(0))],
  [
    'a head longer than its frame',
    frameBytes(frameType.head, 0, 1, Buffer.from([0, 0, 1, 0, 0x30])),
  ],
  ['a head frame without a head', frameBytes(frameType.head, 0, 1, Buffer.from([0]))],
  [
    'too long a body in a head frame',
    frameBytes(frameType.head, 0, 1, headPayload('0\n200', 'x'.repeat(inlineBodyBytesMax + 1))),
  ],
  ['a credit frame of three bytes', frameBytes(frameType.credit, 0, 1, Buffer.alloc(3))],
  ['more credit than there can be', frameBytes(frameType.credit, 0, 1, number(0xffff_ffff))],
  ['a short reset', frameBytes(frameType.reset, 0, 1, Buffer.alloc(1))],
  ['a long ping', frameBytes(frameType.ping, 0, 0, Buffer.alloc(9))],
  ['a second hello', frameBytes(frameType.hello, 0, 0, Buffer.from('{}'))],
  [
    'data beyond the credit',
    Buffer.concat([
      frameBytes(frameType.head, 0, 1, answerHead),
      ...Array.from({ length: 3 }, () =>
        frameBytes(frameType.data, 0, 1, Buffer.alloc(framePayloadBytesMax)),
      ),
    ]),
  ],
] as const
for (const [what, bytes] of violations) {
  test(`the edge closes the link on ${what} and says why [K3]`, async () => {
    await using raw = await startRawConnector()
    const recorder = new Recorder()
    raw.link.open(getRequest, nothing, false, recorder)
    const frames = collectFrames(raw.socket)
    const closed = ended(raw.socket)
    raw.socket.write(bytes)
    await frames.until(({ type }) => type === frameType.refused)
    await assert.rejects(recorder.answered, { code: 'link-lost' })
    raw.socket.end()
    await closed
  })
}

const badAnswers = [
  ['a malformed head', [frameBytes(frameType.head, 0, 1, headPayload('1\n200\na b\nc'))]],
  ['data before the head', [frameBytes(frameType.data, 0, 1, ping)]],
  ['an end before the head', [frameBytes(frameType.end, flagEnd, 1, nothing)]],
  [
    'a second head',
    [frameBytes(frameType.head, 0, 1, answerHead), frameBytes(frameType.head, 0, 1, answerHead)],
  ],
  ['101 where no upgrade was asked for', [frameBytes(frameType.head, 0, 1, headPayload('0\n101'))]],
  [
    'an informational status as the answer',
    [frameBytes(frameType.head, 0, 1, headPayload('0\n103'))],
  ],
  ['an answer said to be informational', [frameBytes(frameType.head, flagInterim, 1, answerHead)]],
  [
    'malformed trailers',
    [
      frameBytes(frameType.head, 0, 1, answerHead),
      frameBytes(frameType.end, flagEnd, 1, Buffer.from('1\na')),
    ],
  ],
] as const
for (const [what, frames] of badAnswers) {
  test(`${what} costs the stream, not the link`, async () => {
    await using raw = await startRawConnector()
    const bad = new Recorder()
    const good = new Recorder()
    raw.link.open(getRequest, nothing, true, bad)
    raw.link.open(getRequest, nothing, true, good)
    const seen = collectFrames(raw.socket)
    for (const bytes of frames) raw.socket.write(bytes)
    raw.socket.write(frameBytes(frameType.head, flagEnd, 2, answerHead))
    assert.equal((await good.answered).status, 200)
    await assert.rejects(bad.answered, { code: 'protocol-error' })
    await seen.until(({ type, stream }) => type === frameType.reset && stream === 1)
  })
}

test('frames for a stream that is over are dropped', async () => {
  await using raw = await startRawConnector()
  const recorder = new Recorder()
  raw.link.open(getRequest, nothing, true, recorder)
  const end = frameBytes(frameType.head, flagEnd, 1, answerHead)
  const data = frameBytes(frameType.data, 0, 1, ping)
  const reset = frameBytes(frameType.reset, 0, 1, number(0))
  raw.socket.write(Buffer.concat([end, end, data, reset]))
  await recorder.answered
  const seen = collectFrames(raw.socket)
  raw.socket.write(frameBytes(frameType.ping, 0, 0, ping))
  await seen.until(({ type }) => type === frameType.pong)
  assert.deepEqual(recorder.calls, ['answer'])
})

const edgeViolations = [
  ['a stream opened twice', [1, 1]],
  ['a stream number that goes down', [5, 3]],
  ['stream 0', [0]],
] as const
for (const [what, ids] of edgeViolations) {
  test(`the connector closes the link on ${what}`, async () => {
    const { socket, connector } = startRawEdge(neverAnswer)
    socket.on('error', () => {}).resume()
    for (const id of ids) socket.write(frameBytes(frameType.head, flagEnd, id, requestHead))
    const { code } = await connector.closed
    assert.equal(code, 'violated')
  })
}

test('the connector closes the link on a stream that is opened behind the edge’s drain', async () => {
  const { socket, connector } = startRawEdge(neverAnswer)
  socket.on('error', () => {}).resume()
  socket.write(frameBytes(frameType.head, flagEnd, 1, requestHead))
  socket.write(frameBytes(frameType.drain, 0, 0, nothing))
  socket.write(frameBytes(frameType.head, flagEnd, 2, requestHead))
  assert.equal((await connector.closed).code, 'violated')
})

test('the connector refuses a malformed request and one stream too many, and serves on', async () => {
  const { socket, connector } = startRawEdge(neverAnswer, { streamsPerLink: 1 })
  const seen = collectFrames(socket)
  socket.write(
    frameBytes(frameType.head, flagEnd, 1, headPayload('0\nid\nG T\nhttp://a\n/\n1\n1\n')),
  )
  socket.write(frameBytes(frameType.head, flagEnd, 2, requestHead))
  socket.write(frameBytes(frameType.head, flagEnd, 3, requestHead))
  const first = await seen.until(({ type }) => type === frameType.reset)
  const second = await seen.until(({ type, stream }) => type === frameType.reset && stream === 3)
  assert.deepEqual([first.stream, first.payload.readUInt32BE(0)], [1, 2])
  assert.equal(second.payload.readUInt32BE(0), 4)
  connector.close()
})

test('a flood of pings is answered by a pong to the latest, not by a flood', async () => {
  const { socket, connector } = startRawEdge(answerAtOnce)
  const seen = collectFrames(socket)
  const latest = Buffer.from('latest!!')
  const flood = Array.from({ length: 50_000 }, () => frameBytes(frameType.ping, 0, 0, ping))
  socket.write(Buffer.concat([...flood, frameBytes(frameType.ping, 0, 0, latest)]))
  await seen.until(({ type, payload }) => type === frameType.pong && payload.equals(latest))
  assert.ok(seen.frames.length < 10, `${seen.frames.length} pongs`)
  connector.close()
})

test('a silent peer is dead after the silence limit, a peer that answers is not [K3]', async () => {
  const limits = { heartbeatMs: 20, silenceMs: 60 }
  await using lively = await startRawConnector({ edgeLimits: limits })
  const seen = collectFrames(lively.socket)
  lively.socket.on('data', () => lively.socket.write(frameBytes(frameType.pong, 0, 0, ping)))
  const dying = new Recorder()
  const living = new Recorder()
  lively.link.open(getRequest, nothing, true, living)
  const startedAt = performance.now()
  await using silent = await startRawConnector({ edgeLimits: limits })
  silent.link.open(getRequest, nothing, true, dying)
  await assert.rejects(dying.answered, { code: 'link-lost' })
  const tookMs = performance.now() - startedAt
  assert.ok(tookMs >= limits.silenceMs && tookMs < defaultLimits.silenceMs, `${tookMs} ms`)
  await seen.until(({ type }) => type === frameType.ping)
  assert.deepEqual(living.errors, [])
})

test('the default limits notice a dead peer within 15 seconds [K3]', () => {
  assert.ok(defaultLimits.silenceMs < 15_000)
  assert.ok(defaultLimits.silenceMs > 2 * defaultLimits.heartbeatMs)
})
