import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { RawBackend, RecordedStream, TestForwarder } from './forward-fixture.ts'

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'

// --- Requests, byte for byte as the application gets them ---

const wholeRequests = [
  ['a GET', { method: 'GET' }, '', 'GET / HTTP/1.1|Host: app.test||'],
  [
    'fields in order, repeats and bytes above ASCII kept',
    { headers: ['X-B', '1', 'Host', 'app.test', 'x-a', '2', 'X-B', '\xe9\xff'] },
    '',
    'GET / HTTP/1.1|X-B: 1|Host: app.test|x-a: 2|X-B: \xe9\xff||',
  ],
  [
    'the target untouched',
    { target: "//a/../%2e%2E/b;c?d='%00&e=\xe9" },
    '',
    "GET //a/../%2e%2E/b;c?d='%00&e=\xe9 HTTP/1.1|Host: app.test||",
  ],
  [
    'no Expect when the body is there already',
    {
      method: 'POST',
      headers: ['Host', 'app.test', 'Expect', '100-continue', 'Content-Length', '4'],
    },
    'body',
    'POST / HTTP/1.1|Host: app.test|Content-Length: 4||body',
  ],
  [
    'an empty POST with its length',
    { method: 'POST', headers: ['Host', 'app.test', 'Content-Length', '0'] },
    '',
    'POST / HTTP/1.1|Host: app.test|Content-Length: 0||',
  ],
  ...['GET', 'DELETE', 'OPTIONS', 'PUT', 'REPORT'].map(
    (method) =>
      [
        `a ${method} with a body`,
        { method, headers: ['Host', 'app.test', 'Content-Length', '4'] },
        'body',
        `${method} / HTTP/1.1|Host: app.test|Content-Length: 4||body`,
      ] as const,
  ),
] as const

for (const [what, change, body, wire] of wholeRequests) {
  test(`serve() sends ${what} [F1]`, async () => {
    await using backend = await RawBackend.start((socket) => socket.write(ok))
    await using forwarder = new TestForwarder()
    const { text } = await forwarder.ask(backend.origin, change, body)
    assert.equal(text, 'hi')
    assert.equal(backend.seen.replaceAll('\r\n', '|'), wire)
  })
}

const chunks = ['one', 'two', 'three']
const streamedRequests = [
  ['with its Content-Length', ['Content-Length', '11'], 'Content-Length: 11||onetwothree'],
  [
    'chunked without one, with its trailers',
    [],
    'Transfer-Encoding: chunked||3|one|3|two|5|three|0|X-Trailer: kept||',
  ],
] as const

for (const [what, length, wire] of streamedRequests) {
  for (const method of ['POST', 'GET', 'DELETE']) {
    test(`serve() streams the body of a ${method} ${what} [F1]`, async () => {
      await using backend = await RawBackend.start((socket, seen) => {
        if (seen.endsWith(wire.slice(-5).replaceAll('|', '\r\n'))) socket.write(ok)
      })
      await using forwarder = new TestForwarder()
      const change = { method, headers: ['Host', 'app.test', ...length] }
      const { stream, handler } = forwarder.send(backend.origin, change, '', false)
      for (const chunk of chunks) {
        handler.onData(Buffer.from(chunk))
        await backend.until(() => backend.seen.includes(chunk))
      }
      handler.onEnd(['X-Trailer', 'kept', 'Host', 'evil.test', 'Transfer-Encoding', 'x'])
      assert.equal((await stream.over()).text, 'hi')
      assert.equal(stream.granted, chunks.join('').length)
      assert.ok(backend.seen.replaceAll('\r\n', '|').endsWith(wire), backend.seen)
    })
  }
}

test('the bytes that came with the head go first and owe no credit [F1]', async () => {
  await using backend = await RawBackend.start((socket, seen) => {
    if (seen.endsWith('first second')) socket.write(ok)
  })
  await using forwarder = new TestForwarder()
  const change = { method: 'PUT', headers: ['Host', 'app.test', 'Content-Length', '12'] }
  const { stream, handler } = forwarder.send(backend.origin, change, 'first ', false)
  handler.onData(Buffer.from('second'))
  handler.onEnd([])
  await stream.over()
  assert.equal(stream.granted, 6)
})

for (const [what, declared, whole] of [
  ['a whole body longer than declared', '3', true],
  ['a whole body shorter than declared', '5', true],
  ['a streamed body longer than declared', '3', false],
  ['a streamed body shorter than declared', '5', false],
] as const) {
  test(`${what} is an error at once and never a second request [F8]`, async () => {
    await using backend = await RawBackend.start(() => {})
    await using forwarder = new TestForwarder()
    const change = { method: 'POST', headers: ['Host', 'app.test', 'Content-Length', declared] }
    const { stream, handler } = forwarder.send(backend.origin, change, whole ? 'body' : '', whole)
    if (!whole) {
      handler.onData(Buffer.from('bo'))
      handler.onData(Buffer.from('dy'))
      handler.onEnd([])
    }
    await stream.over()
    assert.deepEqual(stream.calls, ['reset protocol-error'])
    assert.ok(!backend.seen.includes('body'))
  })
}

