import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeToken, encodeToken } from './token.ts'

const token = {
  edge: 'edge.contoso.net:443',
  ca: 'ab'.repeat(32),
  secret: 'c2VjcmV0LXNlY3JldC1zZWNyZXQ',
}

test('a token comes out as it went in, as one word that says what it is [K1]', () => {
  const text = encodeToken(token)
  assert.match(text, /^sallyport-[0-9A-Za-z_-]+$/)
  assert.deepEqual(decodeToken(` ${text}\n`), { value: token })
})

test('a fingerprint may be written as tools print it', () => {
  const ca = token.ca.toUpperCase().replace(/..(?!$)/g, '$&:')
  assert.deepEqual(decodeToken(encodeToken({ ...token, ca })), { value: token })
})

const bad = [
  ['nothing', ''],
  ['half a token', encodeToken(token).slice(0, 60)],
  ['no token', 'sallyport-hello'],
  ['a token without its beginning', encodeToken(token).slice(3)],
  ['JSON that is no object', `sallyport-${Buffer.from('null').toString('base64url')}`],
] as const
for (const [what, text] of bad) {
  test(`decodeToken() refuses ${what}`, () => {
    const parsed = decodeToken(text)
    assert.ok('issues' in parsed)
    assert.deepEqual(
      parsed.issues.map(({ code }) => code),
      ['token-malformed'],
    )
  })
}

test('decodeToken() names everything that is wrong at once', () => {
  const parsed = decodeToken(encodeToken({ edge: 'https://a', ca: 'x', secret: 'short' }))
  assert.ok('issues' in parsed)
  assert.deepEqual(
    parsed.issues.map(({ path }) => path),
    ['/edge', '/ca', '/secret'],
  )
})

test('decodeToken() never throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      decodeToken(text)
      decodeToken(`sallyport-${Buffer.from(text).toString('base64url')}`)
    }),
  )
})
