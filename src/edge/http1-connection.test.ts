import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SeenRequest, TestServer } from './http1-fixture.ts'

const get = (path: string, ...fields: readonly string[]) =>
  `GET ${path} HTTP/1.1\r\n${['Host: a.test', ...fields].join('\r\n')}\r\n\r\n`
const post = (fields: string, body: string) =>
  `POST /post HTTP/1.1\r\nHost: a.test\r\n${fields}\r\n\r\n${body}`

function answerWith(text: string) {
  return ({ reply }: SeenRequest) => reply.whole(200, ['Date', 'x'], text)
}

const echoTarget = ({ head, reply }: SeenRequest) => reply.whole(200, ['Date', 'x'], head.target)

test('a whole answer is one head with its length, and the connection goes on [F1]', async () => {
  await using server = await TestServer.start(echoTarget)
  const client = await server.open()
  for (const path of ['/1', '/2']) {
    client.received = ''
    client.send(get(path))
    assert.equal(
      await client.until(path),
      `HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 2\r\n\r\n${path}`,
    )
  }
})

test('pipelined requests are seen one after the other, each when the last one is answered [F1] [F8]', async () => {
  await using server = await TestServer.start()
  const client = await server.open()
  client.send(get('/1') + post('Content-Length: 5', 'hello') + get('/3'))
  const first = await server.request(0)
  // The rest has been read: whatever is to be seen of it has been.
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(server.seen.length, 1)
  first.reply.whole(200, [], 'one')
  const second = await server.request(1)
  second.readBody()
  await server.until(() => second.bodyEnd === 'whole')
  assert.deepEqual([second.text, server.seen.length], ['hello', 2])
  second.reply.whole(200, [], 'two')
  const third = await server.request(2)
  third.reply.whole(200, [], 'three')
  assert.match(await client.until('three'), /one.*two.*three$/s)
  assert.deepEqual(
    server.seen.map(({ head }) => head.target),
    ['/1', '/post', '/3'],
  )
})

test('five thousand pipelined requests that nobody reads the answers of are taken as slowly as they are read [F1]', async () => {
  const page = 'x'.repeat(4096)
  await using server = await TestServer.start(answerWith(page))
  const client = await server.open()
  client.socket.pause()
  client.send(get('/').repeat(5000))
  await server.until(() => [...server.connections].some(({ socket }) => socket.writableNeedDrain))
  assert.ok(server.seen.length < 5000)
  client.socket.resume()
  await server.until(() => server.seen.length === 5000)
})

const bodies = [
  ['a length', post('Content-Length: 5', 'hello'), []],
  ['chunks', post('Transfer-Encoding: chunked', '2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n'), []],
  [
    'chunks with trailers',
    post('Transfer-Encoding: chunked', '5;x=y\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n'),
    ['X-Sum', '1'],
  ],
] as const
for (const [what, bytes, trailers] of bodies) {
  test(`a body with ${what} arrives as it was sent, in whatever pieces [F1]`, async () => {
    await using server = await TestServer.start((request) => request.readBody())
    for (const [index, size] of [1, 3, 7, bytes.length].entries()) {
      const client = await server.open()
      for (let at = 0; at < bytes.length; at += size) {
        client.send(bytes.slice(at, at + size))
        await new Promise((resolve) => setImmediate(resolve))
      }
      const request = await server.request(index)
      await server.until(() => request.bodyEnd === 'whole')
      assert.deepEqual([request.text, request.trailers], ['hello', trailers])
      request.reply.whole(200, [], 'thanks')
      await client.until('thanks')
      client.socket.destroy()
    }
  })
}

test('a body that nobody read is read for the sake of the next request, if it is short [F8]', async () => {
  await using server = await TestServer.start(echoTarget)
  const client = await server.open()
  const hidden = get('/smuggled')
  client.send(post(`Content-Length: ${hidden.length}`, hidden) + get('/next'))
  assert.match(await client.until('/next'), /\/postHTTP.*\/next$/s)
  client.send(post('Transfer-Encoding: chunked', `${hidden.length.toString(16)}\r\n`))
  await client.until('/post')
  client.send(`${hidden}\r\n0\r\n\r\n${get('/last')}`)
  await client.until('/last')
  assert.deepEqual(
    server.seen.map(({ head }) => head.target),
    ['/post', '/next', '/post', '/last'],
  )
})

