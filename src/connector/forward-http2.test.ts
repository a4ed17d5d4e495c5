import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import { before, type TestContext, test } from 'node:test'
import { createTestAuthority, type TestAuthority } from '../tunnel/test-authority.ts'
import { listen, RawBackend, RecordedStream, TestForwarder } from './forward-fixture.ts'

const http2 = true

type Answer = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: string[]) => void

/** A backend that speaks HTTP/2 from the first byte; `sessions` are the open ones. */
async function startBackend(t: TestContext, answer: Answer) {
  const server: Http2Server = createServer()
  const sessions = new Set<ServerHttp2Session>()
  let opened = 0
  server.on('session', (session) => {
    opened++
    sessions.add(session)
    session.on('close', () => sessions.delete(session)).on('error', () => {})
  })
  server.on('stream', (stream: ServerHttp2Stream, headers, _flags, raw: string[]) => {
    stream.on('error', () => {})
    answer(stream, headers, raw)
  })
  t.after(() => {
    for (const session of sessions) session.destroy()
    server.close()
  })
  const origin = `http://127.0.0.1:${await listen(server)}`
  return { origin, server, sessions, opened: () => opened }
}

function respond(stream: ServerHttp2Stream, body: string | Buffer): void {
  stream.respond({ ':status': 200 })
  stream.end(body)
}

let authority: TestAuthority
before(async () => {
  authority = await createTestAuthority()
})

for (const [what, allowHTTP1, offered, version] of [
  ['both protocols, asked over HTTP/2, is', true, true, '2.0'],
  ['both protocols, asked over HTTP/1.1 alone, is', true, false, '1.1'],
  ['HTTP/2 alone is', false, true, '2.0'],
] as const) {
  test(`a TLS backend that speaks ${what} spoken to over HTTP/${version}`, async (t) => {
    const { certPem, keyPem } = await authority.issue(['localhost'])
    const server = createSecureServer({ allowHTTP1, cert: certPem, key: keyPem })
    server.on('request', (request, response) => response.end(request.httpVersion))
    t.after(() => server.close())
    const origin = `https://localhost:${await listen(server)}`
    await using forwarder = new TestForwarder({ ca: [authority.caPem] })
    for (let i = 0; i < 3; i++) {
      const { text } = await forwarder.ask(origin, { http2: offered })
      assert.equal(text, version)
    }
  })
}

test('a TLS backend without HTTP/2 is spoken to over HTTP/1.1, on the connection that told', async (t) => {
  const { certPem, keyPem } = await authority.issue(['localhost'])
  const server = createTlsServer({ cert: certPem, key: keyPem }, (_, answer) => answer.end('one'))
  let connections = 0
  server.on('secureConnection', () => connections++)
  t.after(() => server.close())
  const origin = `https://localhost:${await listen(server)}`
  await using forwarder = new TestForwarder({ ca: [authority.caPem] })
  for (let i = 0; i < 3; i++) assert.equal((await forwarder.ask(origin, { http2 })).text, 'one')
  assert.equal(connections, 1)
})

test('whether certificates are checked holds for HTTP/2 too [F6]', async (t) => {
  const { certPem, keyPem } = await authority.issue(['localhost'])
  const server = createSecureServer({ cert: certPem, key: keyPem })
  server.on('stream', (stream: ServerHttp2Stream) => respond(stream, 'hi'))
  t.after(() => server.close())
  const origin = `https://localhost:${await listen(server)}`
  await using forwarder = new TestForwarder()
  const checked = await forwarder.ask(origin, { http2 })
  const unchecked = await forwarder.ask(origin, { http2, verifyCertificate: false })
  assert.deepEqual([checked.resetCode, unchecked.text], ['backend-certificate', 'hi'])
})

test('over HTTP/2 fields keep order and repeats, Host is the authority, trailers are welcome [F1] [F2]', async (t) => {
  const backend = await startBackend(t, (stream, _headers, raw) => {
    respond(stream, Buffer.from(JSON.stringify(raw), 'latin1'))
  })
  await using forwarder = new TestForwarder()
  const headers = ['X-B', '1', 'Host', 'app.test:81', 'x-a', '\xe9', 'X-B', '2']
  const { text } = await forwarder.ask(backend.origin, { http2, headers, target: '/a?b' })
  assert.deepEqual(JSON.parse(text), [
    ...[':method', 'GET', ':scheme', 'http', ':authority', 'app.test:81', ':path', '/a?b'],
    ...['x-b', '1', 'x-a', '\xe9', 'x-b', '2', 'te', 'trailers'],
  ])
})

test('answers over HTTP/2: 1xx without cookies, repeats, body and trailers [F1]', async (t) => {
  const backend = await startBackend(t, (stream) => {
    stream.additionalHeaders({ ':status': 103, link: '</a.css>', 'set-cookie': 'a=1' })
    stream.additionalHeaders({ ':status': 100 })
    stream.respond(
      { ':status': 207, 'set-cookie': ['a=1', 'b=2'], 'x-a': 'b', date: 'today' },
      { waitForTrailers: true },
    )
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', host: 'evil' }))
    stream.end('hi')
  })
  await using forwarder = new TestForwarder()
  const { status, headers, informed, text, trailers } = await forwarder.ask(backend.origin, {
    http2,
  })
  assert.deepEqual(informed, [{ status: 103, headers: ['link', '</a.css>'] }])
  assert.deepEqual([status, text], [207, 'hi'])
  assert.deepEqual(headers, ['set-cookie', 'a=1', 'set-cookie', 'b=2', 'x-a', 'b', 'date', 'today'])
  assert.deepEqual(trailers, ['grpc-status', '0'])
})

