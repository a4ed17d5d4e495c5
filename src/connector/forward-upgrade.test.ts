import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import type { RequestHandler, TunnelRequest } from '../tunnel/exchange.ts'
import { listen, RawBackend, RecordedStream, TestForwarder } from './forward-fixture.ts'

const upgrade = 'websocket'
const switching =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
const askedFor = {
  upgrade,
  headers: ['Host', 'app.test', 'Sec-WebSocket-Version', '13', 'Sec-WebSocket-Key', 'x'],
} as const

/** The edge's part in small: a listener whose upgrades go through `forwarder`. Returns its ws: address. */
async function startEdge(
  t: TestContext,
  forwarder: TestForwarder,
  origin: string,
): Promise<string> {
  const server = createServer()
  server.on('upgrade', (incoming, socket: Duplex) => {
    const stream = new RecordedStream()
    const fields = Object.entries(incoming.headers) as [string, string][]
    const headers = fields.flatMap(([name, value]) =>
      name === 'connection' || name === 'upgrade' ? [] : [name, value],
    )
    const change: Partial<TunnelRequest> = { upgrade, target: incoming.url ?? '', headers }
    const handler: RequestHandler = forwarder.send(origin, change, '', false, stream).handler
    stream.onChunk = (chunk) => socket.write(chunk)
    stream
      .until(() => stream.status === 101)
      .then(() => {
        const lines = stream.headers.map((part, i) => (i % 2 === 0 ? `${part}: ` : `${part}\r\n`))
        socket.cork()
        socket.write(`${switching}${lines.join('')}\r\n`)
        socket.uncork()
      })
    stream.over().then(() => socket.end())
    socket.on('data', (chunk) => {
      handler.onData(chunk)
    })
    socket.on('end', () => handler.onEnd([]))
    socket.on('error', () => handler.onError('cancelled', 'the browser left'))
  })
  t.after(() => server.close())
  return `ws://127.0.0.1:${await listen(server)}`
}

test('a WebSocket works: subprotocol, compression, text, binary, large messages, close codes [F1]', async (t) => {
  const sockets = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    perMessageDeflate: true,
    handleProtocols: () => 'chat.v2',
  })
  t.after(() => sockets.close())
  sockets.on('connection', (socket) => {
    socket.send('welcome')
    socket.on('message', (data, binary) => socket.send(data, { binary }))
    socket.on('close', (code) => closed.resolve(code))
  })
  const closed = Promise.withResolvers<number>()
  await once(sockets, 'listening')
  await using forwarder = new TestForwarder()
  const { port } = sockets.address() as { port: number }
  const address = await startEdge(t, forwarder, `http://127.0.0.1:${port}`)
  const client = new WebSocket(`${address}/live?x=1`, ['chat.v1', 'chat.v2'])
  const welcome = once(client, 'message')
  await once(client, 'open')
  assert.equal(client.protocol, 'chat.v2')
  assert.match(client.extensions, /permessage-deflate/)
  assert.equal(String((await welcome)[0]), 'welcome')
  for (const message of ['hello', Buffer.alloc(3_000_000, 'x'), '']) {
    const answer = once(client, 'message')
    client.send(message)
    const [data, binary] = await answer
    assert.deepEqual([Buffer.from(data), binary], [Buffer.from(message), message instanceof Buffer])
  }
  client.close(4001)
  const [code] = await once(client, 'close')
  assert.deepEqual([code, await closed.promise], [4001, 4001])
})

test('bytes that come together with the 101 are not lost [F1]', async () => {
  await using backend = await RawBackend.start((socket, seen) => {
    if (seen.endsWith('\r\n\r\n')) socket.write(`${switching}Sec-WebSocket-Accept: y\r\n\r\nfirst`)
  })
  await using forwarder = new TestForwarder()
  const { stream } = forwarder.send(backend.origin, askedFor, '', false)
  await stream.until(() => stream.text === 'first')
  assert.deepEqual([stream.status, stream.headers], [101, ['Sec-WebSocket-Accept', 'y']])
  const [line, ...fields] = backend.seen.split('\r\n')
  assert.equal(line, 'GET / HTTP/1.1')
  assert.ok(fields.includes('Connection: Upgrade') && fields.includes('Upgrade: websocket'))
})

test('bytes sent behind the upgrade request wait for the 101 [F1]', async () => {
  await using backend = await RawBackend.start((socket, seen) => {
    if (!seen.endsWith('\r\n\r\n')) return
    setImmediate(() => socket.write(`${switching}\r\n`))
  })
  await using forwarder = new TestForwarder()
  const { stream, handler } = forwarder.send(backend.origin, askedFor, 'early ', false)
  handler.onData(Buffer.from('bird'))
  await backend.until(() => backend.seen.endsWith('\r\n\r\nearly bird'))
  await stream.until(() => stream.granted === 4)
})

test('more WebSockets than ordinary connections are allowed are open at once [F1]', async () => {
  await using backend = await RawBackend.start((socket) => socket.write(`${switching}\r\n`))
  await using forwarder = new TestForwarder()
  const count = 1_100
  // More than a listener's queue holds: the system tries again after one second, three, seven.
  const patient = { ...askedFor, headTimeoutMs: 60_000 }
  const sent = Array.from({ length: count }, () =>
    forwarder.send(backend.origin, patient, '', false),
  )
  for (const { stream } of sent) await stream.until(() => stream.status === 101)
  assert.equal(backend.sockets.size, count)
})

