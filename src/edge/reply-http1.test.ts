import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestServer } from './http1-fixture.ts'
import type { Http1Reply } from './reply-http1.ts'

const get = (path: string, ...fields: readonly string[]) =>
  `GET ${path} HTTP/1.1\r\n${['Host: a.test', ...fields].join('\r\n')}\r\n\r\n`

/** What a client reads of an answer; the connection's end counts as `|`. */
async function receive(bytes: string, answer: (reply: Http1Reply) => void): Promise<string> {
  await using server = await TestServer.start(({ reply, head }) => {
    if (head.target === '/probe') reply.whole(200, ['Date', 'x'], 'PROBE')
    else answer(reply)
  })
  const client = await server.open()
  client.send(bytes + get('/probe'))
  const text = await client.until('PROBE')
  return client.closed || client.ended ? `${text}|` : text.slice(0, text.lastIndexOf('HTTP/1.1'))
}

const dated = ['Date', 'x'] as const
const ok = 'HTTP/1.1 200 OK\r\nDate: x\r\n'

test('fields go out in their order, case and number [F1]', async () => {
  const fields = ['b', '1', 'Set-Cookie', 'a=1', 'B', '2', 'set-cookie', 'w\xe4hl=2', 'date', 'x']
  const text = await receive(get('/'), (reply) => reply.whole(200, fields, ''))
  assert.equal(
    text,
    'HTTP/1.1 200 OK\r\nb: 1\r\nSet-Cookie: a=1\r\nB: 2\r\nset-cookie: w\xe4hl=2\r\ndate: x\r\nContent-Length: 0\r\n\r\n',
  )
})

test('an answer without a date gets one (RFC 9110 §6.6.1) [F1]', async () => {
  const text = await receive(get('/'), (reply) => reply.whole(200, [], ''))
  assert.match(text, /\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/)
})

test('fields of the connection are never the application’s to write [F1] [F8]', async () => {
  const fields = ['Connection', 'close', 'Keep-Alive', 'x', 'Transfer-Encoding', 'gzip', ...dated]
  const text = await receive(get('/'), (reply) => reply.whole(200, fields, 'a'))
  assert.equal(text, `${ok}Content-Length: 1\r\n\r\na`)
})

test('in pieces an answer keeps its length, or comes in chunks with its trailers [F1]', async () => {
  const sized = await receive(get('/'), (reply) => {
    reply.head(200, [...dated, 'content-length', '5'])
    reply.write(Buffer.from('he'))
    reply.write(Buffer.from('llo'))
    reply.end([])
  })
  assert.equal(sized, `${ok}content-length: 5\r\n\r\nhello`)
  const big = Buffer.alloc(20_000, 'x')
  const chunked = await receive(get('/'), (reply) => {
    reply.head(200, dated)
    reply.write(Buffer.from('he'))
    reply.write(Buffer.alloc(0))
    reply.write(big)
    reply.end(['X-Sum', '1'])
  })
  assert.equal(
    chunked,
    `${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n4e20\r\n${big}\r\n0\r\nX-Sum: 1\r\n\r\n`,
  )
})

test('to HTTP/1.0 the end of the connection is the end of the answer, unless the length is known [F1]', async () => {
  const old = (fields = '') => `GET / HTTP/1.0\r\n${fields}\r\n`
  const streamed = await receive(old('Connection: keep-alive\r\n'), (reply) => {
    reply.head(200, dated)
    reply.write(Buffer.from('hello'))
    reply.end(['X-Sum', '1'])
  })
  assert.equal(streamed, `${ok}Connection: close\r\n\r\nhello|`)
  const whole = await receive(old(), (reply) => reply.whole(200, dated, 'hello'))
  assert.equal(whole, `${ok}Content-Length: 5\r\nConnection: close\r\n\r\nhello|`)
  const kept = await receive(old('Connection: keep-alive\r\n'), (reply) =>
    reply.whole(200, dated, 'hello'),
  )
  assert.equal(kept, `${ok}Content-Length: 5\r\nConnection: keep-alive\r\n\r\nhello`)
})

test('a client that asks for the connection’s end gets it [F1]', async () => {
  for (const field of ['Connection: close', 'Connection: keep-alive, Close']) {
    const text = await receive(get('/', field), (reply) => reply.whole(200, dated, 'a'))
    assert.equal(text, `${ok}Content-Length: 1\r\nConnection: close\r\n\r\na|`)
  }
})

