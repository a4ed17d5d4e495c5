import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { duplexPair } from 'node:stream'
import { test } from 'node:test'
import { createServer } from 'node:tls'
import fc from 'fast-check'
import { Fault } from '../base/fault.ts'
import { silentLog } from '../base/log.ts'
import { connectLink } from './connector-end.ts'
import type { RequestHandler, Serve } from './exchange.ts'
import { flagEnd, flagInterim, frameType } from './frame.ts'
import { handshakeFrame } from './handshake.ts'
import { writeRequestHead } from './head.ts'
import { defaultLimits, tunnelAlpn } from './limits.ts'
import { answerAtOnce, getRequest, nothing, Recorder } from './test-exchange.ts'
import {
  connectorId,
  createHub,
  frameBytes,
  headPayload,
  helloWith,
  keys,
  startRawConnector,
  startRawEdge,
  testAuthority,
} from './test-tunnel.ts'

const streams = 4

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** What was done to bytes that were right: some flipped, some lost, some twice, the end cut off. */
const damage = fc.array(
  fc.record({
    how: fc.constantFrom('flip', 'drop', 'repeat', 'cut', 'insert'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.integer({ min: 1, max: 40 }),
    byte: fc.integer({ min: 1, max: 255 }),
  }),
  { maxLength: 4 },
)
type Damage = (typeof damage extends fc.Arbitrary<infer Value> ? Value : never)[number]

function damaged(bytes: Buffer, wounds: readonly Damage[]): Buffer {
  return wounds.reduce((whole, { how, at, length, byte }) => {
    const start = Math.floor(at * whole.length)
    const [before, part, after] = [
      whole.subarray(0, start),
      whole.subarray(start, start + length),
      whole.subarray(start + length),
    ]
    if (how === 'flip') return Buffer.concat([before, part.map((each) => each ^ byte), after])
    if (how === 'drop') return Buffer.concat([before, after])
    if (how === 'repeat') return Buffer.concat([before, part, part, after])
    if (how === 'insert') return Buffer.concat([before, Buffer.alloc(length, byte), part, after])
    return before
  }, bytes)
}

/** Where the bytes are cut into writes. */
const cuts = fc.array(fc.integer({ min: 1, max: 2_000 }), { maxLength: 8 })

function pieces(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const all: Buffer[] = []
  let at = 0
  for (const length of lengths) {
    all.push(bytes.subarray(at, at + length))
    at += length
  }
  return [...all, bytes.subarray(at)]
}

test('whatever a stranger says first, the edge ends the connection and holds nothing of it [K1]', async () => {
  const limits = { handshakesPending: 1, handshakeMs: 2_000, closeMs: 10 }
  await using hub = createHub({ limits })
  const property = fc.asyncProperty(damage, cuts, async (wounds, lengths) => {
    const binding = randomBytes(32)
    const right = handshakeFrame(frameType.hello, helloWith(defaultLimits, binding))
    const bytes = damaged(
      Buffer.concat([right, frameBytes(frameType.ping, 0, 0, Buffer.alloc(8))]),
      wounds,
    )
    const [edgeSide, socket] = duplexPair()
    hub.adopt(edgeSide, binding, '192.0.2.1')
    socket.on('error', () => {}).resume()
    for (const piece of pieces(bytes, lengths)) socket.write(piece)
    socket.end()
    await once(socket, 'close')
    await new Promise(setImmediate)
    // The only place for a handshake is free again, or this one would not be answered.
    assert.deepEqual(hub.connected, [])
  })
  await fc.assert(property, { numRuns: 300 })
  const binding = randomBytes(32)
  const [edgeSide, socket] = duplexPair()
  hub.adopt(edgeSide, binding, '192.0.2.1')
  socket.write(handshakeFrame(frameType.hello, helloWith(defaultLimits, binding)))
  const [answer] = (await once(socket, 'data')) as [Buffer]
  assert.equal(answer[3], frameType.welcome)
})

test('whatever an edge answers first, the connector has a link or a fault [K4]', async () => {
  const { caPem, issue } = await testAuthority()
  const { certPem: cert, keyPem: key } = await issue(['127.0.0.1'])
  let answer: Buffer = Buffer.alloc(0)
  const server = createServer({ cert, key, ALPNProtocols: [tunnelAlpn] }, (socket) => {
    socket.on('error', () => {}).resume()
    socket.end(answer)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const edge = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const right = handshakeFrame(frameType.welcome, {
    version: 1,
    creditBytes: 16_384,
    place: { edgeId: 'edge', worker: 0, workers: 2 },
  })
  const dial = { edge, caPem, connectorId, privateKey: keys.privateKey }
  const profile = { machineName: 'test', version: '1', serve: answerAtOnce, log: silentLog }
  const property = fc.asyncProperty(damage, async (wounds) => {
    answer = damaged(right, wounds)
    try {
      const link = await connectLink({ ...dial, ...profile })
      await link.closed
    } catch (thrown) {
      assert.ok(thrown instanceof Fault, String(thrown))
    }
  })
  await fc.assert(property, { numRuns: 100 })
  server.close()
})

/** A frame for one of the streams, whose body is nothing but its number: what arrives elsewhere is seen. */
function telltale(type: number, id: number, length: number, flags: number): Buffer {
  const mark = Buffer.alloc(length, id)
  if (type === frameType.data) return frameBytes(type, 0, id, mark)
  if (type === frameType.head) {
    return frameBytes(type, flags, id, Buffer.concat([headPayload('0\n200'), mark]))
  }
  if (type === frameType.end) return frameBytes(type, flagEnd, id, nothing)
  if (type === frameType.reset) return frameBytes(type, 0, id, u32(length))
  return frameBytes(frameType.credit, 0, id, u32(length))
}

const conversation = fc.array(
  fc.record({
    type: fc.constantFrom(
      frameType.head,
      frameType.data,
      frameType.data,
      frameType.end,
      frameType.reset,
      frameType.credit,
    ),
    id: fc.integer({ min: 1, max: streams }),
    length: fc.integer({ min: 0, max: 300 }),
    flags: fc.constantFrom(0, 0, flagEnd, flagInterim),
  }),
  { maxLength: 40 },
)

test('whatever a connector sends in whatever order, a stream gets its own bytes and no others [K3]', async () => {
  await fc.assert(
    fc.asyncProperty(conversation, damage, cuts, async (frames, wounds, lengths) => {
      const raw = await startRawConnector()
      const heard: Buffer[][] = []
      const recorders = Array.from({ length: streams }, (_, i) => {
        const recorder = new Recorder()
        const { onAnswer, onData } = recorder
        const own: Buffer[] = []
        heard[i + 1] = own
        recorder.onAnswer = (status, headers, body, end) => {
          own.push(body)
          onAnswer.call(recorder, status, headers, body, end)
        }
        recorder.onData = (chunk) => {
          own.push(chunk)
          onData.call(recorder, chunk)
        }
        recorder.stream = raw.link.open(getRequest, nothing, true, recorder)
        return recorder
      })
      const whole = frames.map(({ type, id, length, flags }) => telltale(type, id, length, flags))
      // Undamaged, so that every byte can be told; the damaged ones follow.
      for (const piece of pieces(Buffer.concat(whole), lengths)) raw.socket.write(piece)
      await new Promise(setImmediate)
      for (let id = 1; id <= streams; id++) {
        for (const chunk of heard[id] ?? []) assert.ok(chunk.every((byte) => byte === id))
      }
      raw.socket.on('error', () => {})
      raw.socket.write(damaged(Buffer.concat(whole), wounds))
      raw.socket.end()
      raw.socket.resume()
      await Promise.allSettled(recorders.map(({ answered }) => answered))
      await raw.hub[Symbol.asyncDispose]()
      assert.equal(raw.link.outstanding, 0)
      for (const { ends, errors } of recorders) assert.equal(ends + errors.length, 1)
    }),
    { numRuns: 300 },
  )
})

test('whatever an edge sends in whatever order, a request gets its own bytes and no others', async () => {
  const head = writeRequestHead(getRequest) as string
  await fc.assert(
    fc.asyncProperty(conversation, cuts, async (frames, lengths) => {
      const wrong: string[] = []
      let requests = 0
      const serve: Serve = (_request, body, _end, stream): RequestHandler => {
        requests++
        const [mark] = body
        const check = (chunk: Buffer): void => {
          if (chunk.some((byte) => byte !== mark)) wrong.push(chunk.toString('hex'))
        }
        check(body)
        return {
          onData(chunk) {
            check(chunk)
            stream.grant(chunk.length)
          },
          onEnd: () => stream.answer(200, [], nothing, true),
          onError() {},
        }
      }
      const { socket, connector } = startRawEdge(serve)
      socket.on('error', () => {}).resume()
      const opening = Array.from({ length: streams }, (_, i) =>
        frameBytes(frameType.head, 0, i + 1, headPayload(head, String.fromCharCode(i + 1))),
      )
      const rest = frames
        .filter(({ type }) => type !== frameType.head)
        .map(({ type, id, length, flags }) => telltale(type, id, length, flags))
      for (const piece of pieces(Buffer.concat([...opening, ...rest]), lengths)) socket.write(piece)
      socket.end()
      await connector.closed
      assert.equal(requests, streams)
      assert.deepEqual(wrong, [])
      assert.equal(connector.outstanding, 0)
    }),
    { numRuns: 300 },
  )
})

test('a frame that is announced and never comes costs one frame of memory and nothing else', async () => {
  await using raw = await startRawConnector({ edgeLimits: { heartbeatMs: 20, silenceMs: 60 } })
  const recorder = new Recorder()
  raw.link.open(getRequest, nothing, true, recorder)
  raw.socket.on('error', () => {}).resume()
  raw.socket.write(frameBytes(frameType.head, 0, 1, Buffer.alloc(100_000)).subarray(0, 20))
  await assert.rejects(recorder.answered, { code: 'link-lost' })
})
