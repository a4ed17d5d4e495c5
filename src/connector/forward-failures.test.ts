import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { parseAllowList } from './allow-list.ts'
import { holdTime, RawBackend, RecordedStream, TestForwarder } from './forward-fixture.ts'

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'

// --- No connection ---

test('a closed port is backend-refused [F7]', async () => {
  await using forwarder = new TestForwarder()
  for (const host of ['127.0.0.1', 'localhost']) {
    const { calls } = await forwarder.ask(`http://${host}:1`)
    assert.deepEqual(calls, ['reset backend-refused'])
  }
})

test('a name nobody knows is backend-unreachable [F7]', async () => {
  await using forwarder = new TestForwarder()
  const { calls } = await forwarder.ask('http://nobody.invalid')
  assert.deepEqual(calls, ['reset backend-unreachable'])
})

test('a connection that does not come about in time is backend-unreachable [F7]', async () => {
  await using backend = await RawBackend.start(() => {})
  await using forwarder = new TestForwarder({ connectTimeoutMs: 50 })
  const { calls } = await forwarder.ask(backend.origin.replace('http:', 'https:'))
  assert.deepEqual(calls, ['reset backend-unreachable'])
})

test('a backend that speaks no TLS where it should is backend-rubbish [F7]', async () => {
  await using backend = await RawBackend.start((socket) => socket.write(ok))
  await using forwarder = new TestForwarder()
  const { calls } = await forwarder.ask(backend.origin.replace('http:', 'https:'))
  assert.deepEqual(calls, ['reset backend-rubbish'])
})

for (const [what, entries, host, code] of [
  ['link-local by address', undefined, '169.254.169.254', 'destination-not-allowed'],
  ['link-local in other spellings', undefined, '0xa9.0xfe.43518', 'destination-not-allowed'],
  ['link-local as IPv4 in IPv6', undefined, '[::ffff:169.254.169.254]', 'destination-not-allowed'],
  ['link-local of IPv6', undefined, '[fe80::1]', 'destination-not-allowed'],
  ['an address that is not listed', ['10.0.0.0/8'], '127.0.0.1', 'destination-not-allowed'],
  ['a name whose addresses are not listed', ['10.0.0.0/8'], 'localhost', 'destination-not-allowed'],
  ['a name whose addresses are listed', ['127.0.0.0/8', '::1'], 'localhost', undefined],
  ['a listed name', ['localhost'], 'localhost', undefined],
] as const) {
  test(`the connector itself decides on ${what} [K6]`, async () => {
    const parsed = parseAllowList(entries ?? [])
    assert.ok('value' in parsed)
    await using backend = await RawBackend.start((socket) => socket.write(ok))
    await using forwarder = new TestForwarder({ allow: entries && parsed.value })
    const { resetCode } = await forwarder.ask(backend.origin.replace('127.0.0.1', host))
    assert.equal(resetCode, code)
    assert.equal(backend.connections, code ? 0 : 1)
  })
}

// --- No answer, or no whole one ---

test('no head in time is backend-timeout, and the connection is closed [F5]', async () => {
  await using backend = await RawBackend.start((socket) => socket.write('HTTP/1.1 200'))
  await using forwarder = new TestForwarder()
  const { calls } = await forwarder.ask(backend.origin, { headTimeoutMs: 50 })
  assert.deepEqual(calls, ['reset backend-timeout'])
  await backend.until(() => backend.sockets.size === 0)
})

// Below, time passes when the test says so, and everything that was sent has come by then.

