import assert from 'node:assert/strict'
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { hopByHop } from '../http/hop.ts'
import { listen, TestForwarder } from './forward-fixture.ts'

interface Seen {
  readonly raw: readonly string[]
  body: string
  trailers: readonly string[]
}

const seen: Seen[] = []
const sessions = new Set<ServerHttp2Session>()
const server = createServer()
server.on('session', (session) => sessions.add(session))
server.on('stream', (stream: ServerHttp2Stream, _headers, _flags, raw: string[]) => {
  const request: Seen = { raw, body: '', trailers: [] }
  seen.push(request)
  stream.on('error', () => {})
  stream.on('trailers', (_trailers, _trailerFlags, rawTrailers: string[]) => {
    request.trailers = rawTrailers
  })
  stream.on('data', (chunk: Buffer) => {
    request.body += chunk.toString('latin1')
  })
  stream.on('end', () => {
    stream.respond({ ':status': 204 }, { endStream: true })
  })
})
let origin = ''
before(async () => {
  origin = `http://127.0.0.1:${await listen(server)}`
})
after(() => {
  for (const session of sessions) session.destroy()
  server.close()
})

const reserved = new Set([...hopByHop, 'host', 'content-length', 'expect', 'authorization'])
const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,12}$/)
// Names of which Node thinks that there is one at most, repeats and all.
const name = fc.oneof(
  fc.constantFrom('User-Agent', 'content-type', 'ETag', 'If-Match', 'Referer', 'Age', 'Cookie'),
  fc.constantFrom('x-a', 'X-A', '__proto__', 'constructor', 'Proxy-X', 'http2'),
  token.filter((text) => !reserved.has(text.toLowerCase())),
)
const value = fc.oneof(
  fc.constantFrom('', 'a, b', '\xe9\xff', 'a\tb  c'),
  fc.stringMatching(/^(?:[!-~]([\t -~]{0,30}[!-~])?)?$/),
)
const fields = fc.array(fc.tuple(name, value), { maxLength: 12 })
const chunks = fc.array(fc.string({ unit: 'binary-ascii', minLength: 1 }), { maxLength: 4 })

test('every request reaches an application over HTTP/2 with its fields in order, or is refused; nothing throws [F1] [F8]', async () => {
  await using forwarder = new TestForwarder()
  let refused = 0
  const property = fc.asyncProperty(fields, chunks, fields, async (given, body, trailers) => {
    seen.length = 0
    const headers = [['Host', 'app.test'], ...given].flat()
    const change = { http2: true, method: 'PUT', headers }
    const { stream, handler } = forwarder.send(origin, change, '', false)
    for (const chunk of body) handler.onData(Buffer.from(chunk, 'latin1'))
    handler.onEnd(trailers.flat())
    await stream.over()
    if (stream.resetCode !== undefined) {
      refused++
      assert.equal(stream.resetCode, 'protocol-error')
      return
    }
    const [request] = seen
    assert.ok(request)
    const wire = request.raw.filter((_, i) => !request.raw[i - (i % 2)]?.startsWith(':'))
    assert.deepEqual(
      wire,
      [...given.map(([n, v]) => [n.toLowerCase(), v]), ['te', 'trailers']].flat(),
    )
    assert.equal(request.body, body.join(''))
    const names = new Set(trailers.map(([n]) => n.toLowerCase()))
    assert.ok(request.trailers.every((part, i) => i % 2 === 1 || names.has(part)))
  })
  await fc.assert(property, { numRuns: 500 })
  assert.equal(refused, 0)
})
