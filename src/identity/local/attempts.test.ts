import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryCounts } from '../fixture-stores.ts'
import { Attempts, codeLimits, passwordLimits } from './attempts.ts'

test('the eleventh failure from one address within five minutes has to wait, and is told how long', async () => {
  let now = 0
  const attempts = new Attempts(new MemoryCounts(), () => now, passwordLimits)
  for (let i = 0; i < 10; i++)
    assert.ok((await attempts.begin({ account: 'alice', address: '192.0.2.1' })).allowed)
  now = 60_000
  assert.deepEqual(await attempts.begin({ account: 'alice', address: '192.0.2.1' }), {
    allowed: false,
    retryAfterSeconds: 240,
  })
  assert.ok(
    (await attempts.begin({ account: 'alice', address: '192.0.2.2' })).allowed,
    'another place is not locked out',
  )
  assert.ok(
    (await attempts.begin({ account: 'bob', address: '192.0.2.1' })).allowed,
    'nor is a colleague',
  )
  now = 300_000
  assert.ok((await attempts.begin({ account: 'alice', address: '192.0.2.1' })).allowed)
})

test('whoever waits when the clock is put back does not wait as much longer', async () => {
  let now = 7_200_000
  const attempts = new Attempts(new MemoryCounts(), () => now, passwordLimits)
  const attempt = { account: 'alice', address: '192.0.2.1' }
  for (let i = 0; i < 11; i++) await attempts.begin(attempt)
  assert.ok(!(await attempts.begin(attempt)).allowed)
  now -= 3_600_000
  for (let i = 0; i < 10; i++) assert.ok((await attempts.begin(attempt)).allowed)
  assert.deepEqual(await attempts.begin(attempt), { allowed: false, retryAfterSeconds: 300 })
})

test('one address cannot try many accounts', async () => {
  const attempts = new Attempts(new MemoryCounts(), () => 0, passwordLimits)
  for (let i = 0; i < 50; i++)
    assert.ok((await attempts.begin({ account: `user${i}`, address: '192.0.2.1' })).allowed)
  assert.ok(!(await attempts.begin({ account: 'user50', address: '192.0.2.1' })).allowed)
})

test('many addresses cannot try one account without end', async () => {
  const attempts = new Attempts(new MemoryCounts(), () => 0, passwordLimits)
  for (let i = 0; i < 90; i++)
    assert.ok((await attempts.begin({ account: 'alice', address: `192.0.2.${i}` })).allowed)
  assert.ok(!(await attempts.begin({ account: 'alice', address: '198.51.100.1' })).allowed)
})

test('a flood of attempts that are refused counts nobody anew and forgets nobody', async () => {
  const attempts = new Attempts(new MemoryCounts(), () => 0, passwordLimits)
  for (let i = 0; i < 10; i++)
    assert.ok((await attempts.begin({ account: 'alice', address: '192.0.2.1' })).allowed)
  for (let i = 0; i < 50; i++)
    await attempts.begin({ account: `user${i}`, address: '198.51.100.1' })
  for (let i = 0; i < 120_000; i++) {
    assert.ok(!(await attempts.begin({ account: `stranger${i}`, address: '198.51.100.1' })).allowed)
  }
  assert.ok(!(await attempts.begin({ account: 'alice', address: '192.0.2.1' })).allowed)
})

const places = [
  ['2001:db8:0:1::1', '2001:db8:0:1:ffff:ffff:ffff:ffff', 'one'],
  ['2001:db8::1', '2001:0DB8:0:0:9::1', 'one'],
  ['::1', '::2', 'one'],
  ['2001:db8:0:1::1', '2001:db8:0:2::1', 'two'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.2', 'two'],
  ['192.0.2.1', '192.0.2.2', 'two'],
  ['fe80::1%eth0', 'fe80::2%eth0', 'one'],
  ['', '192.0.2.1', 'two'],
] as const
for (const [first, second, count] of places) {
  test(`${first} and ${second} are ${count === 'one' ? 'one place' : 'two places'}`, async () => {
    const attempts = new Attempts(new MemoryCounts(), () => 0, passwordLimits)
    for (let i = 0; i < 10; i++)
      assert.ok((await attempts.begin({ account: 'alice', address: first })).allowed)
    assert.equal(
      (await attempts.begin({ account: 'alice', address: second })).allowed,
      count === 'two',
    )
  })
}

test('the right password forgives the typing errors before it', async () => {
  const attempts = new Attempts(new MemoryCounts(), () => 0, passwordLimits)
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 4; i++)
      assert.ok((await attempts.begin({ account: 'alice', address: '192.0.2.1' })).allowed)
    await attempts.succeed({ account: 'alice', address: '192.0.2.1' })
  }
})

test('guesses elsewhere do not lock out the browser that a person signed in with, which is slowed down itself', async () => {
  const attempts = new Attempts(new MemoryCounts(), () => 0, passwordLimits)
  for (let i = 0; i < 90; i++) await attempts.begin({ account: 'alice', address: `192.0.2.${i}` })
  const stranger = { account: 'alice', address: '198.51.100.1' }
  assert.ok(!(await attempts.begin(stranger)).allowed)
  const own = { ...stranger, knownBrowser: 'alices laptop' }
  for (let i = 0; i < 10; i++) assert.ok((await attempts.begin(own)).allowed)
  assert.ok(!(await attempts.begin(own)).allowed)
})

test('codes are counted apart from passwords, and far fewer are allowed [S11]', async () => {
  const counts = new MemoryCounts()
  const [passwords, codes] = [passwordLimits, codeLimits].map(
    (limits) => new Attempts(counts, () => 0, limits),
  )
  for (let i = 0; i < 10; i++) {
    assert.ok((await codes?.begin({ account: 'alice', address: `192.0.2.${i}` }))?.allowed)
  }
  assert.ok(!(await codes?.begin({ account: 'alice', address: '198.51.100.1' }))?.allowed)
  assert.ok((await passwords?.begin({ account: 'alice', address: '198.51.100.1' }))?.allowed)
})
