import assert from 'node:assert/strict'
import { createServer as createTcpServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { listen, RawBackend, TestForwarder } from './forward-fixture.ts'

// Backends that misbehave over HTTP/2, frame by frame (RFC 9113 §4).

const http2 = true

const [data, headersFrame, reset, settings, goaway] = [0, 1, 3, 4, 7]
const ok = Buffer.from([0x88]) // :status 200 in HPACK's static table
const endStream = 1
const endHeaders = 4

function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = new Uint8Array(0),
): Buffer {
  const header = Buffer.alloc(9)
  header.writeUIntBE(payload.length, 0, 3)
  header[3] = type
  header[4] = flags
  header.writeUInt32BE(stream, 5)
  return Buffer.concat([header, payload])
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i)
  return bytes
}

/** Answers the n-th request, of whatever connection, with `script(n, …)`. */
async function startFrames(
  t: TestContext,
  script: (n: number, stream: number, socket: Socket) => Uint8Array,
) {
  let requests = 0
  let connections = 0
  const server = createTcpServer((socket) => {
    connections++
    let seen = Buffer.alloc(0)
    let at = 24 // the preface
    socket.on('error', () => {})
    socket.write(Buffer.concat([frame(settings, 0, 0), frame(settings, 1, 0)]))
    socket.on('data', (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk])
      for (; at + 9 <= seen.length; at += 9 + seen.readUIntBE(at, 3)) {
        const stream = seen.readUInt32BE(at + 5)
        if (seen[at + 3] === headersFrame) socket.write(script(++requests, stream, socket))
      }
    })
    t.after(() => socket.destroy())
  })
  t.after(() => server.close())
  const origin = `http://127.0.0.1:${await listen(server)}`
  return { origin, requests: () => requests, connections: () => connections }
}

function answer(stream: number, end: boolean): Buffer {
  return Buffer.concat([
    frame(headersFrame, endHeaders, stream, ok),
    frame(data, end ? endStream : 0, stream, Buffer.from('hi')),
  ])
}

for (const [what, first, method, connections] of [
  ['a refused stream', frame(reset, 0, 1, words(7)), 'POST', 1],
  ['a session that leaves before the request', frame(goaway, 0, 0, words(0, 0)), 'POST', 2],
  ['a failing session that leaves before it', frame(goaway, 0, 0, words(0, 2)), 'POST', 2],
  ['a stream reset without an answer', frame(reset, 0, 1, words(2)), 'GET', 1],
] as const) {
  test(`a ${method} on ${what} is sent again: nothing was done, or nothing that harms [R15]`, async (t) => {
    const backend = await startFrames(t, (n, stream) => (n === 1 ? first : answer(stream, true)))
    await using forwarder = new TestForwarder()
    const { text, ended } = await forwarder.ask(backend.origin, { http2, method })
    assert.deepEqual([text, ended], ['hi', true])
    assert.deepEqual([backend.requests(), backend.connections()], [2, connections])
  })
}

test('what may have been acted on is not repeated over HTTP/2 either [R15]', async (t) => {
  for (const [code, method] of [
    [2, 'POST'],
    [8, 'PATCH'],
  ] as const) {
    const backend = await startFrames(t, () => frame(reset, 0, 1, words(code)))
    await using forwarder = new TestForwarder()
    const { calls } = await forwarder.ask(backend.origin, { http2, method })
    assert.deepEqual(calls, ['reset backend-reset'])
    assert.equal(backend.requests(), 1)
  }
})

for (const [what, ending] of [
  ['a reset', frame(reset, 0, 1, words(2))],
  ['a reset that cancels', frame(reset, 0, 1, words(8))],
  ['a reset without an error', frame(reset, 0, 1, words(0))],
  ['the end of the connection', undefined],
] as const) {
  test(`an answer over HTTP/2 cut short by ${what} is never a clean end [F7]`, async (t) => {
    let peer: Socket | undefined
    const backend = await startFrames(t, (_, stream, socket) => {
      peer = socket
      return answer(stream, false)
    })
    await using forwarder = new TestForwarder()
    const { stream } = forwarder.send(backend.origin, { http2 })
    await stream.until(() => stream.text === 'hi')
    if (ending) peer?.write(ending)
    else peer?.end()
    await stream.over()
    assert.deepEqual([stream.ended, stream.resetCode], [false, 'backend-truncated'])
  })
}

