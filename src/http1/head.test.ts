import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { processorMsOf } from '../../test/processor-time.ts'
import { readRequestLine } from './first-line.ts'
import { type RequestHead, readRequestHead, readResponseHead } from './head.ts'
import { HeadCollector } from './head-collector.ts'
import type { MessageProblem } from './problem.ts'

function read(text: string): RequestHead | MessageProblem {
  const bytes = Buffer.from(text, 'latin1')
  return readRequestHead(bytes, 0, bytes.length)
}

test('a request is read with its fields as they came [F1]', () => {
  const head = read(
    'PROPFIND /a?b=%20c HTTP/1.1\r\nHost: a.test\r\nx-A:1\r\nX-a: \t 2 \t\r\nE:\r\n\r\n',
  )
  assert.ok(typeof head !== 'string')
  assert.deepEqual(
    [head.method, head.target, head.minor, head.headers],
    ['PROPFIND', '/a?b=%20c', 1, ['Host', 'a.test', 'x-A', '1', 'X-a', '2', 'E', '']],
  )
  assert.equal(head.facts.host, 'a.test')
})

test('what several fields say about the message is joined in their order', () => {
  const head = read('GET / HTTP/1.0\r\nConnection: a\r\nHost: x\r\nconnection: b, c\r\n\r\n')
  assert.ok(typeof head !== 'string')
  assert.deepEqual([head.minor, head.facts.connection], [0, 'a,b, c'])
})

const lines = [
  ['two spaces before the target', 'GET  / HTTP/1.1', 'first-line'],
  ['two spaces behind the target', 'GET /  HTTP/1.1', 'first-line'],
  ['a tab', 'GET\t/ HTTP/1.1', 'first-line'],
  ['a space at the end', 'GET / HTTP/1.1 ', 'first-line'],
  ['a space in front', ' GET / HTTP/1.1', 'first-line'],
  ['no version', 'GET /', 'first-line'],
  ['no target', 'GET HTTP/1.1', 'first-line'],
  ['a small version', 'GET / http/1.1', 'first-line'],
  ['another protocol', 'GET / RTSP/1.1', 'first-line'],
  ['another protocol of as many letters', 'GET / HTCP/1.1', 'first-line'],
  ['a longer version', 'GET / HTTP/1.10', 'first-line'],
  ['a version with a zero in front', 'GET / HTTP/01.1', 'first-line'],
  ['HTTP/1.2', 'GET / HTTP/1.2', 'protocol-version'],
  ['HTTP/2.0', 'PRI * HTTP/2.0', 'protocol-version'],
  ['HTTP/0.9', 'GET / HTTP/0.9', 'protocol-version'],
  ['a method that is no token', 'G{T / HTTP/1.1', 'first-line'],
  ['a colon in the method', 'GET: / HTTP/1.1', 'first-line'],
  ['a long method', `${'X'.repeat(33)} / HTTP/1.1`, 'method-too-long'],
  ['a long target', `GET /${'x'.repeat(8192)} HTTP/1.1`, 'target-too-long'],
  ['a NUL in the target', 'GET /\0 HTTP/1.1', 'control-byte'],
  ['a vertical tab', 'GET\x0b/ HTTP/1.1', 'control-byte'],
  ['DEL', 'GET /\x7f HTTP/1.1', 'control-byte'],
  ['a high byte in the target', 'GET /\xe9 HTTP/1.1', 'first-line'],
  ['a bare CR', 'GET /\r HTTP/1.1', 'bare-carriage-return'],
  ['a bare LF', 'GET / HTTP/1.1\nHost: x', 'bare-line-feed'],
] as const
for (const [what, line, problem] of lines) {
  test(`${what} in the request line is ${problem} [F8]`, () => {
    assert.equal(read(`${line}\r\nHost: a.test\r\n\r\n`), problem)
  })
}