test('a long body that nobody reads ends the connection, and the answer still arrives [F1] [F8]', async () => {
  await using server = await TestServer.start(answerWith('no'))
  const client = await server.open()
  client.send(post('Content-Length: 10000000', 'x'.repeat(100_000)))
  assert.match(await client.rest(), /\r\nConnection: close\r\n\r\nno$/)
  const chunks = `10000\r\n${'x'.repeat(0x10000)}\r\n`.repeat(3)
  const other = await server.open()
  other.send(post('Transfer-Encoding: chunked', chunks) + get('/'))
  assert.match(await other.rest(), /no$/)
  assert.equal(server.seen.length, 2)
})

test('an answer may come while its request is still being sent, and both go on [F1]', async () => {
  await using server = await TestServer.start()
  const client = await server.open()
  client.send(post('Transfer-Encoding: chunked', '1\r\na\r\n'))
  const request = await server.request(0)
  request.readBody()
  request.reply.head(200, [])
  request.reply.write(Buffer.from('so far'))
  await client.until('so far\r\n')
  client.send('1\r\nb\r\n0\r\n\r\n')
  await server.until(() => request.bodyEnd === 'whole')
  request.reply.end([])
  assert.match(await client.until('0\r\n\r\n'), /so far/)
  assert.equal(request.text, 'ab')
  assert.ok(!client.ended)
})

test('a reader that wants no more for now stops the client, not only the reading [F1]', async () => {
  await using server = await TestServer.start()
  const client = await server.open()
  client.send(post('Content-Length: 50000000', ''))
  const request = await server.request(0)
  request.readBody()
  request.body?.pause()
  const megabyte = Buffer.alloc(1_000_000)
  let sent = 0
  while (sent < 50 && client.socket.write(megabyte)) sent += 1
  for (; sent < 50; sent++) client.socket.write(megabyte)
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(request.text.length, 0)
  assert.ok(client.socket.writableLength > 30_000_000)
  request.body?.resume()
  await server.until(() => request.bodyEnd === 'whole')
  assert.equal(request.text.length, 50_000_000)
})

test('a body that breaks off is told from one that ends [F8]', async () => {
  await using server = await TestServer.start((request) => request.readBody())
  const client = await server.open()
  client.send(post('Content-Length: 5', 'hel'))
  const request = await server.request(0)
  await server.until(() => request.text === 'hel')
  client.socket.destroy()
  await server.until(() => request.bodyEnd === 'broken' && request.closed)
})

test('chunks that cannot be understood end the body, the request and the connection [F8]', async () => {
  await using server = await TestServer.start((request) => request.readBody())
  const client = await server.open()
  client.send(post('Transfer-Encoding: chunked', `5\r\nhello\r\n0_2e\r\n\r\n${get('/smuggled')}`))
  assert.match(await client.rest(), /^HTTP\/1\.1 400 .*\r\nConnection: close\r\n\r\nchunk-size$/s)
  const [request] = server.seen
  assert.deepEqual([request?.bodyEnd, request?.closed, server.seen.length], ['broken', true, 1])

  const late = await server.open()
  late.send(post('Transfer-Encoding: chunked', '5\r\nhello\r\n'))
  const second = await server.request(1)
  second.reply.head(200, [])
  second.reply.write(Buffer.from('begun'))
  await late.until('begun\r\n')
  late.send('x\r\n')
  await late.rest()
  assert.ok(!late.received.endsWith('0\r\n\r\n'))
  assert.deepEqual([second.bodyEnd, second.closed], ['broken', true])
})

test('a client that waits for 100 gets it when the body is wanted, and not before [F1]', async () => {
  await using server = await TestServer.start()
  const client = await server.open()
  client.send(post('Expect: 100-continue\r\nContent-Length: 5', ''))
  const request = await server.request(0)
  assert.equal(client.received, '')
  request.readBody()
  assert.equal(await client.until('\r\n\r\n'), 'HTTP/1.1 100 Continue\r\n\r\n')
  request.reply.inform(100, [])
  client.send('hello')
  await server.until(() => request.bodyEnd === 'whole')
  request.reply.whole(200, [], 'ok')
  assert.match(await client.until('ok'), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /)
})

