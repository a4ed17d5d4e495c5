import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { malformedRequest } from '../refusal/refusals.ts'
import { refuse } from './entry.ts'
import type { Http1Connection } from './http1-connection.ts'
import { type SeenRequest, TestServer } from './http1-fixture.ts'
import { receivedHttp1 } from './received-http1.ts'
import { readRequest } from './request.ts'

const host = 'app.contoso.test'
const line = (text: string) => `${text}\r\nHost: ${host}\r\n`
const get = line('GET /public/p HTTP/1.1')
const post = line('POST /public/p HTTP/1.1')
/** Stands behind every hostile message; nobody may ever take it for a request. */
const smuggled = `GET /smuggled HTTP/1.1\r\nHost: ${host}\r\n\r\n`
const chunked = 'Transfer-Encoding: chunked\r\n'
const last = '0\r\n\r\n'

type Cases = Readonly<Record<string, readonly string[]>>

/** Security class 4.1: two readers could see two different messages. */
const framing: Cases = {
  'both framings': [
    `${post}Content-Length: 47\r\n${chunked}\r\n${last}`,
    `${post}${chunked}Content-Length: 5\r\n\r\n${last}`,
    `${post.replace('1.1', '1.0')}${chunked}Content-Length: 5\r\n\r\n${last}`,
  ],
  'a length in another form': [
    ...['5, 5', '+5', '-0', '0x5', '0o5', '1_0', '1 0', '5.0', '5e0', '', '5\0', '\x0b5', '5;a=b'],
    ...['18446744073709551621', '9007199254740993', '\xa05', '5\xa0', '5\x0c'],
  ].map((value) => `${post}Content-Length: ${value}\r\n\r\nhello`),
  'a length twice': [
    `${post}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`,
    `${post}Content-Length: 5\r\ncontent-length: 6\r\n\r\nhello`,
  ],
  'a coding in another form': [
    ...['xchunked', 'chunk', 'chunkedd', 'identity', 'gzip, chunked', 'chunked, gzip', ',chunked'],
    ...['chunked, chunked', 'chunked,', '', 'chunked;a=b', '"chunked"', "'chunked'", '\x0bchunked'],
    ...['chunked\x0c', 'chunked\0', '\xa0chunked', 'chunked\x85', '\xffchunked'],
  ].map((value) => `${post}Transfer-Encoding: ${value}\r\n\r\n${last}`),
  'a coding twice': [
    `${post}${chunked}${chunked}\r\n${last}`,
    `${post}Transfer-Encoding: cow\r\n${chunked}\r\n${last}`,
  ],
  'a coding in HTTP/1.0': [`${post.replace('1.1', '1.0')}${chunked}\r\n${last}`],
  'a name that is nearly another': [
    `${post}Content-Length : 5\r\n\r\nhello`,
    `${post}Content-Length\t: 5\r\n\r\nhello`,
    `${post}Content\0-Length: 5\r\n\r\nhello`,
    `${post}Transfer Encoding: chunked\r\n\r\n${last}`,
    `${post}Transfer\r-Encoding: chunked\r\n\r\n${last}`,
  ],
  'a hidden framing': [
    ...['\r', '\n', '\0', '\r\n ', '\r\n\t', '\r\r\n'].map(
      (hide) => `${post}Foo: bar${hide}${chunked}Content-Length: 47\r\n\r\n${last}`,
    ),
  ],
}

/** Security class 4.3: chunks that somebody could read in another way. */
const chunks: Cases = {
  'a size in another form': [
    ...['0x5', '+5', '-5', '5_', '0_2e', ' 5', '5 ', '\t5', '5\t', '', 'g', '5.0', '5\0'],
    ...['FFFFFFFFFFFFFFFF', '10000000000000005', '5,5'],
  ].map((size) => `${post}${chunked}\r\n${size}\r\nhello\r\n${last}`),
  'a line end in another form': [
    `${post}${chunked}\r\n5\nhello\r\n${last}`,
    `${post}${chunked}\r\n5\rhello\r\n${last}`,
    `${post}${chunked}\r\n5\r\nhello\n${last}`,
    `${post}${chunked}\r\n5\r\nhello\r${last}`,
    `${post}${chunked}\r\n5;\nhello\r\n${last}`,
    `${post}${chunked}\r\n5;a\rhello\r\n${last}`,
    `${post}${chunked}\r\n2\r\r;a\r\n02\r\n41\r\n${last}`,
    `${post}${chunked}\r\n5\r\nhello${last}`,
    `${post}${chunked}\r\n5\r\nhelloXX${last}`,
    `${post}${chunked}\r\n0\n\n`,
    `${post}${chunked}\r\n0\r\n\n`,
  ],
  'trailers that are none': [
    `${post}${chunked}\r\n0\r\nX\r\n\r\n`,
    `${post}${chunked}\r\n0\r\nX : a\r\n\r\n`,
    `${post}${chunked}\r\n0\r\nX: a\r\n b\r\n\r\n`,
    `${post}${chunked}\r\n0\r\nX: a\n\r\n`,
  ],
  'extensions without end': [
    `${post}${chunked}\r\n5;${'x'.repeat(17_000)}\r\nhello\r\n${last}`,
    `${post}${chunked}\r\n${`1;${'x'.repeat(2_000)}\r\na\r\n`.repeat(9)}${last}`,
  ],
}

