import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { OutgoingHttpHeaders } from 'node:http2'
import type { Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { TLSSocket } from 'node:tls'
import { RawBackend } from '../../src/connector/forward-fixture.ts'
import { HttpClient } from '../http-client.ts'
import { Http2Connection } from '../http2-client.ts'
import { groupMembers } from '../process.ts'
import { openRawSocket, rawExchange } from '../raw-socket.ts'
import { publish, startWorld, type World } from '../world.ts'

const twice = 'X-Content-Type-Options: nosniff\r\n'.repeat(2)
const chunkedHello = 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n'
const hello = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello'

/** What the application answers with, byte for byte, by path; everything else gets `hello`. */
const answers: Readonly<Record<string, string>> = {
  '/options-twice': hello.replace('\r\n\r\n', `\r\n${twice}\r\n`),
  '/type-twice': hello.replace('\r\n\r\n', '\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n\r\n'),
  '/trailer-twice': `HTTP/1.1 200 OK\r\n${chunkedHello}ETag: "a"\r\nETag: "b"\r\n\r\n`,
  '/odd-hint': `HTTP/1.1 103 Early Hints\r\nLink: nonsense\r\nX-A: b\r\n\r\n${hello}`,
  '/strange-hint': `HTTP/1.1 103 Early Hints\r\nLink: </a.css>\v; rel=preload\r\n\r\n${hello}`,
  '/odd-information': `HTTP/1.1 104 Upload Resumption\r\nX-A: b\r\n\r\n${hello}`,
}

const cleanUp = new AsyncDisposableStack()
let world: World
/** Open to everybody. */
let open: string
/** Asks for a sign-in, and adds to every answer a field that the edge's own answers have already. */
let guarded: string
let processes: readonly string[]
before(async () => {
  world = cleanUp.use(await startWorld())
  processes = groupMembers(world.demo.command.pid)
  const backend = cleanUp.use(await RawBackend.start(behave))
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
    responseHeaderRules: [{ action: 'add', name: 'X-Content-Type-Options', value: 'nosniff' }],
  })
  await publish(world.graph, 'Starred', {
    externalUrl: world.external('*.starred'),
    internalUrl: 'http://*.internal.test/',
  })
})
after(() => cleanUp.disposeAsync())

function behave(socket: Socket, seen: string): void {
  const path = seen.split(' ')[1] ?? ''
  if (path === '/asked' && seen.endsWith('\r\n\r\n')) socket.write('HTTP/1.1 100 Continue\r\n\r\n')
  else if (path !== '/never' && seen.includes('\r\n\r\n')) socket.end(answers[path] ?? hello)
}

function connect(url: string): Promise<Http2Connection> {
  return Http2Connection.open(url, world.ca)
}

function target(url: string) {
  return { port: world.port, tls: { servername: new URL(url).hostname, ca: world.ca } }
}

/** A GET of the open application over HTTP/1.1. */
function get(path: string, ...fields: readonly string[]): string {
  const lines = [`GET ${path} HTTP/1.1`, `Host: ${new URL(open).host}`, ...fields]
  return `${lines.join('\r\n')}\r\n\r\n`
}

async function assertServed(connection: Http2Connection): Promise<void> {
  const { status, text } = await connection.ask({ ':path': '/' })
  assert.deepEqual([status, text], [200, 'hello'])
}

const connectUdp = { ':method': 'CONNECT', ':protocol': 'connect-udp', ':scheme': 'https' }

const refused: readonly (readonly [string, OutgoingHttpHeaders, number])[] = [
  ['GET /a%2Fb', { ':path': '/a%2Fb' }, 400],
  ['TRACE', { ':method': 'TRACE', ':path': '/' }, 405],
  ['OPTIONS *', { ':method': 'OPTIONS', ':path': '*' }, 400],
  ['an unknown expectation', { ':path': '/', expect: 'the unexpected' }, 417],
  ['a scheme that is not served here', { ':path': '/', ':scheme': 'http' }, 400],
  ['a CONNECT for another protocol', { ...connectUdp, ':path': '/' }, 501],
  ['a CONNECT for no WebSocket', { ':method': 'CONNECT', ':authority': 'evil.test:443' }, 501],
]
for (const [what, fields, status] of refused) {
  test(`over HTTP/2 ${what} gets ${status}, and the next request on the same connection is served [F8] [F1]`, async () => {
    await using connection = await connect(open)
    assert.equal((await connection.ask(fields)).status, status)
    await assertServed(connection)
  })
}

test('over HTTP/2 a Host unlike its :authority gets 400 [F8]', async () => {
  await using connection = await connect(open)
  const fields = { ':path': '/', ':authority': new URL(open).host, host: 'evil.test' }
  assert.equal((await connection.ask(fields)).status, 400)
  await assertServed(connection)
})

