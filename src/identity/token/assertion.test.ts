import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { signAssertion } from './assertion.ts'
import { AssertionKeys } from './assertion-keys.ts'

const day = 86_400_000
const identity = { iss: 'https://login.contoso.test/.sallyport', aud: 'app-1', sub: 'ann' }

function keysAt(secret: Uint8Array, time: { now: number }): AssertionKeys {
  return new AssertionKeys(secret, () => time.now)
}

test('an assertion is verified with the published keys by a library that is not ours [S12]', async () => {
  const time = { now: Date.now() }
  const keys = keysAt(randomBytes(32), time)
  const token = signAssertion(identity, keys.current, Math.floor(time.now / 1000))
  const published = createLocalJWKSet(keys.published() as unknown as JSONWebKeySet)
  const options = { issuer: identity.iss, audience: 'app-1', algorithms: ['ES256'] }
  const { payload } = await jwtVerify(token, published, options)
  assert.equal(payload.sub, 'ann')
  assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), 300)
  assert.equal(decodeProtectedHeader(token).typ, 'sallyport-assertion+jwt')
})

test('keys rotate, and whoever asked for them a week ago knows the one that signs now [S12]', async () => {
  const secret = randomBytes(32)
  const time = { now: 100 * 7 * day }
  const keys = keysAt(secret, time)
  const seen = new Set<string>()
  for (let today = 0; today < 28; today += 1) {
    const asked = keys.published().keys.map(({ kid }) => kid)
    const signedNow = keys.current.kid
    seen.add(signedNow)
    time.now += 7 * day
    assert.ok(asked.includes(keys.current.kid))
    assert.ok(keys.published().keys.some(({ kid }) => kid === signedNow))
    time.now -= 6 * day
  }
  assert.equal(seen.size, 4)
})

test('processes that share the secret sign with the same key; the next secret gives others [S12]', () => {
  const time = { now: Date.now() }
  const secret = randomBytes(32)
  assert.deepEqual(keysAt(secret, time).published(), keysAt(secret, time).published())
  assert.notEqual(keysAt(secret, time).current.kid, keysAt(randomBytes(32), time).current.kid)
})

test('nothing private is published [S12]', () => {
  for (const key of keysAt(randomBytes(32), { now: Date.now() }).published().keys) {
    assert.deepEqual(Object.keys(key).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
  }
})
