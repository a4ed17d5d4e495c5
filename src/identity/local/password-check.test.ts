import assert from 'node:assert/strict'
import { argon2Sync } from 'node:crypto'
import { test } from 'node:test'
import { silentLog } from '../../base/log.ts'
import { MemoryCounts, MemoryPeople } from '../fixture-stores.ts'
import { Attempts, passwordLimits } from './attempts.ts'
import { MemoryAuthenticators } from './fixture-authenticators.ts'
import { PasswordCheck } from './password-check.ts'
import { SecretVault } from './vault.ts'

/** Somebody whose verifier costs little, so that this test does not cost much. */
function somebody(): MemoryPeople {
  const cost = { memory: 64, passes: 1, parallelism: 1 }
  const nonce = Buffer.alloc(16)
  const tag = argon2Sync('argon2id', { ...cost, nonce, message: 'right', tagLength: 32 })
  const [salt, hash] = [nonce, tag].map((bytes) => bytes.toString('base64').replaceAll('=', ''))
  const people = new MemoryPeople()
  people.rows.set('ann', {
    ...{ id: 'ann', userPrincipalName: 'ann@x.test', displayName: 'Ann', mail: undefined },
    ...{ enabled: true, password: `$argon2id$v=19$m=64,t=1,p=1$${salt}$${hash}` },
  })
  return people
}

test('sixteen passwords are checked at once; whoever comes then is asked to come back, and nothing is counted [S11]', async () => {
  const people = somebody()
  const clock = Date.now
  const counts = new MemoryCounts()
  const check = new PasswordCheck({
    people,
    authenticators: new MemoryAuthenticators(people),
    attempts: new Attempts(counts, clock, passwordLimits),
    vault: new SecretVault(new Uint8Array(32), clock),
    clock,
    log: silentLog,
  })
  const guess = (place: number) =>
    check.check('ann@x.test', 'wrong', { address: `192.0.2.${place}`, headers: [] })
  const verdicts = await Promise.all(Array.from({ length: 20 }, (_, place) => guess(place)))
  const refused = verdicts.filter((verdict) => 'retryAfterSeconds' in verdict)
  assert.equal(refused.length, 4)
  assert.ok(refused.every(({ retryAfterSeconds }) => retryAfterSeconds === 2))
  assert.equal([...counts.rows.keys()].filter((key) => key.includes('place')).length, 16)
  const after = await guess(99)
  assert.ok('refused' in after && after.refused === 'wrong-password')
})
