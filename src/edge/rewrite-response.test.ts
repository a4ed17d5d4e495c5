import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyHeaderRules, withoutEdgeCookies } from './rewrite-response.ts'

test("an application cannot set the edge's cookies [S3]", () => {
  const headers = ['Set-Cookie', 'a=1', 'set-cookie', ' __Host-sallyport-1=evil; Path=/', 'X', 'y']
  assert.deepEqual(withoutEdgeCookies(headers), ['Set-Cookie', 'a=1', 'X', 'y'])
})

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