/** Security class 4.4: heads that are not quite HTTP/1.1. */
const heads: Cases = {
  'a request line in another form': [
    ...['GET  /public/p HTTP/1.1', 'GET /public/p  HTTP/1.1', 'GET\t/public/p HTTP/1.1'],
    ...['GET\x0b/public/p HTTP/1.1', ' GET /public/p HTTP/1.1', 'GET /public/p HTTP/1.1 '],
    ...['GET /public/p RTSP/1.1', 'GET /public/p ICE/1.0', 'GET /public/p HTTP/2.0'],
    ...['GET /public/p http/1.1', 'GET /public/p HTTP/01.1', 'GET /public/p HTTP/1.1.1'],
    ...['GET /public/p HTTP/1.', 'GET /public/p', 'GET /public/p HTTP/1,1', '/public/p'],
    ...['G T /public/p HTTP/1.1', 'G\0T /public/p HTTP/1.1', 'PRI * HTTP/2.0'],
  ].map((text) => `${line(text)}\r\n`),
  'a line end in another form': [
    `GET /public/p HTTP/1.1\nHost: ${host}\n\n`,
    `GET /public/p HTTP/1.1\r\nHost: ${host}\n\r\n`,
    `GET /public/p HTTP/1.1\rHost: ${host}\r\r`,
    `${get}\r`,
    `${get}X: a\r\r\n\r\n`,
    `${get}X: a\nY: b\r\n\r\n`,
  ],
  'control bytes': [...['X: a\0b', 'X: a\x01b', 'X: \x7f', 'X\x01: a', '\0X: a', 'X: \x1b[0m']].map(
    (field) => `${get}${field}\r\n\r\n`,
  ),
  'a name in another form': [
    ...['X : a', 'X\t: a', 'X Y: a', 'X', ': a', '"X": a', 'X(Y): a', 'X\x80: a', 'X=a'],
  ].map((field) => `${get}${field}\r\n\r\n`),
  'folded lines': [
    `${get}X: a\r\n b\r\n\r\n`,
    `${get}X: a\r\n\tX-Forwarded-User: admin\r\n\r\n`,
    `GET /public/p HTTP/1.1\r\n Host: ${host}\r\n\r\n`,
  ],
  'more than anybody needs': [
    `${get}${'a:\r\n'.repeat(2100)}Content-Length: 42\r\n\r\n`,
    `${get}X: ${'a'.repeat(66_000)}\r\n\r\n`,
    `${line(`GET /${'a'.repeat(9_000)} HTTP/1.1`)}\r\n`,
    `${line(`${'A'.repeat(40)} / HTTP/1.1`)}\r\n`,
    `${'\r\n'.repeat(20)}${get}\r\n`,
  ],
  'methods that are for nobody': [
    ...['CONNECT', 'TRACE', 'TRACK'].map((method) => `${line(`${method} /public/p HTTP/1.1`)}\r\n`),
    `CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`,
  ],
}

/** Security classes 4.2 and 4.5: expectations, hosts and targets that nobody knows. */
const targets: Cases = {
  'another expectation': [
    ...['y 100-continue', '100-Continue ,', '100-continue, foo', 'x', '200-ok', ''],
  ].map((value) => `${post}Expect: ${value}\r\nContent-Length: ${smuggled.length}\r\n\r\n`),
  'a host in another form': [
    ...['', 'a b', `${host},${host}`, `user@${host}`, `${host}/x`, `${host}?x`, `${host}#x`],
    ...[
      `${host}\\x`,
      `${host}\0.evil`,
      `${host}\xe9`,
      'app%2econtoso.test',
      '[::1]',
      '[::1%25eth0]',
    ],
    ...[`${host}:`, `${host}:0`, `${host}:99999`, `${host}:+80`, `${host}:80:80`, `.${host}`],
  ].map((value) => `GET /public/p HTTP/1.1\r\nHost: ${value}\r\n\r\n`),
  'no host, or two': [
    'GET /public/p HTTP/1.1\r\n\r\n',
    'GET /public/p HTTP/1.0\r\n\r\n',
    `${get}Host: other.contoso.test\r\n\r\n`,
    `${get}host: ${host}\r\n\r\n`,
  ],
  'a target in another form': [
    ...['http://other.contoso.test/x', '//evil.test/x', '/\\evil.test', '@evil.test/', ':80/', 'p'],
    ...['/x#y', '/x%23y', 'ftp://evil.test/', 'file:///etc/passwd', '*', '?x', 'http:/x'],
    ...[`http://${host}@evil.test/`, `http://${host}:81/`, `https://${host}.evil.test/`],
  ].map((target) => `${line(`GET ${target} HTTP/1.1`)}\r\n`),
}

