import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgeHead, judgeTrailers, judgeUpgrade } from './answer-head.ts'

function raw(...fields: string[]): Buffer[] {
  return fields.map((part) => Buffer.from(part, 'latin1'))
}

const lengths = [
  ['GET', 200, ['Content-Length', '5'], 5],
  ['GET', 200, ['content-length', ' 5 '], 5],
  ['GET', 200, [], undefined],
  ['GET', 200, ['Transfer-Encoding', 'Chunked'], undefined],
  ['HEAD', 200, ['Content-Length', '5'], 0],
  ['GET', 204, ['Content-Length', '5'], 0],
  ['GET', 304, ['Content-Length', '5'], 0],
] as const

for (const [method, status, fields, length] of lengths) {
  test(`judgeHead() expects ${length} bytes after ${method} ${status} ${fields.join(' ')} [F1]`, () => {
    const head = judgeHead(method, status, raw(...fields))
    assert.ok('headers' in head)
    assert.equal(head.bodyLength, length)
  })
}

// The parser in front refuses most of these; the judgement does not lean on it.
const refused = [
  ['status 99', 99, []],
  ['status 600', 600, []],
  ['two lengths', 200, ['Content-Length', '5', 'content-length', '5']],
  ['a list of lengths', 200, ['Content-Length', '5, 5']],
  ['a signed length', 200, ['Content-Length', '+5']],
  ['an empty length', 200, ['Content-Length', '']],
  ['a length in a no-break space', 200, ['Content-Length', '\xa05']],
  ['a length beyond 2^53', 200, ['Content-Length', '9007199254740993']],
  ['length and coding', 200, ['Transfer-Encoding', 'chunked', 'Content-Length', '5']],
  ['another coding', 200, ['Transfer-Encoding', 'gzip']],
  ['stacked codings', 200, ['Transfer-Encoding', 'gzip, chunked']],
  ['two codings', 200, ['Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked']],
  ['a line feed', 200, ['X', 'a\nb']],
  ['a NUL', 200, ['X', 'a\0b']],
  ['257 fields', 200, Array<string>(514).fill('x')],
] as const

for (const [what, status, fields] of refused) {
  test(`judgeHead() refuses ${what} [F8]`, () => {
    assert.ok('rubbish' in judgeHead('GET', status, raw(...fields)))
  })
}

test('judgeHead() takes the Content-Length from a 204 and leaves it on HEAD and 304 [F8]', () => {
  const fields = raw('Content-Length', '5', 'ETag', '"x"')
  for (const [method, status, left] of [
    ['GET', 204, ['ETag', '"x"']],
    ['HEAD', 200, ['Content-Length', '5', 'ETag', '"x"']],
    ['GET', 304, ['Content-Length', '5', 'ETag', '"x"']],
  ] as const) {
    const head = judgeHead(method, status, fields)
    assert.ok('headers' in head)
    assert.deepEqual(head.headers, left)
  }
})

test('judgeUpgrade() wants exactly the protocol that was asked for [F8]', () => {
  assert.ok('headers' in judgeUpgrade(101, raw('Upgrade', 'WebSocket', 'Connection', 'Upgrade')))
  for (const fields of [[], ['Upgrade', 'h2c'], ['Upgrade', 'websocket', 'Upgrade', 'h2c']]) {
    assert.ok('rubbish' in judgeUpgrade(101, raw(...fields)))
  }
})

test('judgeTrailers() drops malformed trailers whole, since the answer is complete', () => {
  assert.deepEqual(judgeTrailers(raw('X-Sum', '1')), ['X-Sum', '1'])
  assert.deepEqual(judgeTrailers(raw('X-Sum', 'a\nb')), [])
})