test('a client that did not wait for 100, or that speaks HTTP/1.0, gets none [F1]', async () => {
  await using server = await TestServer.start((request) => request.readBody())
  const fields = 'Expect: 100-continue\r\nContent-Length: 5'
  for (const [index, bytes] of [
    post(fields, 'hello'),
    post(fields, 'hello').replace('HTTP/1.1', 'HTTP/1.0'),
  ].entries()) {
    const client = await server.open()
    client.send(bytes)
    const request = await server.request(index)
    request.reply.inform(100, [])
    await server.until(() => request.bodyEnd === 'whole')
    request.reply.whole(200, ['Date', 'x'], 'ok')
    const received = await client.until('ok')
    assert.ok(received.startsWith('HTTP/1.1 200 '), received)
  }
})

test('an answer instead of 100 ends the connection: nobody knows whether the body comes [F8]', async () => {
  await using server = await TestServer.start(answerWith('no'))
  const client = await server.open()
  client.send(post('Expect: 100-continue\r\nContent-Length: 5', ''))
  await client.until('no')
  client.send(get('/smuggled'))
  assert.match(await client.rest(), /\r\nConnection: close\r\n\r\nno$/)
  assert.equal(server.seen.length, 1)
})

test('informational answers pass as they are, but never to HTTP/1.0, and never 101 [F1]', async () => {
  await using server = await TestServer.start(({ reply }) => {
    reply.inform(103, ['Link', '</a>; rel=preload', 'link', '</b>'])
    reply.inform(104, [])
    reply.inform(101, ['Upgrade', 'x'])
    reply.whole(200, ['Date', 'x'], 'ok')
    reply.inform(103, [])
  })
  const client = await server.open()
  client.send(get('/'))
  assert.equal(
    await client.until('ok'),
    'HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\nlink: </b>\r\n\r\n' +
      'HTTP/1.1 104 \r\n\r\nHTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 2\r\n\r\nok',
  )
  const old = await server.open()
  old.send('GET / HTTP/1.0\r\n\r\n')
  assert.match(await old.rest(), /^HTTP\/1\.1 200 /)
})

test('a client that leaves is noticed while its answer is awaited, with requests behind it unread [F1]', async () => {
  await using server = await TestServer.start()
  for (const [index, behind] of ['', get('/behind').repeat(3)].entries()) {
    const client = await server.open()
    client.send(get('/') + behind)
    const request = await server.request(index)
    client.socket.destroy()
    await server.until(() => request.closed)
    assert.ok(request.reply.closed)
  }
  assert.equal(server.seen.length, 2)
})

test('a client that only ends its side gets its answers, however long they take [F1]', async () => {
  await using server = await TestServer.start()
  const client = await server.open()
  client.send(get('/1') + get('/2'))
  client.socket.end()
  const first = await server.request(0)
  // It was asked for a sign of life twice by now.
  await new Promise((resolve) => setTimeout(resolve, 700))
  first.reply.whole(200, [], 'one')
  const second = await server.request(1)
  second.reply.head(200, [])
  second.reply.write(Buffer.from('two'))
  second.reply.end([])
  const text = await client.rest()
  assert.match(
    text.replaceAll('HTTP/1.1 102 Processing\r\n\r\n', ''),
    /^HTTP\/1\.1 200 .*one.*two/s,
  )
  assert.ok(first.closed === false && second.closed === false)
})

test('a client that says nothing in an HTTP/1.0 request after its end is waited for, too [F1]', async () => {
  await using server = await TestServer.start()
  const client = await server.open()
  client.send('GET / HTTP/1.0\r\n\r\n')
  client.socket.end()
  const request = await server.request(0)
  await new Promise((resolve) => setTimeout(resolve, 700))
  request.reply.whole(200, [], 'one')
  assert.match(await client.rest(), /^HTTP\/1\.1 200 .*one$/s)
})