for (const [what, change] of [
  ['CONNECT', { method: 'CONNECT', target: 'a:1' }],
  ['a method that is no token', { method: 'GET /x' }],
  ['a target with a space', { target: '/a b' }],
  ['a target with a line feed', { target: '/a\nb' }],
  ['an absolute target on another host', { target: 'evil.test/' }],
  ['a value with a line feed', { headers: ['Host', 'app.test', 'X', 'a\r\nY: b'] }],
  ['two Hosts', { headers: ['Host', 'app.test', 'Host', 'b.test'] }],
  ['two Content-Lengths', { headers: ['Host', 'a', 'content-length', '0', 'Content-Length', '0'] }],
  ['Transfer-Encoding', { headers: ['Host', 'a', 'Transfer-Encoding', 'chunked'] }],
  ['an origin that is none', { origin: 'ftp://127.0.0.1' }],
] as const) {
  test(`serve() refuses ${what} before a byte is sent [F8]`, async () => {
    await using backend = await RawBackend.start((socket) => socket.write(ok))
    await using forwarder = new TestForwarder()
    const { calls } = await forwarder.ask(backend.origin, change)
    assert.deepEqual(calls, ['reset protocol-error'])
    assert.equal(backend.seen, '')
  })
}

// --- Answers ---

const large = 'x'.repeat(20_000)

const answers = [
  ['a small answer', ok, {}, 200, 'hi', ['answer 200 end']],
  [
    'an empty answer',
    'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    {},
    200,
    '',
    ['answer 200 end'],
  ],
  [
    'HEAD',
    'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n',
    { method: 'HEAD' },
    200,
    '',
    ['answer 200 end'],
  ],
  ['204', 'HTTP/1.1 204 No Content\r\n\r\n', {}, 204, '', ['answer 204 end']],
  [
    '304',
    'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n',
    {},
    304,
    '',
    ['answer 304 end'],
  ],
  [
    'a short chunked answer',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n',
    {},
    200,
    'hi',
    ['answer 200 end'],
  ],
  [
    'a redirect, not followed',
    'HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 2\r\n\r\nhi',
    {},
    302,
    'hi',
    ['answer 302 end'],
  ],
  [
    'gzip, not decoded',
    'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b',
    {},
    200,
    '\x1f\x8b',
    ['answer 200 end'],
  ],
  ['HTTP/1.0 until the close', 'HTTP/1.0 200 OK\r\n\r\nhi', {}, 200, 'hi', ['answer 200', 'end']],
  [
    'a missing reason',
    'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi',
    {},
    200,
    'hi',
    ['answer 200 end'],
  ],
  [
    'an Upgrade nobody takes',
    'HTTP/1.1 200 OK\r\nUpgrade: h2\r\nConnection: Upgrade\r\nContent-Length: 2\r\n\r\nhi',
    {},
    200,
    'hi',
    ['answer 200 end'],
  ],
] as const

for (const [what, bytes, change, status, text, calls] of answers) {
  test(`serve() passes on ${what} [F1]`, async () => {
    await using backend = await RawBackend.start((socket) => socket.end(bytes, 'latin1'))
    await using forwarder = new TestForwarder()
    const stream = await forwarder.ask(backend.origin, change)
    assert.equal(stream.status, status)
    assert.equal(stream.text, text)
    assert.deepEqual(stream.calls, calls)
  })
}

