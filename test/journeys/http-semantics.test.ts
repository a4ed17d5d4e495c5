import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as requestHttps } from 'node:https'
import { after, before, test } from 'node:test'
import { listen } from '../../src/connector/forward-fixture.ts'
import { HttpClient, lookupLocalhost } from '../http-client.ts'
import { Http2Connection } from '../http2-client.ts'
import { rawExchange } from '../raw-socket.ts'
import { publish, startWorld, type World } from '../world.ts'

const cleanUp = new AsyncDisposableStack()
let world: World
let client: HttpClient
let url: string
let internal: string
before(async () => {
  world = cleanUp.use(await startWorld())
  client = cleanUp.use(new HttpClient({ ca: world.ca }))
  const server = createServer((request, response) => pages[request.url ?? '']?.(request, response))
  server.on('upgrade', (_, socket) => socket.end(switching))
  cleanUp.defer(() => void server.close())
  internal = `http://127.0.0.1:${await listen(server)}/`
  url = world.external('semantics')
  await publish(world.graph, 'Semantics', {
    externalAuthenticationType: 'passthru',
    externalUrl: url,
    internalUrl: internal,
  })
})
after(() => cleanUp.disposeAsync())

const switching = [
  'HTTP/1.1 101 Switching Protocols',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
  'Set-Cookie: instance=a; Domain=127.0.0.1; Path=/',
  'Set-Cookie: sallyport-flow=stolen',
  '\r\n',
].join('\r\n')

const alphabet = 'abcdefghijklmnopqrstuvwxyz'

const pages: Readonly<
  Record<string, (request: IncomingMessage, response: ServerResponse) => void>
> = {
  '/stream': (_, response) => {
    response.write('not ')
    response.end('known in advance')
  },
  '/file': (request, response) => {
    const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
    const etag = '"v1"'
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, { etag }).end()
    } else if (match) {
      const [start, end] = [Number(match[1]), Number(match[2])]
      const range = `bytes ${start}-${end}/${alphabet.length}`
      response.writeHead(206, { etag, 'content-range': range })
      response.end(alphabet.slice(start, end + 1))
    } else {
      response.writeHead(200, { etag, 'content-length': alphabet.length })
      response.end(request.method === 'HEAD' ? undefined : alphabet)
    }
  },
  '/trailers': (_, response) => {
    response.writeHead(200, { trailer: 'x-checksum' })
    response.write('body')
    response.addTrailers({ 'x-checksum': 'abc', 'set-cookie': 'never=here' })
    response.end()
  },
  '/hints': (_, response) => {
    response.writeEarlyHints({ link: `<${internal}style.css>; rel=preload` }, () => {
      response.end('page')
    })
  },
  '/cookies': (_, response) => {
    response.setHeader('set-cookie', [
      '__Host-sallyport-12345678=stolen; Secure; Path=/',
      'sallyport-flow=stolen',
      'app=1; Domain=127.0.0.1; Path=/; HttpOnly',
    ])
    response.end()
  },
  '/reason': (_, response) => response.writeHead(201, 'Made / w\xe4hrend').end('made'),
  '/reason-in-pieces': (_, response) => {
    response.writeHead(299, 'Piece by piece').flushHeaders()
    response.end('made')
  },
  '/own-status': (_, response) => response.writeHead(799, 'Our own').end('own'),
  '/odd-value': (_, { socket }) => {
    // Node itself does not write such a value.
    socket?.end('HTTP/1.1 200 OK\r\nX-Odd: a\vb\f\r\nContent-Length: 3\r\n\r\nodd')
  },
  '/moved': (_, response) => response.writeHead(302, { location: `${internal}file?x=1#y` }).end(),
  '/moved-over': (_, response) => {
    const [application] = world.demo.ready['applications'] as readonly [Sample]
    response.writeHead(302, { location: `${application.segments[1].internalUrl}api/1` }).end()
  },
  '/moved-away': (_, response) => {
    response.writeHead(302, { location: 'https://elsewhere.example/x' }).end()
  },
}

interface Sample {
  readonly segments: readonly [unknown, { readonly internalUrl: string }]
}

function raw(bytes: string): Promise<string> {
  const { hostname, host } = new URL(url)
  const target = { port: world.port, tls: { servername: hostname, ca: world.ca } }
  return rawExchange(target, bytes.replaceAll('{host}', host))
}

test('a client that speaks HTTP/1.0 gets an answer it understands: no chunks, and its end is the end [F1]', async () => {
  const text = await raw('GET /stream HTTP/1.0\r\nHost: {host}\r\n\r\n')
  assert.match(text, /^HTTP\/1\.1 200 /)
  assert.doesNotMatch(text, /^transfer-encoding:/im)
  assert.ok(text.endsWith('\r\n\r\nnot known in advance'))
  const hinted = await raw('GET /hints HTTP/1.0\r\nHost: {host}\r\n\r\n')
  assert.match(hinted, /^HTTP\/1\.1 200 /)
})