const fields = [
  ['a space before the colon', 'X : a', 'space-before-colon'],
  ['a tab before the colon', 'X\t: a', 'space-before-colon'],
  ['a space in the name', 'X Y: a', 'field-name'],
  ['no name', ': a', 'field-name'],
  ['no colon', 'X', 'field-without-colon'],
  ['a quoted name', '"X": a', 'field-name'],
  ['a high byte in the name', 'X\xff: a', 'field-name'],
  ['a NUL in the name', 'X\0: a', 'control-byte'],
  ['a fold by a space', 'X: a\r\n b', 'folded-field'],
  ['a fold by a tab', 'X: a\r\n\tb: c', 'folded-field'],
  ['white space before the first field', ' X: a', 'folded-field'],
  ['a NUL in the value', 'X: a\0b', 'control-byte'],
  ['DEL in the value', 'X: \x7f', 'control-byte'],
  ['a bare CR in the value', 'X: a\rb', 'bare-carriage-return'],
  ['a bare LF in the value', 'X: a\nY: b', 'bare-line-feed'],
  ['a bare CR in the name', 'X\rY: b', 'bare-carriage-return'],
  ['a bare CR in front of the line end', 'X: a\r\r\nY: b', 'bare-carriage-return'],
  ['a second length', 'Content-Length: 5\r\nContent-Length: 5', 'repeated-content-length'],
  [
    'a second coding',
    'Transfer-Encoding: chunked\r\ntransfer-encoding: chunked',
    'repeated-transfer-encoding',
  ],
  ['129 fields', Array(128).fill('X: a').join('\r\n'), 'too-many-fields'],
] as const
for (const [what, line, problem] of fields) {
  test(`${what} among the fields is ${problem}, in both directions [F8]`, () => {
    assert.equal(read(`GET / HTTP/1.1\r\nHost: a.test\r\n${line}\r\n\r\n`), problem)
    const response = Buffer.from(`HTTP/1.1 200 OK\r\nHost: a\r\n${line}\r\n\r\n`, 'latin1')
    assert.equal(readResponseHead(response, 0, response.length), problem)
  })
}

const statusLines = [
  ['HTTP/1.1 200 OK', 200],
  ['HTTP/1.1 200 ', 200],
  ['HTTP/1.1 200', 200],
  ['HTTP/1.0 404 Nicht da, w\xe4hlen Sie', 404],
  ['HTTP/1.1 999 Odd', 999],
  ['HTTP/1.1 099 No', 'first-line'],
  ['HTTP/1.1 1000 No', 'first-line'],
  ['HTTP/1.1 20 No', 'first-line'],
  ['HTTP/1.1 abc', 'first-line'],
  ['HTTP/1.1  200 OK', 'first-line'],
  ['HTTP/1.1 200\tOK', 'first-line'],
  ['HTTP/1.1 200 a\rb', 'bare-carriage-return'],
  ['HTTP/1.1 200 a\0b', 'control-byte'],
  ['http/1.1 200 OK', 'first-line'],
  ['ICY 200 OK', 'first-line'],
  ['HTTP/2.0 200 OK', 'protocol-version'],
] as const
for (const [line, expected] of statusLines) {
  test(`the status line ${JSON.stringify(line)} is ${expected} [F8]`, () => {
    const bytes = Buffer.from(`${line}\r\n\r\n`, 'latin1')
    const head = readResponseHead(bytes, 0, bytes.length)
    assert.equal(typeof head === 'string' ? head : head.status, expected)
  })
}

// RFC 9112 §3 and §5 written down a second time, as one pattern for the whole head.
const token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
const grammar = new RegExp(
  `^${token} [\\x21-\\x7e]+ HTTP/1\\.[01]\\r\\n(?:${token}:[\\t\\x20-\\x7e\\x80-\\xff]*\\r\\n)*\\r\\n$`,
)

