import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  readAnswerHead,
  readRequestHead,
  readTrailers,
  writeAnswerHead,
  writeRequestHead,
  writeTrailers,
} from './head.ts'
import { readHints, writeHints } from './hints.ts'
import { headBytesMax } from './limits.ts'
import { getRequest } from './test-exchange.ts'

const token = fc
  .stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,20}$/)
  .filter((name) => name.length > 0)
const value = fc
  .array(fc.constantFrom('\t', ' ', 'a', 'Z', '~', '!', '\x80', '\xff', ':', '"'), {
    maxLength: 40,
  })
  .map((characters) => characters.join(''))
const headers = fc.array(fc.tuple(token, value), { maxLength: 20 }).map((pairs) => pairs.flat())

function readRequest(text: string) {
  const bytes = Buffer.from(`..${text}..`, 'latin1')
  return readRequestHead(bytes, 2, bytes.length - 2)
}

function readAnswer(text: string) {
  const bytes = Buffer.from(text, 'latin1')
  return readAnswerHead(bytes, 0, bytes.length)
}

test('a request head comes out as it went in, header order, repeats and spelling included', () => {
  fc.assert(
    fc.property(token, headers, fc.boolean(), fc.boolean(), (method, fields, verify, upgrade) => {
      const request = {
        ...getRequest,
        method,
        headers: fields,
        verifyCertificate: verify,
        upgrade: upgrade ? ('websocket' as const) : undefined,
      }
      assert.deepEqual(readRequest(writeRequestHead(request) as string), request)
    }),
  )
})

test('hints come out as they went in, whatever a later version says beside them', () => {
  for (const hints of [
    { http2: true, boundTo: undefined, trace: undefined },
    { http2: false, boundTo: 'edge-1/42', trace: '00-1-2-01' },
    { http2: true, boundTo: 'x'.repeat(128), trace: 'y'.repeat(128) },
  ]) {
    assert.deepEqual(readHints(writeHints(hints)), hints)
    assert.deepEqual(readHints(`later 1\n${writeHints(hints)}\nhttp3`), hints)
  }
  assert.equal(writeHints({}), '')
  assert.equal(writeHints({ boundTo: 'two\nlines' }), '')
  assert.deepEqual(readHints('bound-to \nhttp2 '), {
    ...{ http2: false, boundTo: undefined, trace: undefined },
  })
})

const reason = value.filter((text) => text !== '')

test('an answer head and trailers come out as they went in', () => {
  const status = fc.integer({ min: 100, max: 999 })
  fc.assert(
    fc.property(status, fc.option(reason, { nil: undefined }), headers, (status, text, fields) => {
      assert.deepEqual(readAnswer(writeAnswerHead(status, fields, text) as string), {
        status,
        headers: fields,
        reason: text,
      })
      const trailers = Buffer.from(writeTrailers(fields) as string, 'latin1')
      assert.deepEqual(readTrailers(trailers, 0, trailers.length), fields)
    }),
  )
})

const badRequests = [
  ['a line feed in a value', { headers: ['a', 'b\nc'] }],
  ['a smuggled field', { headers: ['a', 'b\nx-evil\n1'] }],
  ['a carriage return in a value', { headers: ['a', 'b\rc'] }],
  ['a NUL in a value', { headers: ['a', '\0'] }],
  ['a name that is no token', { headers: ['a b', 'c'] }],
  ['an empty name', { headers: ['', 'c'] }],
  ['a colon in a name', { headers: ['a:', 'c'] }],
  ['a name without a value', { headers: ['a'] }],
  ['a method that is no token', { method: 'GET /' }],
  ['no method', { method: '' }],
  ['a target with a space', { target: '/a b' }],
  ['a target in absolute form', { target: 'http://other/' }],
  ['no target', { target: '' }],
  ['a target with a line feed', { target: '/\n' }],
  ['an origin with a path', { origin: 'http://a/b' }],
  ['an origin with a user', { origin: 'http://a@b' }],
  ['another scheme', { origin: 'file://a' }],
  ['a timeout that is no number', { headTimeoutMs: Number.NaN }],
  ['a timeout below zero', { headTimeoutMs: -1 }],
  ['an id with a space', { id: 'a b' }],
  ['no id', { id: '' }],
] as const
for (const [what, change] of badRequests) {
  test(`readRequestHead() refuses ${what} [F8]`, () => {
    assert.equal(readRequest(writeRequestHead({ ...getRequest, ...change }) as string), undefined)
  })
}

test('vertical tab and form feed pass in the values of an answer, and nowhere else [F1] [F8]', () => {
  const odd = 'a\vb\f'
  assert.deepEqual(readAnswer(`1\n200\na\n${odd}`)?.headers, ['a', odd])
  const bytes = Buffer.from(`1\n103\na\n${odd}`)
  assert.equal(readAnswerHead(bytes, 0, bytes.length, true), undefined)
  assert.equal(readAnswer(`1\n200\n${odd}\nb`), undefined)
  assert.equal(readAnswer(`0\n200 ${odd}`), undefined)
  assert.equal(readTrailers(bytes.subarray(0), 0, bytes.length), undefined)
  const asked = { ...getRequest, headers: ['a', odd] }
  assert.equal(readRequest(writeRequestHead(asked) as string), undefined)
})

const badAnswers = [
  ['nothing', ''],
  ['a wrong count', '1\n200'],
  ['a count that is written otherwise', '00\n200'],
  ['a status of two digits', '0\n20'],
  ['a status that is no number', '0\nabc'],
  ['a status below 100', '0\n099'],
  ['an empty reason', '0\n200 '],
  ['a reason without a space', '0\n200OK'],
  ['a reason that is too long', `0\n200 ${'x'.repeat(257)}`],
  ['a control byte in the reason', '0\n200 a\rb'],
  ['a field in the reason', '0\n200 a\nb'],
  ['half a field', '0.5\n200\na'],
  ['a field too many', '0\n200\na\nb'],
  ['an empty name at the end', '1\n200\n\n'],
] as const
for (const [what, text] of badAnswers) {
  test(`readAnswerHead() refuses ${what}`, () => {
    assert.equal(readAnswer(text), undefined)
  })
}

test('a head that is not Latin-1 is not sent: what is cut off could turn it into another', () => {
  // U+012F and U+010A end in the bytes of a slash and of a line feed.
  assert.equal(writeRequestHead({ ...getRequest, target: '/a\u012fb' }), undefined)
  assert.equal(writeAnswerHead(200, ['a', '\u010a']), undefined)
  assert.equal(writeTrailers(['a', '\u010a']), undefined)
})

test('a head over the limit is neither sent nor taken', () => {
  const long = ['a', 'x'.repeat(headBytesMax)]
  assert.equal(writeAnswerHead(200, long), undefined)
  assert.equal(readAnswer(`1\n200\na\n${'x'.repeat(headBytesMax)}`), undefined)
})

test('readRequestHead() never throws, and what it takes is well-formed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const request = readRequestHead(Buffer.from(bytes), 0, bytes.length)
      if (request) assert.match(request.method, /^[^\s]+$/)
    }),
  )
})