test('switched to another protocol, bytes pass both ways, those that came too early included [F1]', async () => {
  await using server = await TestServer.start()
  const client = await server.open()
  client.send(`${get('/ws', 'Connection: keep-alive, Upgrade', 'Upgrade: WebSocket')}early`)
  const { reply } = await server.request(0)
  assert.ok(reply.accept)
  const request = server.seen[0] as SeenRequest
  request.readBody(reply.accept(['Sec-WebSocket-Accept', 'x']))
  await server.until(() => request.text === 'early')
  client.send(get('/not-a-request'))
  await server.until(() => request.text.endsWith('\r\n\r\n'))
  reply.write(Buffer.from('down'))
  assert.equal(
    await client.until('down'),
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Accept: x\r\n\r\ndown',
  )
  reply.end([])
  await client.rest()
  client.socket.end()
  await server.until(() => request.bodyEnd === 'whole' && server.connections.size === 0)
})

for (const [what, bytes] of [
  ['no Connection: Upgrade', get('/', 'Upgrade: websocket')],
  ['another protocol', get('/', 'Connection: Upgrade', 'Upgrade: h2c')],
  ['two protocols', get('/', 'Connection: Upgrade', 'Upgrade: websocket, foo')],
  ['another method', get('/', 'Connection: Upgrade', 'Upgrade: websocket').replace('GET', 'PUT')],
  [
    'HTTP/1.0',
    get('/', 'Connection: Upgrade', 'Upgrade: websocket').replace('HTTP/1.1', 'HTTP/1.0'),
  ],
  ['a body', `${get('/', 'Connection: Upgrade', 'Upgrade: websocket', 'Content-Length: 1')}x`],
] as const) {
  test(`with ${what} it is no upgrade but an ordinary request [F8]`, async () => {
    await using server = await TestServer.start()
    const client = await server.open()
    client.send(bytes)
    const { reply } = await server.request(0)
    assert.equal(reply.accept, undefined)
  })
}

test('an upgrade that is answered like any other request ends the connection: what is behind is none [F8]', async () => {
  await using server = await TestServer.start(answerWith('no'))
  const client = await server.open()
  client.send(`${get('/', 'Connection: Upgrade', 'Upgrade: websocket')}${get('/smuggled')}`)
  assert.match(await client.rest(), /no$/)
  assert.equal(server.seen.length, 1)
})

test('the first request may be given away with its connection, and only the first', async () => {
  await using server = await TestServer.start()
  let got = ''
  server.onSeen = (request, connection) => {
    const socket = request.head.target === '/own' ? connection.release() : undefined
    if (!socket) request.reply.whole(421, [], request.head.target)
    socket?.on('data', (chunk: Buffer) => {
      got += chunk.toString('latin1')
    })
    socket?.resume()
  }
  const own = get('/own', 'Content-Length: 5')
  const client = await server.open()
  client.send(`\r\n${own}hello`)
  await server.request(0)
  client.send('more')
  while (got.length < own.length + 9) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(got, `${own}hellomore`)
  assert.equal(server.connections.size, 0)

  const late = await server.open()
  late.send(get('/app') + get('/own'))
  assert.match(await late.until('/own'), /^HTTP\/1\.1 421 .*421 /s)
})

test('when the server is to end, the answers under way are the last ones [F1]', async () => {
  await using server = await TestServer.start()
  const idle = await server.open()
  const busy = await server.open()
  await server.until(() => server.connections.size === 2)
  busy.send(get('/'))
  const request = await server.request(0)
  server.ending = true
  for (const connection of server.connections) connection.endWhenIdle()
  assert.equal(await idle.rest(), '')
  request.reply.whole(200, [], 'last')
  assert.match(await busy.rest(), /\r\nConnection: close\r\n\r\nlast$/)
})

test('a handler that throws costs its own connection and no other', async () => {
  await using server = await TestServer.start(({ head, reply }) => {
    if (head.target === '/bug') throw new Error('a bug')
    reply.whole(200, [], 'ok')
  })
  const other = await server.open()
  const client = await server.open()
  client.send(get('/bug'))
  await client.rest()
  other.send(get('/'))
  assert.match(await other.until('ok'), /ok$/)
  assert.equal(server.bugs.length, 1)
})