type Deliver = (bytes: string) => AsyncGenerator<string>

/** Security §4.21: what is in one packet and what is not is for the network to decide. */
const deliveries: Readonly<Record<string, Deliver>> = {
  async *whole(bytes) {
    yield bytes
  },
  async *'byte by byte'(bytes) {
    yield* bytes
  },
  async *'cut at every line end'(bytes) {
    yield* bytes.split(/(?<=[\r\n])|(?=[\r\n])/)
  },
  async *'the body 50 ms behind the head'(bytes) {
    const end = bytes.indexOf('\r\n\r\n') + 4
    yield bytes.slice(0, end)
    await new Promise((resolve) => setTimeout(resolve, 50))
    yield bytes.slice(end)
  },
}

/** A server with the front half of the edge: what it lets through is answered with its target. */
function startFront(): Promise<TestServer> {
  const served = TestServer.start()
  return served.then((server) => {
    server.onSeen = answerIfReadable
    return server
  })
}

function answerIfReadable({ head, body, reply }: SeenRequest, connection: Http1Connection): void {
  const request = readRequest(receivedHttp1(connection, head, body !== undefined))
  if ('because' in request) {
    refuse(malformedRequest(request), reply)
    return
  }
  const answer = () => reply.whole(200, [], request.target.path)
  if (body) body.read({ onData() {}, onEnd: answer, onAbort() {} })
  else answer()
}

