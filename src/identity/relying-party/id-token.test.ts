import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readIdToken, type TokenSet } from './id-token.ts'

const now = 1_800_000_000_000

function read(claims: Record<string, unknown>, tokens: Partial<TokenSet> = {}) {
  const all = { iss: 'https://idp.test', sub: 'ann', iat: now / 1000, ...claims }
  return readIdToken('idp', { id_token: 'e30.e30.x', claims: () => all, ...tokens }, now, now)
}

const times: readonly [what: string, claim: unknown, expected: number][] = [
  ['that is there', 1_700_000_000, 1_700_000_000_000],
  ['that is missing', undefined, now],
  ['to come', now / 1000 + 3600, now],
  ['that is no time', '1700000000', now],
  ['before all times', -1, now],
]
for (const [what, claim, expected] of times) {
  test(`an auth_time ${what} is read as a time that is over [S8]`, () => {
    const signedIn = read({ auth_time: claim })
    assert.ok(!('refused' in signedIn))
    assert.equal(signedIn.authenticatedAt, expected)
  })
}

test('what has the wrong type counts as not said', () => {
  const signedIn = read({ sid: 7, acr: {}, amr: ['pwd', 1, 'otp'] })
  assert.ok(!('refused' in signedIn))
  const { providerSessionId, acr, amr } = signedIn
  assert.deepEqual([providerSessionId, acr, amr], [undefined, undefined, ['pwd', 'otp']])
})

test('tokens that are too long are refused, or left out where they are not needed', () => {
  assert.ok('refused' in read({}, { id_token: 'x'.repeat(70_000) }))
  const signedIn = read({}, { refresh_token: 'x'.repeat(70_000) })
  assert.ok(!('refused' in signedIn) && signedIn.refreshToken === undefined)
})
