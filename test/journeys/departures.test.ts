import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { RawBackend } from '../../src/connector/forward-fixture.ts'
import { signInByForms } from '../form-sign-in.ts'
import { HttpClient } from '../http-client.ts'
import { Http2Connection } from '../http2-client.ts'
import { openRawSocket, rawExchange } from '../raw-socket.ts'
import { publish, startWorld, type World, type WorldUser } from '../world.ts'

// Whoever waits for an event that never comes is not to wait for the test runner's own limit.
const timeout = 30_000

// From the client's leaving to the application's knowing: far less than any limit on silence, and more than a busy machine
// stands still.
const noticeMaxMs = 10_000

const hello = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello'
const events = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n'
// RFC 6455 §1.3 has this key and its answer.
const switched = [
  'HTTP/1.1 101 Switching Protocols',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
  '\r\n',
].join('\r\n')
const upgrade = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]

const cleanUp = new AsyncDisposableStack()
let world: World
let backend: RawBackend
/** The application's ends of requests it thinks about or streams to, in the order of their arrival. */
const held: Socket[] = []
let open: string
let guarded: string
before(async () => {
  world = cleanUp.use(await startWorld())
  backend = cleanUp.use(await RawBackend.start(behave))
  open = world.external('open')
  guarded = world.external('guarded')
  await publish(world.graph, 'Open', {
    externalAuthenticationType: 'passthru',
    externalUrl: open,
    internalUrl: `${backend.origin}/`,
  })
  await publish(world.graph, 'Guarded', {
    externalUrl: guarded,
    internalUrl: `${backend.origin}/`,
  })
})
after(() => cleanUp.disposeAsync())

function behave(socket: Socket, seen: string): void {
  if (!seen.includes('\r\n\r\n')) return
  const path = seen.split(' ')[1]
  if (path === '/') {
    socket.end(hello)
    return
  }
  held.push(socket)
  if (path === '/events') socket.write(events)
}

/** Resolves when the application's end of request number `index` is closed. */
function closed(index: number): Promise<void> {
  return backend.until(() => !backend.sockets.has(held[index] as Socket))
}

function target(url: string) {
  return { port: world.port, tls: { servername: new URL(url).hostname, ca: world.ca } }
}