for (const [what, bytes, status, text] of [
  [
    '401 with a body',
    'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nContent-Length: 2\r\n\r\nno',
    401,
    'no',
  ],
  [
    '200',
    'HTTP/1.1 200 OK\r\nUpgrade: h2\r\nConnection: Upgrade\r\nContent-Length: 2\r\n\r\nhi',
    200,
    'hi',
  ],
  [
    '426',
    'HTTP/1.1 426 X\r\nSec-WebSocket-Version: 13\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    426,
    '',
  ],
] as const) {
  test(`an upgrade answered by ${what} is an ordinary answer [F1]`, async () => {
    await using backend = await RawBackend.start((socket) => socket.write(bytes))
    await using forwarder = new TestForwarder()
    const { stream, handler } = forwarder.send(backend.origin, askedFor, '', false)
    await stream.over()
    assert.deepEqual([stream.status, stream.text, stream.resetCode], [status, text, undefined])
    handler.onData(Buffer.from('never a raw tunnel'))
    await stream.until(() => stream.granted === 18)
    await backend.until(() => backend.sockets.size === 0)
    assert.ok(!backend.seen.includes('never'))
  })
}

for (const [what, bytes] of [
  ['101 without Upgrade', 'HTTP/1.1 101 X\r\n\r\n'],
  ['101 to another protocol', 'HTTP/1.1 101 X\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n'],
] as const) {
  test(`an upgrade answered by ${what} is backend-rubbish [F8]`, async () => {
    await using backend = await RawBackend.start((socket) => socket.write(bytes))
    await using forwarder = new TestForwarder()
    const { stream } = forwarder.send(backend.origin, askedFor, '', false)
    assert.deepEqual((await stream.over()).calls, ['reset backend-rubbish'])
    await backend.until(() => backend.sockets.size === 0)
  })
}

test('the end of either side of a WebSocket reaches the other at once [F1]', async () => {
  await using backend = await RawBackend.start((socket, seen) => {
    if (seen.endsWith('\r\n\r\n')) socket.write(`${switching}\r\n`)
    if (seen.endsWith('bye')) socket.end('bye')
  })
  await using forwarder = new TestForwarder()
  const one = forwarder.send(backend.origin, askedFor, '', false)
  await one.stream.until(() => one.stream.status === 101)
  one.handler.onData(Buffer.from('bye'))
  await one.stream.over()
  assert.deepEqual([one.stream.text, one.stream.ended], ['bye', true])
  one.handler.onData(Buffer.from('too late'))
  await one.stream.until(() => one.stream.granted === 11)
  await backend.until(() => backend.sockets.size === 0)
  const other = forwarder.send(backend.origin, askedFor, '', false)
  await other.stream.until(() => other.stream.status === 101)
  other.handler.onEnd([])
  await other.stream.over()
  assert.deepEqual([other.stream.ended, other.stream.resetCode], [true, undefined])
  await backend.until(() => backend.sockets.size === 0)
})

test('an error on either side of a WebSocket ends the other at once [F1]', async () => {
  await using backend = await RawBackend.start((socket) => socket.write(`${switching}\r\n`))
  await using forwarder = new TestForwarder()
  const one = forwarder.send(backend.origin, askedFor, '', false)
  await one.stream.until(() => one.stream.status === 101)
  for (const socket of backend.sockets) socket.resetAndDestroy()
  assert.equal((await one.stream.over()).resetCode, 'backend-reset')
  const other = forwarder.send(backend.origin, askedFor, '', false)
  await other.stream.until(() => other.stream.status === 101)
  other.handler.onError('cancelled', 'the browser left')
  await backend.until(() => backend.sockets.size === 0)
  assert.equal(other.stream.resetCode, undefined)
})

test('a WebSocket obeys the stream in both directions [F1]', async () => {
  await using backend = await RawBackend.start((socket, seen) => {
    if (seen.endsWith('\r\n\r\n')) socket.write(`${switching}\r\n`)
    if (seen.endsWith('flood')) {
      socket.write(Buffer.alloc(32_000_000, 'x'))
      socket.pause()
    }
  })
  await using forwarder = new TestForwarder()
  const { stream, handler } = forwarder.send(backend.origin, askedFor, '', false)
  await stream.until(() => stream.status === 101)
  stream.window = 1
  handler.onData(Buffer.from('flood'))
  await stream.until(() => stream.received > 0)
  const upload = Buffer.alloc(32_000_000, 'y')
  handler.onData(upload)
  await new Promise((later) => setTimeout(later, 50))
  assert.ok(stream.received < 1_000_000, `${stream.received} bytes down`)
  assert.equal(stream.granted, 5)
  stream.window = Number.POSITIVE_INFINITY
  stream.onDrain?.()
  await stream.until(() => stream.received === 32_000_000)
  for (const socket of backend.sockets) socket.resume()
  await stream.until(() => stream.granted === 5 + upload.length)
})

test('close() ends open WebSockets', async () => {
  await using backend = await RawBackend.start((socket) => socket.write(`${switching}\r\n`))
  const forwarder = new TestForwarder()
  const { stream } = forwarder.send(backend.origin, askedFor, '', false)
  await stream.until(() => stream.status === 101)
  forwarder.close()
  assert.equal((await stream.over()).resetCode, 'backend-reset')
  await backend.until(() => backend.sockets.size === 0)
})
