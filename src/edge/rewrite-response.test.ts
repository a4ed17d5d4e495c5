import assert from 'node:assert/strict'
import { test } from 'node:test'
import { processorMsOf } from '../../test/processor-time.ts'
import { fieldValues } from '../http/headers.ts'
import { applyHeaderRules } from '../publishing/dress-answer.ts'
import { keepPrivate, withoutEdgeCookies } from './rewrite-response.ts'

test("an application cannot set the edge's cookies [S3]", () => {
  const headers = ['Set-Cookie', 'a=1', 'set-cookie', ' __Host-sallyport-1=evil; Path=/', 'X', 'y']
  assert.deepEqual(withoutEdgeCookies(headers), ['Set-Cookie', 'a=1', 'X', 'y'])
})

for (const cookie of [
  '=__Host-sallyport-x=1; Path=/; Secure',
  ' = \tsallyport-x=1; Domain=contoso.test',
  '\t__HOST-sallyport-x=1',
  '__Secure-sallyport-x',
  '=sallyport-x',
]) {
  test(`an application cannot set ${JSON.stringify(cookie)}, which would come back like one of the edge's [S3]`, () => {
    for (const written of [cookie, `\v${cookie}`, `\f \v${cookie.replace('=', '\v=')}`]) {
      assert.deepEqual(withoutEdgeCookies(['Set-Cookie', written, 'X', 'y']), ['X', 'y'])
    }
  })
}

// Where every space is looked at once it takes well under a millisecond, where each is a new start some seconds.
const longCookieMaxMs = 250

for (const spaces of [' ', '\t'].map((space) => space.repeat(60_000))) {
  test(`a cookie with 60,000 ${spaces[0] === ' ' ? 'spaces' : 'tabs'} is read in linear time [F1]`, async () => {
    const headers = ['Set-Cookie', `a${spaces}b=1`, 'Set-Cookie', `=${spaces}sallyport-x=1`]
    const tookMs = await processorMsOf(() => {
      assert.deepEqual(withoutEdgeCookies(headers), headers.slice(0, 2))
    })
    assert.ok(tookMs < longCookieMaxMs, `${tookMs} ms`)
  })
}

test('headers without such a cookie are the same object [S3]', () => {
  const headers = ['Set-Cookie', 'a=1', 'X', 'y']
  assert.equal(withoutEdgeCookies(headers), headers)
})

const rules = [
  ['add leaves what is there', [{ action: 'add', name: 'X', value: '2' }], ['X', '1', 'X', '2']],
  ['set replaces every copy', [{ action: 'set', name: 'x', value: '2' }], ['x', '2']],
  ['remove takes every copy', [{ action: 'remove', name: 'X' }], []],
  [
    'rules apply in their order',
    [
      { action: 'remove', name: 'X' },
      { action: 'add', name: 'X', value: '3' },
    ],
    ['X', '3'],
  ],
] as const
for (const [what, list, expected] of rules) {
  test(`response-header rules: ${what} [C14]`, () => {
    assert.deepEqual(applyHeaderRules(['X', '1'], list), expected)
  })
}

const cached = [
  [undefined, 'private'],
  ['no-cache', 'no-cache, private'],
  ['public, max-age=600, immutable', 'max-age=600, immutable, private'],
  ['Public', 'private'],
  ['max-age=600, s-maxage=9000', 'max-age=600, private'],
  ['PRIVATE, max-age=1', 'PRIVATE, max-age=1'],
  ['no-store', 'no-store'],
  ['private="x-a", public', 'private="x-a", private'],
] as const
for (const [written, kept] of cached) {
  test(`behind a sign-in Cache-Control ${written ?? 'unsaid'} becomes ${kept}`, () => {
    const headers = written === undefined ? ['ETag', '"1"'] : ['cache-control', written]
    assert.deepEqual(fieldValues(keepPrivate(headers), 'cache-control'), [kept])
  })
}

test('several Cache-Control fields become one, and nothing else is touched', () => {
  const headers = ['A', '1', 'Cache-Control', 'public', 'B', '2', 'cache-control', 'max-age=5']
  assert.deepEqual(keepPrivate(headers), [
    'A',
    '1',
    'B',
    '2',
    'Cache-Control',
    'max-age=5, private',
  ])
})
