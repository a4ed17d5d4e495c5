import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type { RawHeaders } from '../http/headers.ts'
import { hopByHop } from '../http/hop.ts'
import { listen, TestForwarder } from './forward-fixture.ts'

// What reaches an application, judged by a grammar that shares nothing with the code that wrote it (RFC 9112).

const line = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) (\/[!-"$-~\x80-\xff]*) HTTP\/1\.1\r\n/
const field = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ([\t -~\x80-\xff]*)\r\n/
const chunkHead = /^([0-9a-f]+)\r\n/

interface WireRequest {
  readonly method: string
  readonly target: string
  readonly fields: readonly (readonly [string, string])[]
  readonly body: string
  readonly trailers: readonly (readonly [string, string])[]
}

/** Reads messages one after the other; throws where the grammar is broken. */
class WireReader {
  #rest = ''

  /** The messages that are whole now. */
  push(text: string): WireRequest[] {
    this.#rest += text
    const requests: WireRequest[] = []
    for (let next = this.#read(); next; next = this.#read()) requests.push(next)
    return requests
  }

  #read(): WireRequest | undefined {
    const whole = this.#rest
    if (!whole.includes('\r\n\r\n')) return undefined
    const [, method = '', target = ''] = this.#take(line)
    const fields = this.#fields()
    const lengths = valuesOf(fields, 'content-length')
    const codings = valuesOf(fields, 'transfer-encoding')
    assert.ok(lengths.length + codings.length <= 1, 'framed twice')
    const body = codings.length > 0 ? this.#chunks() : this.#bytes(Number(lengths[0] ?? 0))
    if (body === undefined) {
      this.#rest = whole
      return undefined
    }
    for (const coding of codings) assert.equal(coding, 'chunked')
    for (const length of lengths) assert.match(length, /^[0-9]+$/)
    return { method, target, fields, ...body }
  }

  #fields(): [string, string][] {
    const fields: [string, string][] = []
    while (!this.#rest.startsWith('\r\n')) {
      const [, name = '', value = ''] = this.#take(field)
      fields.push([name, value])
    }
    this.#rest = this.#rest.slice(2)
    return fields
  }

  #chunks() {
    let body = ''
    for (;;) {
      if (!/^[^\n]*\n/.test(this.#rest)) return undefined
      const size = Number.parseInt(this.#take(chunkHead)[1] as string, 16)
      if (size === 0) {
        if (!this.#rest.startsWith('\r\n') && !this.#rest.includes('\r\n\r\n')) return undefined
        return { body, trailers: this.#fields() }
      }
      if (this.#rest.length < size + 2) return undefined
      assert.equal(this.#rest.slice(size, size + 2), '\r\n')
      body += this.#rest.slice(0, size)
      this.#rest = this.#rest.slice(size + 2)
    }
  }

  #bytes(length: number) {
    if (this.#rest.length < length) return undefined
    const body = this.#rest.slice(0, length)
    this.#rest = this.#rest.slice(length)
    return { body, trailers: [] }
  }

  #take(pattern: RegExp): RegExpExecArray {
    const found = pattern.exec(this.#rest)
    assert.ok(found, `not in the grammar: ${JSON.stringify(this.#rest.slice(0, 200))}`)
    this.#rest = this.#rest.slice(found[0].length)
    return found
  }
}

function valuesOf(fields: readonly (readonly [string, string])[], lower: string): string[] {
  return fields.filter(([name]) => name.toLowerCase() === lower).map(([, value]) => value)
}

const seen: WireRequest[] = []
const faults: unknown[] = []
const server = createServer((socket) => {
  const reader = new WireReader()
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    try {
      for (const request of reader.push(chunk.toString('latin1'))) {
        seen.push(request)
        const content = request.method === 'HEAD' ? '' : 'ok'
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${content}`)
      }
    } catch (thrown) {
      faults.push(thrown)
      socket.destroy()
    }
  })
})
let origin = ''
before(async () => {
  origin = `http://127.0.0.1:${await listen(server)}`
})
after(() => server.close())

const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,12}$/)
const reserved = new Set([...hopByHop, 'host', 'content-length', 'expect', 'authorization'])
const name = fc.oneof(
  fc.constantFrom('X-A', 'x-a', 'X-a', 'Cookie', 'ACCEPT', 'If-None-Match', '__proto__'),
  token.filter((text) => !reserved.has(text.toLowerCase())),
)
const value = fc.oneof(
  fc.constantFrom('', 'a, b', '"q; \\"x"', 'chunked', '\xe9\xff', 'a\tb  c'),
  fc.stringMatching(/^(?:[!-~]([\t -~]{0,30}[!-~])?)?$/),
)
const fields = fc.array(fc.tuple(name, value), { maxLength: 12 })
const method = fc.oneof(
  fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'get'),
  token.filter((text) => !['CONNECT', 'HEAD'].includes(text)),
)
const target = fc.stringMatching(/^\/[!-"$-~]{0,40}$/)
const body = fc.oneof(
  fc.constant({ kind: 'none' as const, chunks: [] as string[] }),
  fc.record({
    kind: fc.constantFrom('whole', 'length', 'chunked'),
    chunks: fc.array(fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 40 }), {
      maxLength: 5,
    }),
  }),
)
const request = fc.record({
  method,
  target,
  before: fields,
  behind: fields,
  body,
  trailers: fields,
})

test('every request reaches the application in the grammar, framed once, its fields as they were given [F1] [F8] [R13]', async () => {
  await using forwarder = new TestForwarder()
  await fc.assert(
    fc.asyncProperty(request, async ({ method, target, before, behind, body, trailers }) => {
      const content = body.chunks.join('')
      const declares = body.kind === 'whole' || body.kind === 'length'
      const length = declares ? [['Content-length', String(content.length)] as const] : []
      const given = [...before, ['hOst', 'app.test'] as const, ...length, ...behind]
      const change = { method, target, headers: given.flat() as RawHeaders }
      const streamed = body.kind === 'length' || body.kind === 'chunked'
      seen.length = 0
      const sent = forwarder.send(origin, change, streamed ? '' : content, !streamed)
      if (streamed) {
        for (const chunk of body.chunks) sent.handler.onData(Buffer.from(chunk, 'latin1'))
        sent.handler.onEnd(trailers.flat())
      }
      await sent.stream.over()
      assert.deepEqual([sent.stream.status, faults], [200, []])
      const [wire, ...more] = seen
      assert.ok(wire)
      assert.equal(more.length, 0)
      assert.deepEqual([wire.method, wire.target, wire.body], [method, target, content])
      // What frames the body comes last when the edge did not give it.
      assert.deepEqual(wire.fields.slice(0, given.length), given)
      assert.ok(wire.fields.length <= given.length + 1)
      const [added] = wire.fields.slice(given.length)
      if (body.kind === 'chunked') assert.deepEqual(added, ['Transfer-Encoding', 'chunked'])
      else if (added) assert.deepEqual(added, ['Content-Length', String(content.length)])
      for (const trailer of wire.trailers) assert.ok(trailers.some(([name]) => name === trailer[0]))
    }),
    { numRuns: 600 },
  )
})

test('what no request may be never reaches the application [F8]', async () => {
  await using forwarder = new TestForwarder()
  const bad = fc.constantFrom(
    '\r',
    '\n',
    '\0',
    '\x7f',
    '\r\n',
    '\r\nX: y',
    '\r\n\r\nGET /b HTTP/1.1\r\n',
  )
  const spoiled = fc.oneof(
    fc.record({ headers: bad.map((text) => ['Host', 'a', 'X', `a${text}b`]) }),
    fc.record({ headers: bad.map((text) => ['Host', 'a', `X${text}`, 'b']) }),
    fc.record({ headers: bad.map((text) => ['Host', `a${text}`]) }),
    fc.record({ method: bad.map((text) => `GET${text}`) }),
    fc.record({ target: bad.map((text) => `/a${text}`) }),
    fc.record({ target: fc.constantFrom('', 'a', '*', 'http://a/', '/a b', '/a#b', '/a\tb') }),
    fc.record({
      headers: fc
        .constantFrom(...hopByHop, 'X Y', 'X:', '', 'X\xe9', '(X)')
        .map((text) => ['Host', 'a', text, 'chunked']),
    }),
    fc.record({
      headers: fc
        .constantFrom('+1', '-1', '0x1', '1,1', '1 ', '', '1e0', '9'.repeat(20), '\xa01')
        .map((text) => ['Host', 'a', 'Content-Length', text]),
    }),
    fc.record({ headers: fc.constantFrom([], ['Host', 'a', 'host', 'a'], ['X-Host', 'a']) }),
  )
  await fc.assert(
    fc.asyncProperty(spoiled, async (change) => {
      seen.length = 0
      const { calls } = await forwarder.ask(origin, change as { headers: string[] }, 'x')
      assert.deepEqual([calls, seen, faults], [['reset protocol-error'], [], []])
    }),
    { numRuns: 300 },
  )
})
