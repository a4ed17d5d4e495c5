import assert from 'node:assert/strict'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { listen, RawBackend } from '../../src/connector/forward-fixture.ts'
import type { Json } from '../../src/run/graph-client.ts'
import { Http2Connection } from '../http2-client.ts'
import { openRawSocket } from '../raw-socket.ts'
import { publish, startWorld, type World } from '../world.ts'

// What a client sends reaches the application as it was sent, and back, through edge, tunnel and connector.

// Far less than any limit on silence, and more than a busy machine stands still.
const soonMaxMs = 10_000

const cleanUp = new AsyncDisposableStack()
let world: World
before(async () => {
  world = cleanUp.use(await startWorld())
})
after(() => cleanUp.disposeAsync())

async function publishOpen(name: string, internalUrl: string, more: Json = {}): Promise<void> {
  await publish(world.graph, name, {
    externalAuthenticationType: 'passthru',
    externalUrl: world.external(name),
    internalUrl,
    ...more,
  })
}

/** A client's connection to one host; what comes is collected. */
class Client implements AsyncDisposable {
  readonly #socket: Socket
  received = ''
  #tell = () => {}

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      this.received += chunk.toString('latin1')
      this.#tell()
    })
    socket.on('close', () => this.#tell())
  }

  static async open(host: string): Promise<Client> {
    const servername = `${host}.contoso.localhost`
    return new Client(await openRawSocket({ port: world.port, tls: { servername, ca: world.ca } }))
  }

  send(text: string): void {
    this.#socket.write(text, 'latin1')
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      assert.ok(!this.#socket.destroyed, `the edge closed after ${JSON.stringify(this.received)}`)
      await new Promise<void>((resolve) => {
        this.#tell = resolve
      })
    }
  }

  /** Sends a request head and waits for the whole small answer. */
  async ask(head: string): Promise<string> {
    this.received = ''
    this.send(head)
    await this.until(() => /\r\n\r\n.*\n?$/s.test(this.received) && isWhole(this.received))
    return this.received
  }

  leave(): void {
    this.#socket.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.leave()
  }
}