test('a backend that asks for HTTP/1.1 gets it (RFC 9113 §7)', async (t) => {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (chunk: Buffer) => {
      if (!chunk.toString('latin1').startsWith('PRI ')) {
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none')
        return
      }
      socket.write(frame(settings, 0, 0))
      setImmediate(() => socket.write(frame(reset, 0, 1, words(13))))
    })
  })
  t.after(() => server.close())
  const origin = `http://127.0.0.1:${await listen(server)}`
  await using forwarder = new TestForwarder()
  for (let i = 0; i < 2; i++) {
    assert.equal((await forwarder.ask(origin, { http2, method: 'POST' })).text, 'one')
  }
})

for (const [what, bytes] of [
  ['HTTP/1.1', 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'],
  ['rubbish', 'x'.repeat(100)],
] as const) {
  test(`a backend that answers HTTP/2 with ${what} is told apart, and nothing throws [F7]`, async () => {
    await using backend = await RawBackend.start((socket) => socket.write(bytes))
    await using forwarder = new TestForwarder()
    const { calls } = await forwarder.ask(backend.origin, { http2, method: 'POST' })
    assert.deepEqual(calls, ['reset backend-rubbish'])
  })
}

for (const [what, method, status] of [
  ['304', 'GET', 0x8b],
  ['HEAD', 'HEAD', 0x88],
] as const) {
  test(`an answer to ${what} that says how long its body would be, and ends with a frame of its own, is whole [F1]`, async (t) => {
    // content-length: 5, without indexing (RFC 7541 §6.2.2).
    const head = Buffer.from([status, 0x0f, 0x0d, 1, 0x35])
    const backend = await startFrames(t, (_, stream) =>
      Buffer.concat([
        frame(headersFrame, endHeaders, stream, head),
        frame(data, endStream, stream),
      ]),
    )
    await using forwarder = new TestForwarder()
    const { ended, calls } = await forwarder.ask(backend.origin, { http2, method })
    assert.ok(ended, calls.join())
  })
}

for (const [what, flood] of [
  ['PING', frame(6, 0, 0, new Uint8Array(8))],
  ['SETTINGS', frame(settings, 0, 0)],
  ['empty DATA', frame(data, 0, 1)],
  ['1xx', frame(headersFrame, endHeaders, 1, Buffer.from([0x08, 3, 0x31, 0x30, 0x33]))],
  ['resets of nothing', frame(reset, 0, 1, words(5))],
  ['GOAWAY', frame(goaway, 0, 0, words(0, 0))],
  ['unknown frames', frame(0xfa, 0, 0, new Uint8Array(100))],
  ['WINDOW_UPDATE', frame(8, 0, 0, words(1))],
] as const) {
  test(`a backend that floods with ${what} over HTTP/2 costs what is under way there, and no more [F8]`, async (t) => {
    const backend = await startFrames(t, (n, stream) =>
      n > 1
        ? answer(stream, true)
        : Buffer.concat([...Array<Buffer>(20_000).fill(flood), answer(stream, true)]),
    )
    await using forwarder = new TestForwarder()
    const method = 'POST'
    const { ended, resetCode } = await forwarder.ask(backend.origin, { http2, method })
    assert.ok(ended || resetCode !== undefined)
    // What is still on its way may end the connection that the next one goes out on.
    const next = await forwarder.ask(backend.origin, { http2 })
    const { text, calls } = next.ended ? next : await forwarder.ask(backend.origin, { http2 })
    assert.equal(text, 'hi', calls.join())
  })
}