test('the head of an answer known to be long leaves at once [F1]', async () => {
  await using backend = await RawBackend.start((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${large.length}\r\n\r\n${large}`)
  })
  await using forwarder = new TestForwarder()
  const stream = await forwarder.ask(backend.origin)
  assert.equal(stream.calls[0], 'answer 200')
  assert.equal(stream.text, large)
})

test('a small answer that dribbles is not held back [F1]', async () => {
  const { promise: dribbling, resolve: dribble } = Promise.withResolvers<Socket>()
  await using backend = await RawBackend.start((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab', () => dribble(socket))
  })
  await using forwarder = new TestForwarder()
  const { stream } = forwarder.send(backend.origin)
  await stream.until(() => stream.text === 'ab')
  const socket = await dribbling
  socket.write('cd')
  await stream.over()
  assert.deepEqual(stream.calls, ['answer 200', 'write', 'end'])
})

test('answers keep order, repeats, case and bytes; what belongs to the hop goes [F1]', async () => {
  await using backend = await RawBackend.start((socket) => {
    const fields = [
      'Set-Cookie: a=1',
      'X-Name: \xe9\xff',
      'Connection: keep-alive, Hop, Set-Cookie',
      'Keep-Alive: timeout=5',
      'Hop: 1',
      'set-cookie: b=2',
      'X-Empty:',
      'X-Space:  \t a b \t ',
      'Content-Length: 0',
    ]
    socket.write(`HTTP/1.1 200 OK\r\n${fields.join('\r\n')}\r\n\r\n`, 'latin1')
  })
  await using forwarder = new TestForwarder()
  const { headers } = await forwarder.ask(backend.origin)
  assert.deepEqual(headers, [
    ...['Set-Cookie', 'a=1', 'X-Name', '\xe9\xff', 'set-cookie', 'b=2'],
    ...['X-Empty', '', 'X-Space', 'a b', 'Content-Length', '0'],
  ])
})

test('trailers are passed on without those that frame or authenticate [F1]', async () => {
  await using backend = await RawBackend.start((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n')
    socket.write('X-Sum: 1\r\nSet-Cookie: a=1\r\nHost: evil.test\r\nx-sum: 2\r\n\r\n')
  })
  await using forwarder = new TestForwarder()
  const { text, trailers } = await forwarder.ask(backend.origin)
  assert.equal(text, 'hi')
  assert.deepEqual(trailers, ['X-Sum', '1', 'x-sum', '2'])
})

test('1xx is passed on as it comes [F1]', async () => {
  const hint = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nContent-Length: 5\r\n\r\n'
  await using backend = await RawBackend.start((socket) => socket.write(hint.repeat(10) + ok))
  await using forwarder = new TestForwarder()
  const { informed, text } = await forwarder.ask(backend.origin)
  assert.deepEqual(informed, Array(10).fill({ status: 103, headers: ['Link', '</a.css>'] }))
  assert.equal(text, 'hi')
})

test('a 100 nobody asked for is dropped, in whatever pieces it comes [F1]', async () => {
  const bytes = `${'HTTP/1.1 100 Continue\r\nX: 1\r\n\r\n'.repeat(3)}${ok}`
  await using backend = await RawBackend.start(async (socket) => {
    for (const byte of bytes) {
      await new Promise((sent) => socket.write(byte, sent))
      await new Promise((turn) => setImmediate(turn))
    }
  })
  await using forwarder = new TestForwarder()
  const change = { method: 'POST', headers: ['Host', 'app.test', 'Content-Length', '4'] }
  const { calls, text } = await forwarder.ask(backend.origin, change, 'body')
  assert.equal(text, 'hi')
  assert.ok(!calls.some((call) => call.startsWith('inform')))
})

test('a body that reads like a 100 is a body', async () => {
  const body = 'HTTP/1.1 100 Continue\r\n\r\n'
  await using backend = await RawBackend.start(async (socket) => {
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`
    await new Promise((sent) => socket.write(head, sent))
    socket.write(body)
  })
  await using forwarder = new TestForwarder()
  const stream = new RecordedStream()
  assert.equal(
    (await forwarder.send(backend.origin, {}, '', true, stream).stream.over()).text,
    body,
  )
})

test('an answer that comes before the body was sent is passed on, the rest of the body dropped', async () => {
  await using backend = await RawBackend.start((socket, seen) => {
    if (seen.endsWith('first'))
      socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno')
  })
  await using forwarder = new TestForwarder()
  const change = { method: 'POST', headers: ['Host', 'app.test', 'Content-Length', '1000000'] }
  const { stream, handler } = forwarder.send(backend.origin, change, 'first', false)
  await stream.over()
  assert.deepEqual([stream.status, stream.text], [413, 'no'])
  await backend.until(() => backend.sockets.size === 0)
  handler.onData(Buffer.alloc(100_000))
  await stream.until(() => stream.granted === 100_000)
  handler.onEnd([])
  assert.deepEqual(stream.calls, ['answer 413 end'])
})

test('connections are kept and used again [F1]', async () => {
  await using backend = await RawBackend.start((socket) => socket.write(ok))
  await using forwarder = new TestForwarder()
  for (let i = 0; i < 10; i++) assert.equal((await forwarder.ask(backend.origin)).text, 'hi')
  assert.equal(backend.connections, 1)
})

test('internal URLs take names, IPv4 and IPv6 and any port [P12]', async (t) => {
  const server = createServer((socket) => socket.once('data', () => socket.end(ok)))
  t.after(() => server.close())
  server.listen(0)
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await using forwarder = new TestForwarder()
  for (const host of ['localhost', '127.0.0.1', '[::1]']) {
    assert.equal((await forwarder.ask(`http://${host}:${port}`)).text, 'hi')
  }
})

test('after close() nothing is forwarded', async () => {
  await using backend = await RawBackend.start((socket) => socket.write(ok))
  const forwarder = new TestForwarder()
  forwarder.close()
  assert.deepEqual((await forwarder.ask(backend.origin)).calls, ['reset draining'])
})