test('the head timeout is no limit for the body, nor for an upload under way [F5]', async (t) => {
  const pass = holdTime(t)
  await using backend = await RawBackend.start((socket, seen) => {
    if (seen.endsWith('aaaa')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nb')
  })
  await using forwarder = new TestForwarder()
  const change = {
    method: 'POST',
    headers: ['Host', 'a', 'Content-Length', '4'],
    headTimeoutMs: 350,
  }
  const { stream, handler } = forwarder.send(backend.origin, change, '', false)
  for (const seen of ['a', 'aa', 'aaa', 'aaaa']) {
    pass(100)
    handler.onData(Buffer.from('a'))
    await backend.until(() => backend.seen.endsWith(`\r\n\r\n${seen}`))
  }
  handler.onEnd([])
  for (const seen of ['b', 'bb', 'bbb']) {
    await stream.until(() => stream.text === seen)
    pass(200)
    for (const socket of backend.sockets) socket.write('b')
  }
  assert.equal((await stream.over()).text, 'bbbb')
})

const shortIdle = { bodyIdleTimeoutMs: 300, eventStreamIdleTimeoutMs: 600 }

for (const [what, type, idleMs] of [
  ['a body', 'text/html', shortIdle.bodyIdleTimeoutMs],
  ['an event stream', 'text/event-stream; charset=utf-8', shortIdle.eventStreamIdleTimeoutMs],
] as const) {
  test(`${what} may be silent for a while, again and again, but not for ever [F5]`, async (t) => {
    const pass = holdTime(t)
    await using backend = await RawBackend.start((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n\r\na`)
    })
    await using forwarder = new TestForwarder(shortIdle)
    const { stream } = forwarder.send(backend.origin)
    await stream.until(() => stream.text === 'a')
    for (const seen of ['ab', 'abb', 'abbb']) {
      pass(idleMs - 1)
      for (const socket of backend.sockets) socket.write('b')
      await stream.until(() => stream.text === seen)
    }
    pass(idleMs - 1)
    assert.equal(stream.resetCode, undefined)
    pass(1)
    assert.equal((await stream.over()).resetCode, 'backend-timeout')
    await backend.until(() => backend.sockets.size === 0)
  })
}

test('a reader that takes nothing for long is not a silent backend [F5]', async (t) => {
  const pass = holdTime(t)
  const body = 'x'.repeat(1_000_000)
  await using backend = await RawBackend.start((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  })
  await using forwarder = new TestForwarder(shortIdle)
  const stream = new RecordedStream()
  stream.window = 1
  forwarder.send(backend.origin, {}, '', true, stream)
  await stream.until(() => stream.received > 0)
  pass(4 * shortIdle.bodyIdleTimeoutMs)
  stream.window = Number.POSITIVE_INFINITY
  stream.onDrain?.()
  await stream.over()
  assert.deepEqual([stream.resetCode, stream.received], [undefined, body.length])
})

const hangUps = [
  ['a connection closed without an answer', (socket: Socket) => socket.end()],
  ['a connection reset without an answer', (socket: Socket) => socket.resetAndDestroy()],
] as const

for (const [what, hangUp] of hangUps) {
  test(`${what} is repeated once when that is harmless, then backend-reset [F7]`, async () => {
    for (const [method, body, connections] of [
      ['GET', '', 2],
      ['DELETE', '', 2],
      ['POST', '', 1],
      ['PATCH', 'body', 1],
      ['PUT', 'body', 1],
    ] as const) {
      await using backend = await RawBackend.start(hangUp)
      await using forwarder = new TestForwarder()
      const { calls } = await forwarder.ask(backend.origin, { method }, body)
      assert.deepEqual([calls, backend.connections], [['reset backend-reset'], connections], method)
    }
  })
}

test('a kept connection that closes under a GET costs the client nothing [F7]', async () => {
  await using backend = await RawBackend.start((socket, seen) => {
    if (seen.endsWith('\r\n\r\n') && seen.split('GET').length === 2) socket.write(ok)
    else socket.resetAndDestroy()
  })
  await using forwarder = new TestForwarder()
  for (let i = 0; i < 20; i++) {
    assert.equal((await forwarder.ask(backend.origin)).text, 'hi')
    await new Promise((turn) => setImmediate(turn))
  }
})

const head = 'HTTP/1.1 200 OK\r\n'
const cutShort = [
  ['a body shorter than declared', `${head}Content-Length: 9\r\n\r\nhi`],
  ['one that announced the close', `${head}Content-Length: 9\r\nConnection: close\r\n\r\nhi`],
  ['a long one', `${head}Content-Length: 99999\r\n\r\nhi`],
  ['a chunked body without its end', `${head}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n`],
  ['a cut chunk', `${head}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n9\r\nhi`],
] as const

for (const [what, bytes] of cutShort) {
  for (const [how, hangUp] of [
    ['end', (socket: Socket) => socket.end()],
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
  ] as const) {
    test(`${what}, cut short by ${how}, is never a clean end [F7]`, async () => {
      await using backend = await RawBackend.start((socket) => socket.write(bytes))
      await using forwarder = new TestForwarder()
      const { stream } = forwarder.send(backend.origin)
      await stream.until(() => stream.text === 'hi')
      for (const socket of backend.sockets) hangUp(socket)
      await stream.over()
      assert.deepEqual([stream.ended, stream.resetCode], [false, 'backend-truncated'])
    })
  }
}

test('a body that only the close delimits is no whole one when the connection is reset [F7]', async () => {
  await using backend = await RawBackend.start((socket) => socket.write(`${head}\r\nhi`))
  await using forwarder = new TestForwarder()
  const { stream } = forwarder.send(backend.origin)
  await stream.until(() => stream.text === 'hi')
  for (const socket of backend.sockets) socket.resetAndDestroy()
  await stream.over()
  assert.deepEqual([stream.ended, stream.resetCode], [false, 'backend-truncated'])
})

test('when the edge gives up the backend knows at once, at every stage [F1]', async () => {
  for (const [what, bytes, seen] of [
    ['before the answer', '', ''],
    ['within the head', 'HTTP/1.1 200 OK\r\nX:', ''],
    ['within the body', `${head}Content-Length: 99999\r\n\r\nhi`, 'hi'],
  ] as const) {
    await using backend = await RawBackend.start((socket) => socket.write(bytes))
    await using forwarder = new TestForwarder()
    const { stream, handler } = forwarder.send(backend.origin)
    await backend.until(() => backend.seen !== '')
    await stream.until(() => stream.text === seen)
    const calls = [...stream.calls]
    handler.onError('cancelled', 'the browser left')
    await backend.until(() => backend.sockets.size === 0)
    assert.deepEqual(stream.calls, calls, what)
    assert.equal(backend.connections, 1)
  }
})

test('when the edge gives up before there is a connection nothing is sent, and the next one takes it', async () => {
  await using backend = await RawBackend.start((socket) => socket.write(ok))
  await using forwarder = new TestForwarder()
  const { stream, handler } = forwarder.send(backend.origin, { target: '/left' })
  handler.onError('cancelled', 'the browser left')
  await backend.until(() => backend.connections === 1)
  assert.equal((await forwarder.ask(backend.origin, { target: '/next' })).text, 'hi')
  assert.deepEqual([stream.calls, backend.connections], [[], 1])
  assert.ok(backend.seen.startsWith('GET /next '))
})

test('when the edge gives up within an upload the backend gets no end', async () => {
  await using backend = await RawBackend.start(() => {})
  await using forwarder = new TestForwarder()
  const { handler } = forwarder.send(backend.origin, { method: 'POST' }, 'start', false)
  await backend.until(() => backend.seen.endsWith('5\r\nstart\r\n'))
  handler.onError('link-lost', 'the tunnel broke')
  await backend.until(() => backend.sockets.size === 0)
  assert.ok(!backend.seen.endsWith('0\r\n\r\n'))
})

test('close() tells every exchange and closes every connection', async () => {
  await using backend = await RawBackend.start(() => {})
  const forwarder = new TestForwarder()
  const { stream } = forwarder.send(backend.origin)
  await backend.until(() => backend.seen !== '')
  forwarder.close()
  assert.deepEqual((await stream.over()).calls, ['reset draining'])
  await backend.until(() => backend.sockets.size === 0)
})