function serialize({ method, target, minor, headers }: RequestHead): string {
  let text = `${method} ${target} HTTP/1.${minor}\r\n`
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`
  return `${text}\r\n`
}

/** Heads that are right but for what is pushed into one place of them. */
const nearlyHeads = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'M-SEARCH'),
    target: fc.constantFrom('/', '/a/b?c=d', '*', 'http://a.test/'),
    names: fc.array(
      fc.constantFrom('Host', 'X-A', 'content-length', 'Transfer-Encoding', 'a.b_c'),
      { maxLength: 5 },
    ),
    value: fc.string({ unit: 'binary-ascii', maxLength: 8 }),
    odd: fc.constantFrom(
      '',
      '\r',
      '\n',
      '\r\n',
      ' ',
      '\t',
      '\0',
      ':',
      '\r\n ',
      '\r\n\r\n',
      '\x80',
      '\x7f',
    ),
    place: fc.nat(),
  })
  .map(({ method, target, names, value, odd, place }) => {
    const lines = names.map((name) => `${name}: ${value}\r\n`)
    const text = `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`
    const at = place % (text.length + 1)
    return text.slice(0, at) + odd + text.slice(at)
  })

test('what is accepted fits the grammar, and written again it is the same message [F8]', () => {
  fc.assert(
    fc.property(nearlyHeads, (text) => {
      const end = text.indexOf('\r\n\r\n') + 4
      if (end < 4) return
      const head = read(text.slice(0, end))
      if (typeof head === 'string') return
      assert.match(text.slice(0, end), grammar)
      const again = serialize(head)
      assert.match(again, grammar)
      assert.deepEqual(read(again), head)
    }),
    { numRuns: 3000 },
  )
})

test('what fits the grammar is accepted, but for limits and what decides the framing twice [F1]', () => {
  fc.assert(
    fc.property(nearlyHeads, (text) => {
      if (!grammar.test(text) || text.indexOf('\r\n\r\n') + 4 !== text.length) return
      const head = read(text)
      if (typeof head === 'string') assert.match(head, /^repeated-/)
    }),
    { numRuns: 3000 },
  )
})

/** Pushes `text` in pieces that are cut at `cuts`; gives back the head with what came behind it, or the problem. */
function collect(text: string, cuts: readonly number[]): object | string | undefined {
  const bytes = Buffer.from(text, 'latin1')
  const collector = new HeadCollector(readRequestLine)
  const places = [...new Set([...cuts, bytes.length])].sort((a, b) => a - b)
  let from = 0
  for (const to of places) {
    // A copy, so that nobody reads beyond a piece.
    const found = collector.push(Buffer.from(bytes.subarray(from, to)), 0)
    if (typeof found === 'string') return found
    if (found) {
      const head = readRequestHead(found.bytes, found.start, found.end)
      const behind = found.bytes.length - found.end + bytes.length - to
      return typeof head === 'string' ? head : { head, behind }
    }
    from = to
  }
  return undefined
}

const whole = '\r\n\r\nGET /a HTTP/1.1\r\nHost: a.test\r\nX: b\r\n\r\nGET /behind HTTP/1.1\r\n\r\n'

test('a head may be cut anywhere, empty lines in front of it and a request behind it included [F1] [F8]', () => {
  const expected = collect(whole, [])
  assert.ok(typeof expected === 'object')
  for (let i = 1; i < whole.length; i++) {
    for (let j = i; j < whole.length; j += 7) assert.deepEqual(collect(whole, [i, j]), expected)
  }
  assert.deepEqual(
    collect(
      whole,
      [...whole].map((_, i) => i + 1),
    ),
    expected,
  )
})

test('cut anywhere, a head is refused as it is when it comes whole, or before its end is here [F8]', () => {
  fc.assert(
    fc.property(nearlyHeads, fc.array(fc.nat(120), { maxLength: 6 }), (text, cuts) => {
      const at = collect(text, [])
      const cut = collect(
        text,
        cuts.map((each) => 1 + (each % text.length)),
      )
      if (typeof at === 'object') assert.deepEqual(cut, at)
      else assert.equal(typeof cut, typeof at === 'string' ? 'string' : typeof cut)
      if (at === undefined) assert.notEqual(typeof cut, 'object')
    }),
    { numRuns: 2000 },
  )
})

const hopeless = [
  ['line ends by LF alone', 'GET / HTTP/1.1\nHost: x\n\n', 'bare-line-feed'],
  ['a NUL', 'GET / HTTP/1.1\r\nX: \0', 'control-byte'],
  ['HTTP/0.9', 'GET /\r\n', 'first-line'],
  ['a target without an end', `GET /${'x'.repeat(9000)}`, 'target-too-long'],
  ['bytes of TLS', '\x16\x03\x01\x02\0', 'control-byte'],
  ['six empty lines', '\r\n'.repeat(6), 'first-line'],
  ['a head without an end', `GET / HTTP/1.1\r\n${'X: a\r\n'.repeat(11_000)}`, 'head-too-large'],
] as const
for (const [what, text, problem] of hopeless) {
  test(`${what} is refused before the head is whole [F8]`, () => {
    assert.equal(collect(text, []), problem)
    assert.equal(collect(text, [1, 2, 3, 5, 11]), problem)
  })
}

test('a head of 64 KiB that comes byte by byte takes no more than linear time [F8]', async () => {
  const text = `GET / HTTP/1.1\r\n${`X: ${'y'.repeat(600)}\r\n`.repeat(107)}`
  assert.ok(text.length > 64_000)
  const bytes = Buffer.from(`${text}\r\n`)
  const collector = new HeadCollector(readRequestLine)
  let found: unknown
  const tookMs = await processorMsOf(() => {
    for (let i = 0; i < bytes.length; i++) found = collector.push(bytes.subarray(i, i + 1), 0)
  })
  assert.equal(typeof found, 'object')
  // Copied anew with each byte it would be two gigabytes.
  assert.ok(tookMs < 500, `${tookMs} ms`)
})

for (const value of ['\va', 'a\f', 'a\v\fb']) {
  test(`the value ${JSON.stringify(value)} passes in an answer and is control-byte in a request [F1] [F8]`, () => {
    const fields = `X: ${value}\r\n\r\n`
    assert.equal(read(`GET / HTTP/1.1\r\n${fields}`), 'control-byte')
    const bytes = Buffer.from(`HTTP/1.1 200 OK\r\n${fields}`, 'latin1')
    const head = readResponseHead(bytes, 0, bytes.length)
    assert.ok(typeof head !== 'string')
    assert.deepEqual(head.headers, ['X', value])
  })
}