/** All that the server says; it has to end the connection by itself. */
async function send(server: TestServer, bytes: string, deliver: Deliver): Promise<string> {
  const client = await server.open()
  for await (const piece of deliver(bytes)) {
    if (client.ended || client.closed) break
    client.send(piece)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const text = await client.rest()
  client.socket.destroy()
  return text
}

for (const cases of [framing, chunks, heads, targets]) {
  for (const [what, messages] of Object.entries(cases)) {
    test(`${what}: refused and the connection closed, however it is delivered [F8]`, async () => {
      await using server = await startFront()
      for (const [how, deliver] of Object.entries(deliveries)) {
        const short = messages.filter(({ length }) => length < 2_000 || how !== 'byte by byte')
        const answers = await Promise.all(
          short.map((text) => send(server, text + smuggled, deliver)),
        )
        for (const [index, answer] of answers.entries()) {
          const described = `${how}: ${JSON.stringify(short[index]?.slice(0, 200))} → ${answer}`
          assert.match(answer, /^HTTP\/1\.1 (?:4\d\d|50[15]) [^\r]*\r\n/, described)
          assert.equal(answer.split('HTTP/1.1 ').length, 2, described)
          assert.match(answer, /\r\nConnection: close\r\n/, described)
        }
      }
      assert.deepEqual(
        server.seen.filter(({ head }) => head.target === '/smuggled'),
        [],
      )
      assert.deepEqual(server.bugs, [])
    })
  }
}

/** Security class 4.2 and §4.20: a body belongs to its request, whatever it looks like and whoever reads it. */
const belonging: readonly string[] = [
  `${post}Content-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
  `${post}${chunked}\r\n${smuggled.length.toString(16)}\r\n${smuggled}\r\n${last}`,
  `${post}Transfer-Encoding: Chunked\r\n\r\n${smuggled.length.toString(16).toUpperCase()};a=b\r\n${smuggled}\r\n000\r\n\r\n`,
  `${get}Content-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
  `${line('OPTIONS /public/p HTTP/1.1')}${chunked}\r\n${smuggled.length.toString(16)}\r\n${smuggled}\r\n${last}`,
  `${line('DELETE /public/p HTTP/1.1')}Content-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
  `${post}${chunked}\r\n0\r\nHost: other.contoso.test\r\nX-Forwarded-User: admin\r\n\r\n`,
  `${post}Content-Length: 0\r\n\r\n`,
  `\r\n${get}\r\n`,
  `${get}Connection: Content-Length, Host\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
  `${line(`GET http://${host}/public/p HTTP/1.1`)}\r\n`,
  `${get}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n`,
  `${get}Connection: Upgrade\r\nUpgrade: foo\r\n\r\n`,
  `${get}X: \xe4\xff\r\nx-lower: 1\r\nno-space:1\r\n__proto__: a\r\nconstructor: b\r\n\r\n`,
]

for (const bytes of belonging) {
  test(`exactly one request: ${JSON.stringify(bytes.slice(bytes.indexOf('\r\n') + 28, 130))} [F1] [F8]`, async () => {
    await using server = await startFront()
    const end = line('GET /end HTTP/1.1')
    for (const deliver of Object.values(deliveries)) {
      const before = server.seen.length
      const text = await send(server, `${bytes}${end}Connection: close\r\n\r\n`, deliver)
      const seen = server.seen.slice(before).map(({ head }) => head.target)
      assert.deepEqual([seen.length, seen[1]], [2, '/end'], text)
      assert.equal(
        text.match(/^HTTP\/1\.1 200 |(?<=\/public\/p)HTTP\/1\.1 200 /gm)?.length,
        2,
        text,
      )
    }
  })
}

const token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
const fieldLines = `((?:${token}:[\\t\\x20-\\x7e\\x80-\\xff]*\\r\\n)*)`
const headPattern = new RegExp(
  `^(?:\\r\\n){0,4}${token} ([\\x21-\\x7e]+) HTTP/1\\.[01]\\r\\n${fieldLines}\\r\\n`,
)
const chunkPattern = /^([0-9A-Fa-f]{1,14})(?:;[\t\x20-\x7e\x80-\xff]*)?\r\n/
const trailersPattern = new RegExp(`^${fieldLines}\\r\\n`)

/** RFC 9112 written down a second time, over the whole text: the targets of the requests in it, up to the first flaw. */
function requestsIn(text: string): string[] {
  const found: string[] = []
  let rest = text
  for (;;) {
    const head = headPattern.exec(rest)
    if (!head) return found
    const [all, target = '', fields = ''] = head
    const lengths = [...fields.matchAll(/^content-length:[\t ]*([^\r]*?)[\t ]*\r$/gim)]
    const codings = [...fields.matchAll(/^transfer-encoding:[\t ]*([^\r]*?)[\t ]*\r$/gim)]
    if (lengths.length + codings.length > 1) return found
    found.push(target)
    rest = rest.slice(all.length)
    const end = codings.length > 0 ? chunksEnd(rest) : Number(lengths[0]?.[1] ?? 0)
    if (end === undefined || end > rest.length) return found
    rest = rest.slice(end)
  }
}

function chunksEnd(text: string): number | undefined {
  let at = 0
  for (;;) {
    const start = chunkPattern.exec(text.slice(at))
    if (!start) return undefined
    at += start[0].length
    const size = Number.parseInt(start[1] as string, 16)
    if (size === 0) break
    if (text.slice(at + size, at + size + 2) !== '\r\n') return undefined
    at += size + 2
  }
  const trailers = trailersPattern.exec(text.slice(at))
  return trailers ? at + trailers[0].length : undefined
}

const messages = fc.constantFrom(...belonging, `${get}\r\n`)
const mischief = fc.constantFrom('\r', '\n', ' ', '\0', '0', '\r\n', '\r\n\r\n', ':', ';', ',', '')

test('bent anywhere and cut anywhere, a connection holds the requests that the grammar finds in it, or fewer [F8]', async () => {
  await using server = await startFront()
  await fc.assert(
    fc.asyncProperty(
      fc.array(messages, { minLength: 1, maxLength: 3 }),
      mischief,
      fc.nat(),
      fc.integer({ min: 1, max: 200 }),
      async (parts, odd, place, size) => {
        const whole = `${parts.join('')}${line('GET /end HTTP/1.1')}Connection: close\r\n\r\n`
        const at = place % whole.length
        const bytes = whole.slice(0, at) + odd + whole.slice(at)
        const before = server.seen.length
        const client = await server.open()
        for (let from = 0; from < bytes.length; from += size) {
          client.send(bytes.slice(from, from + size))
          await new Promise((resolve) => setImmediate(resolve))
        }
        // Whoever waits for more learns that there is none.
        client.socket.end()
        await client.rest()
        const expected = requestsIn(bytes)
        const seen = server.seen.slice(before).map(({ head }) => head.target)
        assert.deepEqual(seen, expected.slice(0, seen.length))
        if (odd === '') assert.equal(seen.length, parts.length + 1)
      },
    ),
    { numRuns: 400 },
  )
  assert.deepEqual(server.bugs, [])
})
