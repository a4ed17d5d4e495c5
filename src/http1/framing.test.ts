import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { requestFraming, responseFraming } from './framing.ts'
import { readRequestHead, readResponseHead } from './head.ts'

/** `length 5`, `chunked`, `until-close`, or the problem. */
function ofRequest(fields: string, version = 'HTTP/1.1'): string {
  const bytes = Buffer.from(`POST / ${version}\r\nHost: a.test\r\n${fields}\r\n`, 'latin1')
  const head = readRequestHead(bytes, 0, bytes.length)
  return typeof head === 'string' ? head : describe(requestFraming(head))
}

function ofResponse(status: number, fields: string, method = 'GET'): string {
  const bytes = Buffer.from(`HTTP/1.1 ${status} X\r\n${fields}\r\n`, 'latin1')
  const head = readResponseHead(bytes, 0, bytes.length)
  return typeof head === 'string' ? head : describe(responseFraming(head, method))
}

function describe(framing: ReturnType<typeof requestFraming>): string {
  if (typeof framing === 'string') return framing
  return framing.kind === 'length' ? `length ${framing.bytes}` : framing.kind
}

test('one length, or chunks, or nothing [F1]', () => {
  assert.equal(ofRequest(''), 'length 0')
  assert.equal(ofRequest('Content-Length: 0\r\n'), 'length 0')
  assert.equal(ofRequest('Content-Length: 5\r\n'), 'length 5')
  assert.equal(ofRequest('content-length:9007199254740991\r\n'), 'length 9007199254740991')
  assert.equal(ofRequest('Transfer-Encoding: Chunked\r\n'), 'chunked')
})

for (const value of [
  '5, 5',
  '+5',
  '-0',
  '0x5',
  '0o5',
  '1_0',
  '1 0',
  '5.0',
  '5e0',
  '',
  '5;a=b',
  '\xa05',
  '5\xa0',
  '18446744073709551621',
  '9007199254740993',
  '00000000000000005',
]) {
  test(`Content-Length: ${JSON.stringify(value)} is no length [F8]`, () => {
    assert.equal(ofRequest(`Content-Length: ${value}\r\n`), 'content-length')
    assert.equal(ofResponse(200, `Content-Length: ${value}\r\n`), 'content-length')
  })
}

for (const value of [
  'xchunked',
  'chunk',
  'chunkedd',
  'identity',
  'gzip, chunked',
  'chunked, gzip',
  'chunked, chunked',
  ',chunked',
  'chunked,',
  '',
  'chunked;a=b',
  '"chunked"',
  "'chunked'",
  '\xa0chunked',
  'chunked\x85',
  '\xffchunked',
]) {
  test(`Transfer-Encoding: ${JSON.stringify(value)} is no coding we know, and never one beside a length [F8]`, () => {
    assert.equal(ofRequest(`Transfer-Encoding: ${value}\r\n`), 'unknown-coding')
    assert.equal(
      ofRequest(`Transfer-Encoding: ${value}\r\nContent-Length: 5\r\n`),
      'length-and-coding',
    )
  })
}

test('chunks in HTTP/1.0 are no framing [F8]', () => {
  assert.equal(ofRequest('Transfer-Encoding: chunked\r\n', 'HTTP/1.0'), 'coding-in-1.0')
})

const responses = [
  [200, '', 'GET', 'until-close'],
  [200, 'Content-Length: 5\r\n', 'GET', 'length 5'],
  [200, 'Transfer-Encoding: chunked\r\n', 'GET', 'chunked'],
  [200, 'Content-Length: 5\r\n', 'HEAD', 'length 0'],
  [204, 'Content-Length: 5\r\n', 'GET', 'length 0'],
  [304, 'Transfer-Encoding: chunked\r\n', 'GET', 'length 0'],
  [103, '', 'GET', 'length 0'],
  [304, 'Content-Length: x\r\n', 'GET', 'content-length'],
  [200, 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', 'HEAD', 'length-and-coding'],
] as const
for (const [status, fields, method, expected] of responses) {
  test(`a ${status} to ${method} with ${JSON.stringify(fields)} is framed as ${expected} [F1] [F8]`, () => {
    assert.equal(ofResponse(status, fields, method), expected)
  })
}

// RFC 9112 §6.3 written down a second time: what a reader who knows one rule only would make of it must be the same.
test('of all forms only one exact field ever frames a body [F8]', () => {
  const piece = fc.constantFrom('5', '0', 'chunked', ',', ' ', '\t', 'x', '+', '\xa0', 'gzip')
  const value = fc.array(piece, { maxLength: 3 }).map((parts) => parts.join(''))
  const name = fc.constantFrom('Content-Length', 'Transfer-Encoding', 'Content_Length', 'X')
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 3 }), (pairs) => {
      const framing = ofRequest(pairs.map(([n, v]) => `${n}: ${v}\r\n`).join(''))
      const meant = pairs.filter(([n]) => /^(?:content-length|transfer-encoding)$/i.test(n))
      if (framing === 'chunked') {
        assert.deepEqual(
          meant.map(([n, v]) => [n, v.replace(/[ \t]/g, '')]),
          [['Transfer-Encoding', 'chunked']],
        )
      } else if (framing === 'length 0') {
        assert.ok(meant.every(([n, v]) => n === 'Content-Length' && /^[\t ]*0+[\t ]*$/.test(v)))
      } else if (framing.startsWith('length ')) {
        assert.match(meant[0]?.[1] ?? '', /^[\t ]*[0-9]+[\t ]*$/)
        assert.equal(meant.length, 1)
      }
    }),
  )
})
