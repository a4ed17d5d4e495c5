import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestClient, TestServer } from './http1-fixture.ts'
import { http1Limits } from './limits.ts'

const get = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'
const post = 'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100000\r\n\r\n'

/** Resolves once the server has read everything that the client, its only one, has sent. */
async function settled(server: TestServer, { socket }: TestClient): Promise<void> {
  const readBytes = () => [...server.connections].map((each) => each.socket.bytesRead)
  while (server.connections.size > 0 && !readBytes().includes(socket.bytesWritten)) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('a connection on which nothing comes is closed after 10 seconds without a word [F8]', async () => {
  await using server = await TestServer.start()
  const client = await server.open()
  await server.until(() => server.connections.size === 1)
  server.pass(http1Limits.headSeconds - 1)
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.ok(!client.ended)
  server.pass(1)
  assert.equal(await client.rest(), '')
  assert.deepEqual(server.problems, [])
})

test('a head that drips is answered 408 after 10 seconds, however many bytes come [F8]', async () => {
  await using server = await TestServer.start()
  const client = await server.open()
  client.send(get.slice(0, 20))
  await settled(server, client)
  for (let second = 0; second < http1Limits.headSeconds; second++) {
    client.send('x')
    await settled(server, client)
    server.pass(1)
  }
  assert.match(await client.rest(), /^HTTP\/1\.1 408 /)
  assert.deepEqual([server.problems, server.seen.length], [['timeout'], 0])
})

test('between two requests a connection is kept for 75 seconds [F1]', async () => {
  await using server = await TestServer.start(({ reply }) => reply.whole(200, [], 'ok'))
  const client = await server.open()
  client.send(get)
  await client.until('ok')
  server.pass(http1Limits.keepAliveSeconds - 1)
  client.received = ''
  client.send(get)
  await client.until('ok')
  server.pass(http1Limits.keepAliveSeconds)
  await client.rest()
  assert.equal(server.seen.length, 2)
})

test('an answer that takes long is nobody’s fault here [F5]', async () => {
  await using server = await TestServer.start()
  const client = await server.open()
  client.send(get)
  const { reply } = await server.request(0)
  server.pass(10_000)
  reply.whole(200, [], 'ok')
  await client.until('ok')
})

test('a body that stops for 30 seconds, or comes by 10 bytes a second, is given up with 408 [F8]', async () => {
  await using server = await TestServer.start((request) => request.readBody())
  for (const piece of ['', 'xxxxxxxxxx']) {
    const client = await server.open()
    client.send(post)
    const index = server.seen.length
    const request = await server.request(index)
    for (let second = 0; second < 40 && !request.closed; second++) {
      client.send(piece)
      await settled(server, client)
      server.pass(1)
    }
    assert.match(await client.rest(), /^HTTP\/1\.1 408 /)
    assert.equal(request.bodyEnd, 'broken')
  }
})

test('a body that nobody reads for a while has all the time of the world [F1]', async () => {
  await using server = await TestServer.start()
  const client = await server.open()
  client.send(post)
  const request = await server.request(0)
  request.readBody()
  request.body?.pause()
  server.pass(1_000)
  request.body?.resume()
  client.send('x'.repeat(100_000))
  await server.until(() => request.bodyEnd === 'whole')
})

test('a client that takes nothing of its answer for 60 seconds is cut off, and the request with it [F8]', async () => {
  await using server = await TestServer.start()
  const client = await server.open()
  client.socket.pause()
  client.send(get)
  const request = await server.request(0)
  request.reply.head(200, [])
  while (request.reply.write(Buffer.alloc(1_000_000)));
  server.pass(http1Limits.writeIdleSeconds)
  assert.ok(!request.closed)
  server.pass(1)
  await server.until(() => request.closed)
})

test('after the last answer the client has 5 seconds to close; what it says meanwhile is nothing [F8]', async () => {
  await using server = await TestServer.start(({ reply }) => {
    reply.endConnection()
    reply.whole(200, [], 'last')
  })
  const client = await server.open()
  client.send(get)
  await client.rest()
  client.send(get)
  await settled(server, client)
  server.pass(http1Limits.lingerSeconds)
  await server.until(() => server.connections.size === 0)
  assert.equal(server.seen.length, 1)
})

test('a quiet WebSocket lives for an hour, one with traffic for longer [F1]', async () => {
  await using server = await TestServer.start()
  const client = await server.open()
  client.send(get.replace('\r\n\r\n', '\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'))
  const request = await server.request(0)
  request.readBody(request.reply.accept?.([]))
  await client.until('\r\n\r\n')
  server.pass(http1Limits.webSocketIdleSeconds)
  client.send('ping')
  await server.until(() => request.text === 'ping')
  server.pass(http1Limits.webSocketIdleSeconds)
  assert.ok(!request.closed)
  server.pass(http1Limits.webSocketIdleSeconds)
  await server.until(() => request.closed)
})