for (const [what, change, status, calls] of [
  ['HEAD', { method: 'HEAD' }, 200, ['answer 200 end']],
  ['204', { target: '/204' }, 204, ['answer 204 end']],
  ['304', { target: '/304' }, 304, ['answer 304 end']],
  ['299', { target: '/299' }, 299, ['answer 299 end']],
] as const) {
  test(`${what} over HTTP/2 has no body [F1]`, async (t) => {
    const backend = await startBackend(t, (stream, headers) => {
      const answered = Number(String(headers[':path']).slice(1) || 200)
      stream.respond({ ':status': answered }, { endStream: true })
    })
    await using forwarder = new TestForwarder()
    const stream = await forwarder.ask(backend.origin, { http2, ...change })
    assert.deepEqual([stream.status, stream.calls], [status, calls])
  })
}

test('bodies and their trailers go up over HTTP/2 in order, both sides at once (gRPC) [F1]', async (t) => {
  const backend = await startBackend(t, (stream, headers) => {
    assert.equal(headers['te'], 'trailers')
    stream.respond({ ':status': 200 }, { waitForTrailers: true })
    let trailers = {}
    stream.on('trailers', (received) => {
      trailers = { ...received }
    })
    stream.on('data', (chunk) => stream.write(`<${chunk}>`))
    stream.on('end', () => stream.end())
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-seen': JSON.stringify(trailers) }))
  })
  await using forwarder = new TestForwarder()
  const change = { http2, method: 'POST' }
  const { stream, handler } = forwarder.send(backend.origin, change, 'first', false)
  let expected = '<first>'
  for (const message of ['second', 'third']) {
    await stream.until(() => stream.text === expected)
    handler.onData(Buffer.from(message))
    expected += `<${message}>`
  }
  await stream.until(() => stream.text === expected)
  handler.onEnd(['X-Sum', '1', 'Connection', 'x'])
  await stream.over()
  assert.deepEqual(stream.trailers, ['x-seen', '{"x-sum":"1"}'])
  assert.equal(stream.granted, 'secondthird'.length)
})

test('many requests share one session; beyond what it takes there is another one', async (t) => {
  const waiting: ServerHttp2Stream[] = []
  const backend = await startBackend(t, (stream) => waiting.push(stream))
  backend.server.updateSettings({ maxConcurrentStreams: 4 })
  await using forwarder = new TestForwarder()
  const first = forwarder.ask(backend.origin, { http2 })
  while (waiting.length < 1) await once(backend.server, 'stream')
  const rest = Array.from({ length: 7 }, () => forwarder.ask(backend.origin, { http2 }))
  while (waiting.length < 8) await once(backend.server, 'stream')
  for (const stream of waiting) respond(stream, 'hi')
  for (const { text } of await Promise.all([first, ...rest])) assert.equal(text, 'hi')
  assert.equal(backend.opened(), 2)
})

test('a WebSocket is asked for over HTTP/1.1 whatever the setting says [F1]', async () => {
  await using backend = await RawBackend.start((socket, seen) => {
    if (seen.includes('Upgrade: websocket')) {
      socket.write('HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhi')
    }
  })
  await using forwarder = new TestForwarder()
  const { stream } = forwarder.send(backend.origin, { http2, upgrade: 'websocket' }, '', false)
  await stream.until(() => stream.text === 'hi')
})

test('over HTTP/2 the edge giving up resets the stream at once, and only that one', async (t) => {
  const streams: ServerHttp2Stream[] = []
  const backend = await startBackend(t, (stream) => {
    streams.push(stream)
    stream.respond({ ':status': 200 })
    stream.write('x')
  })
  await using forwarder = new TestForwarder()
  const [one, other] = [1, 2].map(() => forwarder.send(backend.origin, { http2 }))
  assert.ok(one && other)
  await one.stream.until(() => one.stream.text === 'x')
  await other.stream.until(() => other.stream.text === 'x')
  one.handler.onError('cancelled', 'the browser left')
  // Nothing else would end it: its body is under way, and may be silent for minutes.
  await once(streams[0] as ServerHttp2Stream, 'close')
  assert.equal(streams[0]?.rstCode, 8)
  streams[1]?.end('y')
  assert.equal((await other.stream.over()).text, 'xy')
})

test('a slow reader of one stream holds its backend back and stops no other [F1]', async (t) => {
  const block = Buffer.alloc(65_536, 'x')
  let written = 0
  const backend = await startBackend(t, async (stream, headers) => {
    stream.respond({ ':status': 200 })
    if (headers[':path'] === '/small') {
      stream.end('small')
      return
    }
    for (let i = 0; i < 256; i++) {
      written += block.length
      if (!stream.write(block)) await once(stream, 'drain')
    }
    stream.end()
  })
  await using forwarder = new TestForwarder()
  const slow = new RecordedStream()
  slow.window = 1
  forwarder.send(backend.origin, { http2 }, '', true, slow)
  await slow.until(() => slow.received > 0)
  for (let i = 0; i < 20; i++) {
    assert.equal((await forwarder.ask(backend.origin, { http2, target: '/small' })).text, 'small')
  }
  assert.ok(slow.received < 1_000_000 && written < 4_000_000, `${slow.received} of ${written}`)
  slow.window = Number.POSITIVE_INFINITY
  slow.onDrain?.()
  await slow.over()
  assert.equal(slow.received, 256 * block.length)
  assert.equal(backend.opened(), 1)
})

test('close() tells the exchanges of a session', async (t) => {
  const backend = await startBackend(t, () => {})
  const forwarder = new TestForwarder()
  const { stream } = forwarder.send(backend.origin, { http2 })
  await once(backend.server, 'stream')
  forwarder.close()
  assert.deepEqual((await stream.over()).calls, ['reset draining'])
})