const bodiless = [
  ['HEAD', get('/').replace('GET', 'HEAD'), 200, 'OK', true],
  ['204', get('/'), 204, 'No Content', false],
  ['304', get('/'), 304, 'Not Modified', true],
] as const
for (const [what, bytes, status, reason, keepsLength] of bodiless) {
  test(`${what} has no body, whatever the application sends, and the connection goes on [F1] [F8]`, async () => {
    const length = keepsLength ? 'Content-Length: 5\r\n' : ''
    const fields = ['Content-Length', '5', ...dated]
    const expected = `HTTP/1.1 ${status} ${reason}\r\n${length}Date: x\r\n\r\n`
    const whole = await receive(bytes, (reply) => reply.whole(status, fields, 'hello'))
    assert.equal(whole, expected)
    const streamed = await receive(bytes, (reply) => {
      reply.head(status, fields)
      reply.write(Buffer.from('hello'))
      reply.end(['X-Sum', '1'])
    })
    assert.equal(streamed, expected)
    const unknown = await receive(bytes, (reply) => reply.whole(status, dated, 'hello'))
    assert.equal(unknown, `HTTP/1.1 ${status} ${reason}\r\nDate: x\r\n\r\n`)
  })
}

test('an answer that is shorter or longer than it said it was never looks whole (RFC 9112 §8) [F8]', async () => {
  const short = await receive(get('/'), (reply) => {
    reply.head(200, [...dated, 'Content-Length', '9'])
    reply.write(Buffer.from('hello'))
    setImmediate(() => reply.end([]))
  })
  assert.match(short, /(?:hello)?\|$/)
  const long = await receive(get('/'), (reply) => {
    reply.head(200, [...dated, 'Content-Length', '3'])
    reply.write(Buffer.from('he'))
    reply.write(Buffer.from('llo'))
    reply.end([])
  })
  assert.match(long, /(?:he)?\|$/)
  assert.doesNotMatch(long, /hell/)
  await using server = await TestServer.start()
  const client = await server.open()
  client.send(get('/'))
  const request = await server.request(0)
  request.reply.head(200, ['Content-Length', '3'])
  request.reply.write(Buffer.from('hello'))
  assert.ok(request.closed)
})

test('an answer that is given up is cut: no last chunk, no clean end [F8]', async () => {
  const cut = await receive(get('/'), (reply) => {
    reply.head(200, dated)
    reply.write(Buffer.from('hello'))
    setImmediate(() => reply.abort())
  })
  assert.doesNotMatch(cut, /0\r\n\r\n/)
  await using server = await TestServer.start()
  const client = await server.open()
  let reset = false
  client.socket.on('error', (error: NodeJS.ErrnoException) => {
    reset = error.code === 'ECONNRESET'
  })
  client.send('GET / HTTP/1.0\r\n\r\n')
  const { reply } = await server.request(0)
  reply.head(200, [])
  reply.write(Buffer.from('hello'))
  await client.until('hello')
  reply.abort()
  await client.rest()
  // Where the connection's end is the answer's end, nothing but a reset says that this is not it.
  assert.ok(reset)
})

const unwritable = [
  ['a line end in a value', ['X', 'a\r\nSet-Cookie: b']],
  ['a NUL', ['X', '\0']],
  ['a name with a colon', ['X: a', 'b']],
  ['a name with a line end', ['X\r\nY', 'b']],
  ['a character of two bytes', ['X', '\u0100']],
  ['two lengths', ['Content-Length', '1', 'Content-Length', '1']],
  ['a length that is none', ['Content-Length', '1,1']],
  ['another length', ['Content-Length', '2']],
] as const
for (const [what, fields] of unwritable) {
  test(`${what} is never written; another answer can still be given [F8]`, async () => {
    const text = await receive(get('/'), (reply) => {
      assert.throws(() => reply.whole(200, fields, 'a'), TypeError)
      assert.ok(!reply.headSent)
      reply.whole(502, dated, 'b')
    })
    assert.equal(text, 'HTTP/1.1 502 Bad Gateway\r\nDate: x\r\nContent-Length: 1\r\n\r\nb')
  })
}

test('a client that reads slowly holds the writer up, and lets it go on again [F1]', async () => {
  await using server = await TestServer.start()
  const client = await server.open()
  client.socket.pause()
  client.send(get('/'))
  const request = await server.request(0)
  const piece = Buffer.alloc(100_000)
  request.reply.head(200, [])
  let written = 0
  do written += 1
  while (request.reply.write(piece))
  assert.ok(written < 1000)
  assert.equal(request.drained, 0)
  client.socket.resume()
  await server.until(() => request.drained === 1)
})