test('HEAD says how long the body would be, and sends none; the connection stays usable [F1]', async () => {
  const head = 'HEAD /file HTTP/1.1\r\nHost: {host}\r\n\r\n'
  const get = 'GET /file HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n'
  const text = await raw(head + get)
  assert.equal(text.match(/^content-length: 26\r$/gim)?.length, 2)
  assert.equal(text.split(alphabet).length, 2)
})

for (const [path, line, body] of [
  ['/reason', '201 Made / w\xe4hrend', 'made'],
  ['/reason-in-pieces', '299 Piece by piece', 'made'],
  ['/own-status', '799 Our own', 'own'],
] as const) {
  test(`the status line "${line}" arrives as the application wrote it [F1]`, async () => {
    const text = await raw(`GET ${path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n`)
    assert.equal(text.slice(0, text.indexOf('\r\n')), `HTTP/1.1 ${line}`)
    assert.ok(text.includes(body))
  })
}

test('vertical tab and form feed in a value arrive as the application wrote them [F1]', async () => {
  const text = await raw('GET /odd-value HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n')
  assert.match(text, /^HTTP\/1\.1 200 OK\r\nX-Odd: a\vb\f\r\n/)
  assert.ok(text.endsWith('\r\n\r\nodd'))
})

test('over HTTP/2, which has no reasons, an answer comes without; status and values are as the application wrote them [F1]', async () => {
  await using connection = await Http2Connection.open(url, world.ca)
  const paths = ['/reason', '/reason-in-pieces', '/own-status', '/odd-value', '/file']
  const answers = paths.map((path) => connection.ask({ ':path': path }))
  const seen = (await Promise.all(answers)).map(({ status, text }) => [status, text.slice(0, 4)])
  assert.deepEqual(seen.slice(0, 2), [
    [201, 'made'],
    [299, 'made'],
  ])
  assert.deepEqual([seen[2]?.[0], seen[3]?.[0]], [799, 200])
  assert.deepEqual(seen[4], [200, 'abcd'])
})

test('ranges and validators pass in both directions [F1]', async () => {
  const part = await client.request(`${url}file`, { headers: { range: 'bytes=2-5' } })
  assert.deepEqual(
    [part.status, part.headers['content-range'], part.text],
    [206, 'bytes 2-5/26', 'cdef'],
  )
  const same = await client.request(`${url}file`, { headers: { 'if-none-match': '"v1"' } })
  assert.deepEqual([same.status, same.headers.etag, same.text], [304, '"v1"', ''])
})

test('trailers arrive, without what does not belong there; early hints come before the answer, their links translated [F1] [F3]', async () => {
  const trailed = await ask('trailers')
  assert.equal(trailed.message.headers.trailer, 'x-checksum')
  assert.deepEqual(trailed.message.rawTrailers, ['x-checksum', 'abc'])
  const hinted = await ask('hints')
  assert.deepEqual(hinted.hints, [`<${url}style.css>; rel=preload`])
  assert.equal(hinted.message.statusCode, 200)
})

async function ask(path: string) {
  const hints: unknown[] = []
  const request = requestHttps(url + path, { ca: world.ca, lookup: lookupLocalhost })
  request.on('information', ({ headers }) => hints.push(headers['link']))
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject).end()
  })
  await message.resume().toArray()
  return { message, hints }
}

test('an application cannot set the cookies of the edge, and its own lose the internal domain [S3] [F3]', async () => {
  const { headers } = await client.request(`${url}cookies`)
  assert.deepEqual(headers['set-cookie'], ['app=1; Path=/; HttpOnly'])
})

for (const [what, path, location] of [
  ['into the application itself', 'moved', () => `${url}file?x=1#y`],
  ['into another published application', 'moved-over', () => `${world.api}api/1`],
  ['somewhere else altogether', 'moved-away', () => 'https://elsewhere.example/x'],
] as const) {
  test(`a redirect ${what} leads there from outside [F3]`, async () => {
    const answer = await client.request(url + path)
    assert.deepEqual([answer.status, answer.headers.location], [302, location()])
  })
}

test('a WebSocket may set cookies, as any answer may [F1] [F3] [S3]', async () => {
  const fields = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13']
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
  const text = await raw(
    `GET /ws HTTP/1.1\r\nHost: {host}\r\n${fields.join('\r\n')}\r\n${key}\r\n\r\n`,
  )
  assert.match(text, /^HTTP\/1\.1 101 /)
  assert.deepEqual(text.match(/^set-cookie: .*$/gim), ['Set-Cookie: instance=a; Path=/'])
  await using connection = await Http2Connection.open(url, world.ca)
  const opening = { ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/ws' }
  const stream = connection.begin({ ...opening, 'sec-websocket-version': '13' })
  const [answer] = (await once(stream, 'response')) as [Record<string, unknown>]
  assert.deepEqual([answer[':status'], answer['set-cookie']], [200, ['instance=a; Path=/']])
  stream.close()
})
