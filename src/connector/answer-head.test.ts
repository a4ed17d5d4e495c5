import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RawHeaders } from '../http/headers.ts'
import { type ResponseHead, readResponseHead } from '../http1/head.ts'
import { judgeHead } from './answer-head.ts'

function head(status: number, fields: RawHeaders): ResponseHead {
  let text = `HTTP/1.1 ${status} X\r\n`
  for (let i = 0; i < fields.length; i += 2) text += `${fields[i]}: ${fields[i + 1]}\r\n`
  const bytes = Buffer.from(`${text}\r\n`, 'latin1')
  const read = readResponseHead(bytes, 0, bytes.length)
  if (typeof read === 'string') throw new Error(read)
  return read
}

const framings = [
  ['GET', 200, ['Content-Length', '5'], { kind: 'length', bytes: 5 }],
  ['GET', 200, ['content-length', ' 5 '], { kind: 'length', bytes: 5 }],
  ['GET', 200, [], { kind: 'until-close' }],
  ['GET', 799, [], { kind: 'until-close' }],
  ['GET', 200, ['Transfer-Encoding', 'Chunked'], { kind: 'chunked' }],
  ['HEAD', 200, ['Content-Length', '5'], { kind: 'length', bytes: 0 }],
  ['GET', 204, ['Content-Length', '5'], { kind: 'length', bytes: 0 }],
  ['GET', 304, ['Content-Length', '5'], { kind: 'length', bytes: 0 }],
] as const

for (const [method, status, fields, framing] of framings) {
  test(`judgeHead() reads ${framing.kind} from ${method} ${status} ${fields.join(' ')} [F1]`, () => {
    const answer = judgeHead(head(status, fields), method)
    assert.ok('headers' in answer)
    assert.deepEqual(answer.framing, framing)
  })
}

const refused = [
  ['a list of lengths', 200, ['Content-Length', '5, 5']],
  ['length and coding', 200, ['Transfer-Encoding', 'chunked', 'Content-Length', '5']],
  ['another coding', 200, ['Transfer-Encoding', 'gzip']],
] as const

for (const [what, status, fields] of refused) {
  test(`judgeHead() refuses ${what}, whatever the method [F8]`, () => {
    for (const method of ['GET', 'HEAD']) {
      assert.ok('rubbish' in judgeHead(head(status, fields), method))
    }
  })
}

const lefts = [
  ['GET', 204, ['Content-Length', '5', 'ETag', 'x'], ['ETag', 'x']],
  ['HEAD', 200, ['Content-Length', '5', 'ETag', 'x'], ['Content-Length', '5', 'ETag', 'x']],
  ['GET', 304, ['Content-Length', '5', 'ETag', 'x'], ['Content-Length', '5', 'ETag', 'x']],
  ['GET', 103, ['Link', '<a>', 'Set-Cookie', 'a=1', 'Content-Length', '5'], ['Link', '<a>']],
  [
    'GET',
    200,
    ['Set-Cookie', 'a=1', 'Connection', 'Set-Cookie, X', 'x', '1'],
    ['Set-Cookie', 'a=1'],
  ],
] as const

for (const [method, status, fields, left] of lefts) {
  test(`judgeHead() leaves ${left.join(' ')} of a ${status} to ${method} [F1] [F8]`, () => {
    const answer = judgeHead(head(status, fields), method)
    assert.ok('headers' in answer)
    assert.deepEqual(answer.headers, left)
  })
}
