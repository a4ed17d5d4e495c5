import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutHopByHop } from './hop.ts'

const cases = [
  [
    'the well-known fields go',
    ['Connection', 'close', 'Keep-Alive', '5', 'TE', 'trailers', 'A', 'b'],
    ['A', 'b'],
  ],
  ['a nominated field goes', ['Connection', 'close, Hop', 'Hop', '1', 'A', 'b'], ['A', 'b']],
  ['what trailers will come is for whoever gets them', ['Trailer', 'X-Sum'], ['Trailer', 'X-Sum']],
  ['letter case does not matter', ['connection', 'HOP', 'hop', '1', 'A', 'b'], ['A', 'b']],
  [
    'what others rely on stays although it is nominated',
    [
      'Connection',
      'X-Forwarded-For, Cookie, content-length, Host',
      'X-Forwarded-For',
      '1',
      'Cookie',
      'c',
      'Host',
      'h',
      'Content-Length',
      '1',
    ],
    ['X-Forwarded-For', '1', 'Cookie', 'c', 'Host', 'h', 'Content-Length', '1'],
  ],
  [
    'repeats and order survive',
    ['Set-Cookie', 'a', 'B', 'c', 'Set-Cookie', 'd'],
    ['Set-Cookie', 'a', 'B', 'c', 'Set-Cookie', 'd'],
  ],
] as const
for (const [what, headers, expected] of cases) {
  test(`withoutHopByHop(): ${what} [F1]`, () => {
    assert.deepEqual(withoutHopByHop(headers), expected)
  })
}