function isWhole(answer: string): boolean {
  const length = /\r\ncontent-length: ([0-9]+)\r\n/i.exec(answer)
  const body = answer.slice(answer.indexOf('\r\n\r\n') + 4)
  return length ? body.length >= Number(length[1]) : body.endsWith('0\r\n\r\n')
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'
const expecting = (host: string) =>
  `POST / HTTP/1.1\r\nHost: ${host}.contoso.localhost:${world.port}\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n`

test('who asks before a long body gets the word of the application itself [F1]', async () => {
  await using backend = await RawBackend.start((socket, seen) => {
    if (seen.endsWith('\r\n\r\n')) socket.write('HTTP/1.1 100 Continue\r\n\r\n')
    else if (seen.endsWith('body')) socket.write(ok)
  })
  await publishOpen('asked', `${backend.origin}/`)
  await using client = await Client.open('asked')
  client.send(expecting('asked'))
  await client.until(() => client.received === 'HTTP/1.1 100 Continue\r\n\r\n')
  await backend.until(() => backend.seen.includes('\r\nExpect: 100-continue\r\n'))
  client.send('body')
  await client.until(() => client.received.endsWith('hi'))
})

test('a refusal instead of that word reaches the client, and no byte of the body the application [F1]', async () => {
  await using backend = await RawBackend.start((socket) => {
    socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno')
  })
  await publishOpen('refused', `${backend.origin}/`)
  await using client = await Client.open('refused')
  client.send(expecting('refused'))
  await client.until(() => client.received.endsWith('no'))
  assert.match(client.received, /^HTTP\/1\.1 413 /)
  await backend.until(() => backend.sockets.size === 0)
  assert.ok(backend.seen.endsWith('\r\n\r\n'))
})

test('an application that never gives the word gets the body after a second all the same [F1]', async () => {
  await using backend = await RawBackend.start((socket, seen) => {
    if (seen.endsWith('body')) socket.write(ok)
  })
  await publishOpen('silent', `${backend.origin}/`)
  await using client = await Client.open('silent')
  const from = performance.now()
  client.send(expecting('silent'))
  await client.until(() => client.received === 'HTTP/1.1 100 Continue\r\n\r\n')
  assert.ok(performance.now() - from < soonMaxMs)
  client.send('body')
  await client.until(() => client.received.endsWith('hi'))
})

test('fields in order, case and repeats, body and trailers arrive as they were sent [F1]', async () => {
  await using backend = await RawBackend.start((socket, seen) => {
    if (seen.endsWith('\r\n0\r\nX-Sum: 1\r\n\r\n')) socket.write(ok)
  })
  await publishOpen('exact', `${backend.origin}/`)
  await using client = await Client.open('exact')
  const fields = 'x-B: 1\r\nACCEPT: */*\r\nX-a: \xe9\r\nx-B: 2\r\n'
  client.send(
    `REPORT /a%20b?c='d' HTTP/1.1\r\nHost: exact.contoso.localhost:${world.port}\r\n${fields}` +
      'Transfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nX-Sum: 1\r\nHost: evil\r\n\r\n',
  )
  await client.until(() => client.received.endsWith('hi'))
  assert.ok(backend.seen.startsWith("REPORT /a%20b?c='d' HTTP/1.1\r\nHost: 127.0.0.1:"))
  assert.ok(backend.seen.includes(`\r\n${fields}`), backend.seen)
  assert.ok(backend.seen.includes('\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n'))
})

test('hints, trailers and repeats of the answer arrive as they were sent, cookies of hints do not [F1]', async () => {
  await using backend = await RawBackend.start((socket) => {
    socket.write('HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nSet-Cookie: a=1\r\nX-h: 1\r\n\r\n')
    socket.write('HTTP/1.1 102 Processing\r\n\r\n')
    socket.write('HTTP/1.1 207 X\r\nx-A: 1\r\nX-a: 2\r\nTransfer-Encoding: chunked\r\n\r\n')
    socket.write('2\r\nhi\r\n0\r\nX-Sum: 1\r\nSet-Cookie: b=2\r\n\r\n')
  })
  await publishOpen('hints', `${backend.origin}/`)
  await using client = await Client.open('hints')
  client.send(`GET / HTTP/1.1\r\nHost: hints.contoso.localhost:${world.port}\r\n\r\n`)
  await client.until(() => client.received.endsWith('0\r\nX-Sum: 1\r\n\r\n'))
  const [hint, processing, head] = client.received.split('\r\n\r\n')
  assert.equal(hint, 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nX-h: 1')
  assert.equal(processing, 'HTTP/1.1 102 Processing')
  assert.ok(head?.startsWith('HTTP/1.1 207 ') && head.includes('\r\nx-A: 1\r\nX-a: 2\r\n'))
})

test('a client that leaves is gone for the application within a moment, at every stage [F1]', async () => {
  await using backend = await RawBackend.start((socket, seen) => {
    if (seen.includes('/begun')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi')
  })
  await publishOpen('leaving', `${backend.origin}/`)
  for (const [path, framing, body] of [
    ['/thinking', '', ''],
    ['/begun', '', ''],
    ['/upload', 'Content-Length: 9\r\n', 'hi'],
  ] as const) {
    const client = await Client.open('leaving')
    const host = `Host: leaving.contoso.localhost:${world.port}\r\n`
    client.send(`PUT ${path} HTTP/1.1\r\n${host}${framing}\r\n${body}`)
    await backend.until(() => backend.seen.includes(path) && backend.seen.endsWith(body))
    if (path === '/begun') await client.until(() => client.received.endsWith('hi'))
    const from = performance.now()
    client.leave()
    await backend.until(() => backend.sockets.size === 0)
    assert.ok(performance.now() - from < soonMaxMs, `${path}: ${performance.now() - from} ms`)
  }
})

test('an application that signs in connections (NTLM) never takes one client for another', async (t) => {
  const people = new WeakMap<Socket, string>()
  // Who is signed in to a connection that it cut for being idle would be nobody again.
  const server = createHttpServer({ keepAliveTimeout: 0 }, (request, answer) => {
    const [, step, name = ''] = request.headers.authorization?.split(' ') ?? []
    if (step === 'proof') people.set(request.socket, name)
    const person = people.get(request.socket)
    if (person === undefined) answer.writeHead(401, { 'WWW-Authenticate': 'NTLM' })
    answer.end(`<${person ?? 'nobody'}>`)
  })
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  await publishOpen('ntlm', `http://127.0.0.1:${await listen(server)}/`)
  await using alice = await Client.open('ntlm')
  await using bob = await Client.open('ntlm')
  const get = (fields = '') =>
    `GET / HTTP/1.1\r\nHost: ntlm.contoso.localhost:${world.port}\r\n${fields}\r\n`
  for (const [client, name] of [
    [alice, 'alice'],
    [bob, 'bob'],
  ] as const) {
    assert.match(await client.ask(get('Authorization: NTLM hello\r\n')), /<nobody>/)
    assert.match(await client.ask(get(`Authorization: NTLM proof ${name}\r\n`)), /<(alice|bob)>/)
  }
  for (let i = 0; i < 5; i++) {
    await using somebody = await Client.open('ntlm')
    const [a, b, c] = await Promise.all([alice.ask(get()), bob.ask(get()), somebody.ask(get())])
    assert.deepEqual([/<alice>/.test(a), /<bob>/.test(b), /<nobody>/.test(c)], [true, true, true])
  }
})

test('gRPC: an application that speaks HTTP/2 gets bodies and trailers, and answers with both [F1]', async (t) => {
  const server = createHttp2Server()
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.respond({ ':status': 200 }, { waitForTrailers: true })
    stream.on('data', (chunk) => stream.write(`<${chunk}>`)).on('end', () => stream.end())
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  })
  t.after(() => server.close())
  await publishOpen('grpc', `http://127.0.0.1:${await listen(server)}/`, {
    isBackendHttp2Enabled: true,
  })
  await using connection = await Http2Connection.open(world.external('grpc'), world.ca)
  const answer = await connection.ask(
    { ':method': 'POST', ':path': '/service/method', te: 'trailers' },
    'message',
  )
  assert.deepEqual([answer.status, answer.text], [200, '<message>'])
  assert.equal(answer.trailers['grpc-status'], '0')
})