function get(url: string, path: string, ...fields: readonly string[]): string {
  const lines = [`GET ${path} HTTP/1.1`, `Host: ${new URL(url).host}`, ...fields]
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** Opens an event stream; resolves, with how to leave it, when it has begun. */
const departures: Readonly<Record<string, () => Promise<() => void>>> = {
  async 'resets its HTTP/2 stream'() {
    const connection = cleanUp.use(await Http2Connection.open(open, world.ca))
    const stream = connection.start({ ':path': '/events' })
    await once(stream, 'data')
    return () => stream.close()
  },
  async 'cuts its HTTP/2 connection'() {
    const connection = await Http2Connection.open(open, world.ca)
    await once(connection.start({ ':path': '/events' }), 'data')
    return () => connection.destroy()
  },
  async 'cuts its HTTP/1.1 connection'() {
    const socket = await openRawSocket(target(open))
    socket.write(get(open, '/events'))
    await once(socket, 'data')
    return () => socket.destroy()
  },
}
for (const [what, enter] of Object.entries(departures)) {
  test(`a client that ${what} in an event stream ends the request at the application at once [F1]`, {
    timeout,
  }, async () => {
    const index = held.length
    const leave = await enter()
    const left = performance.now()
    leave()
    await closed(index)
    assert.ok(performance.now() - left < noticeMaxMs)
  })
}

test('requests given up before their answer end at the application, too [F1]', {
  timeout,
}, async () => {
  await using connection = await Http2Connection.open(open, world.ca)
  const first = held.length
  const streams = Array.from({ length: 50 }, () => connection.start({ ':path': '/thinking' }))
  await backend.until(() => held.length === first + streams.length)
  for (const stream of streams) stream.close()
  await Promise.all(streams.map((_, index) => closed(first + index)))
})

test('500 streams that are opened and reset at once leave nothing behind, and service goes on [F1] [F8]', {
  timeout,
}, async () => {
  const first = held.length
  await Promise.all(Array.from({ length: 5 }, openAndReset))
  // Behind all of them on the way to the application.
  await using connection = await Http2Connection.open(open, world.ca)
  const { status, text } = await connection.ask({ ':path': '/' })
  assert.deepEqual([status, text], [200, 'hello'])
  await Promise.all(held.slice(first).map((_, index) => closed(first + index)))
})

/** A hundred requests, each with its reset behind it in the same packet; resolves when the edge has read them all. */
async function openAndReset(): Promise<void> {
  const fields = Buffer.concat([
    Buffer.from([getIndex, httpsIndex]),
    ...[authorityIndex, new URL(open).host, pathIndex, '/thinking'].map(hpack),
  ])
  const frames = Array.from({ length: 100 }, (_, index) => {
    const stream = 2 * index + 1
    return Buffer.concat([frame(headers, 0x5, stream, fields), frame(reset, 0, stream, cancelled)])
  })
  const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
  const last = frame(ping, 0, 0, Buffer.from('read all'))
  const bytes = Buffer.concat([preface, frame(settings, 0, 0, Buffer.alloc(0)), ...frames, last])
  const { port, tls } = target(open)
  const http2 = { port, tls: { ...tls, protocols: ['h2'] } }
  await rawExchange(http2, bytes, (received) => received.includes('read all'))
}

// RFC 9113 §6 and §7: frame types, and the error code of a reset.
const [headers, reset, settings, ping] = [0x1, 0x3, 0x4, 0x6]
const cancelled = Buffer.from([0, 0, 0, 8])

// RFC 7541 appendix A, as whole fields and as names of literals that are not indexed.
const [getIndex, httpsIndex, authorityIndex, pathIndex] = [0x82, 0x87, 0x01, 0x04]

function hpack(part: number | string): Buffer {
  return typeof part === 'number'
    ? Buffer.from([part])
    : Buffer.concat([Buffer.from([part.length]), Buffer.from(part)])
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** What a browser that sent one request for `path` with `cookie` gets: status line or status, and the body. */
type Ask = (path: string, cookie: string) => Promise<string>

const askHttp1: Ask = (path, cookie) =>
  rawExchange(
    target(guarded),
    get(guarded, path, `Cookie: ${cookie}`, ...(path === '/ws' ? upgrade : [])),
    (received) => received.endsWith('}}'),
  )

const askHttp2: Ask = async (path, cookie) => {
  await using connection = await Http2Connection.open(guarded, world.ca)
  const { status, text } = await connection.ask({ ':path': path, cookie })
  return status === 0 ? text : `${status} ${text}`
}

const revoke = (user: WorldUser) =>
  world.graph.call('POST', `/users/${user.userPrincipalName}/revokeSignInSessions`)

async function disable(user: WorldUser): Promise<void> {
  const path = `/users/${user.userPrincipalName}`
  await world.graph.call('PATCH', path, { accountEnabled: false })
}

const lateAnswers = [
  ['a WebSocket', '/ws', switched, askHttp1, 'revoked', revoke],
  ['an event stream', '/thinking', events, askHttp1, 'revoked', revoke],
  ['an event stream over HTTP/2', '/thinking', events, askHttp2, 'revoked', revoke],
  ['a whole answer', '/thinking', hello, askHttp1, 'revoked', revoke],
  ['a WebSocket', '/ws', switched, askHttp1, 'disabled', disable],
] as const
for (const [what, path, answer, ask, how, end] of lateAnswers) {
  test(`${what} that the application begins after the person was ${how} never reaches the browser [S9]`, {
    timeout,
  }, async () => {
    await using client = new HttpClient({ ca: world.ca })
    await signInByForms(client, guarded, world.bob)
    const cookie = client.cookies.header(new URL(guarded)) ?? ''
    const index = held.length
    const received = ask(path, cookie)
    await backend.until(() => held.length === index + 1)
    // A stream that is open already tells when the edge has heard.
    const witness = await openRawSocket(target(guarded))
    const ended = once(witness, 'close')
    witness.write(get(guarded, '/events', `Cookie: ${cookie}`))
    let told = ''
    while (!told.includes('data: 1')) told += (await once(witness, 'data')).join('')
    await end(world.bob)
    await ended

    held[index]?.write(answer)
    const seen = await received
    assert.match(seen, /^(?:HTTP\/1\.1 )?401 [\s\S]*"code":"session-ended"/)
    assert.doesNotMatch(seen, /hello|data: 1|Switching/)
    await closed(index)
  })
}