test('an upgrade that is pipelined behind a request waits for its turn [F8]', async () => {
  const upgrade = get(
    '/',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  )
  const socket = await openRawSocket(target(open))
  socket.write(get('/never') + upgrade)
  const other = await rawExchange(target(open), get('/', 'Connection: close'))
  assert.match(other, /^HTTP\/1\.1 200 .*hello$/s)
  assert.equal(socket.bytesRead, 0)
  socket.destroy()
  const both = await rawExchange(target(open), get('/') + upgrade)
  // The application answers the upgrade as if it were none, which ends the connection.
  assert.equal(both.split('HTTP/1.1 200 ').length, 3)
})

for (const path of [
  '/options-twice',
  '/type-twice',
  '/trailer-twice',
  '/odd-hint',
  '/strange-hint',
  '/odd-information',
]) {
  test(`what HTTP/2 has no words for (${path}) costs the client no answer [F1]`, async () => {
    await using connection = await connect(open)
    const { status, text } = await connection.ask({ ':path': path })
    assert.deepEqual([status, text], [200, 'hello'])
    await assertServed(connection)
  })
}

for (const path of ['/odd-hint', '/strange-hint', '/odd-information']) {
  test(`over HTTP/1.1 a 1xx that cannot be passed on (${path}) costs the client no answer [F1]`, async () => {
    const text = await rawExchange(target(open), get(path, 'Connection: close'))
    assert.match(text, /^HTTP\/1\.1 200 .*\r\n\r\nhello$/ms)
  })
}

test('over HTTP/2 a client that waits for 100 gets it once the application wants the body [F1]', async () => {
  await using connection = await connect(open)
  const fields = {
    ':method': 'POST',
    ':path': '/asked',
    expect: '100-continue',
    'content-length': 4,
  }
  const stream = connection.begin(fields)
  await once(stream, 'continue')
  stream.end('body')
  const [{ ':status': status }] = await once(stream, 'response')
  assert.equal(status, 200)
})

test('a rule that adds a field which the 401 has already leaves it a 401 over HTTP/2 [C14] [S4]', async () => {
  await using connection = await connect(guarded)
  const { status, headers } = await connection.ask({ ':path': '/', accept: 'application/json' })
  assert.equal(status, 401)
  assert.match(String(headers['x-content-type-options']), /^nosniff/)
})

// The edge's own pages take 64 KiB.
const tooLong = 'x'.repeat(70_000)

test('a body that is too long for a page of the edge gets 413, over both protocols [F1] [F7]', async () => {
  const path = '/.sallyport/hand-over'
  await using connection = await connect(guarded)
  const answer = await connection.ask({ ':method': 'POST', ':path': path }, tooLong)
  assert.equal(answer.status, 413)
  assert.equal(JSON.parse(answer.text).error.code, 'too-large')
  assert.equal(answer.headers['proxy-status'], 'sallyport; error=http_request_error')
  assert.equal((await connection.ask({ ':path': '/' })).status, 401)

  await using client = new HttpClient({ ca: world.ca })
  const url = new URL(path, guarded)
  assert.equal((await client.request(url, { method: 'POST', body: tooLong })).status, 413)
})

test('whatever names are made up under a star, one certificate serves them all [P3] [P11]', async () => {
  const names = Array.from({ length: 50 }, (_, index) => `made-up-${index}.starred`)
  const serials = await Promise.all(names.map((name) => certificateSerial(world.external(name))))
  assert.match(serials[0] ?? '', /^[0-9A-F]+$/)
  assert.equal(new Set(serials).size, 1)
})

async function certificateSerial(url: string): Promise<string> {
  const socket = await openRawSocket(target(url))
  assert.ok(socket instanceof TLSSocket)
  const { serialNumber } = socket.getPeerCertificate()
  socket.destroy()
  return serialNumber
}

test('a request for a host of another certificate gets 421, and the connection serves its own host still [P11]', async () => {
  const elsewhere = new URL(guarded).host
  await using connection = await connect(open)
  const { status, text } = await connection.ask({ ':path': '/', ':authority': elsewhere })
  assert.deepEqual([status, JSON.parse(text).error.code], [421, 'misdirected-request'])
  await assertServed(connection)

  const received = await rawExchange(target(open), `GET / HTTP/1.1\r\nHost: ${elsewhere}\r\n\r\n`)
  assert.match(received, /^HTTP\/1\.1 421 /)
})

test('after all of this every process is the one that was started [F8]', async () => {
  assert.deepEqual(groupMembers(world.demo.command.pid), processes)
})
