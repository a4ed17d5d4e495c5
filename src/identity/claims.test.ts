import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { boundClaims, personClaims } from './claims.ts'

test('what a token says of itself is no claim about the person', () => {
  const claims = {
    iss: 'i',
    sub: 's',
    aud: 'a',
    exp: 1,
    nonce: 'n',
    sid: 'x',
    email: 'e',
    acr: '1',
  }
  assert.deepEqual(personClaims(claims), { iss: 'i', sub: 's', email: 'e', acr: '1' })
})

test('claims are never more than 8 KiB of JSON, and what is kept is kept whole', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(9000), (some, length) => {
      const claims = { ...some, big: 'x'.repeat(length) }
      const bounded = boundClaims(claims)
      assert.ok(Buffer.byteLength(JSON.stringify(bounded.claims)) <= 8192)
      assert.deepEqual(
        [...Object.keys(bounded.claims), ...bounded.dropped].sort(),
        Object.keys(claims).sort(),
      )
      for (const name of Object.keys(bounded.claims)) {
        assert.deepEqual(Reflect.get(bounded.claims, name), Reflect.get(claims, name))
      }
    }),
  )
})

test('the biggest claims are left out first', () => {
  const claims = { groups: Array(1000).fill('a group'), sub: 's', roles: Array(900).fill('role') }
  assert.deepEqual(boundClaims(claims), {
    claims: { sub: 's', roles: claims.roles },
    dropped: ['groups'],
  })
})
