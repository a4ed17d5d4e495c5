import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endToEnd, passableTrailers } from './end-to-end.ts'

const cases = [
  [
    'order, case and repeats stay',
    200,
    ['B', '1', 'a', '2', 'b', '3'],
    ['B', '1', 'a', '2', 'b', '3'],
  ],
  [
    'fields of the hop go',
    200,
    ['TE', 'x', 'keep-alive', 'x', 'Upgrade', 'h2', 'X', '1'],
    ['X', '1'],
  ],
  ['204 has no length', 204, ['Content-Length', '5', 'ETag', 'x'], ['ETag', 'x']],
  ['304 has one', 304, ['Content-Length', '5'], ['Content-Length', '5']],
  ['a hint sets no cookie', 103, ['Link', '<a>', 'set-cookie', 'a=1'], ['Link', '<a>']],
  [
    'a WebSocket may, and has no length',
    101,
    ['set-cookie', 'a=1', 'Content-Length', '0'],
    ['set-cookie', 'a=1'],
  ],
  ['an answer does', 200, ['set-cookie', 'a=1'], ['set-cookie', 'a=1']],
] as const

for (const [what, status, fields, kept] of cases) {
  test(`endToEnd(): ${what} [F1]`, () => {
    assert.deepEqual(endToEnd(status, fields, undefined), kept)
  })
}

test('endToEnd() takes out what Connection names, but nothing that every reader needs [F8]', () => {
  const fields = ['X-Hop', '1', 'Hop', '2', 'Set-Cookie', 'a=1', 'Content-Length', '2']
  const kept = ['X-Hop', '1', 'Set-Cookie', 'a=1', 'Content-Length', '2']
  assert.deepEqual(endToEnd(200, fields, 'close, hop, Set-Cookie, Content-Length, X-Hop'), kept)
})

test('passableTrailers() drops malformed trailers whole, since the message is complete', () => {
  assert.deepEqual(passableTrailers(['X-Sum', '1', 'Host', 'a', 'TE', 'b', 'Trailer', 'c']), [
    'X-Sum',
    '1',
  ])
  assert.deepEqual(passableTrailers(['X-Sum', 'a\nb']), [])
  assert.deepEqual(passableTrailers(['X Sum', 'a']), [])
})
