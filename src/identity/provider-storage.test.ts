import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { MemoryRecords } from './fixture-stores.ts'
import { adaptRecords, lifetimes, sessionLifetime } from './provider-storage.ts'

const week = 7 * 24 * 3600

test('a session is kept for a day after its last use, and never beyond a week after the sign-in [S6] [S9]', () => {
  assert.equal(sessionLifetime(undefined, {}), lifetimes.Session)
  const now = () => Math.floor(Date.now() / 1000)
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 * week }), (age) => {
      const seconds = sessionLifetime(undefined, { loginTs: now() - age })
      assert.ok(seconds >= 1 && seconds <= lifetimes.Session)
      // A second may pass between the two looks at the clock.
      assert.ok(seconds === 1 || age + seconds <= week + 1)
    }),
  )
})

test('what is kept of a token is worth no token, and a code is known by its user code where it is entered alone [S11]', async () => {
  const records = new MemoryRecords()
  for (const kind of ['AccessToken', 'RefreshToken', 'AuthorizationCode', 'DeviceCode']) {
    const adapter = adaptRecords(records, kind)
    await adapter.upsert('shown', { grantId: 'g' }, 60)
    assert.equal((await adapter.find('shown'))?.['grantId'], 'g')
    const kept = createHash('sha256').update('shown').digest('base64url')
    for (const id of [kept, `kept:${kept}`]) assert.equal(await adapter.find(id), undefined, id)
  }
})
