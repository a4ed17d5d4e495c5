import assert from 'node:assert/strict'
import { test } from 'node:test'
import { processorMsOf } from '../../test/processor-time.ts'
import { openInMemory, signIn } from './fixture.ts'

test('a session reads back as it was made, until it expires [S6]', async (t) => {
  let now = 1_000
  const directory = await openInMemory(t, () => now)
  const session = await signIn(directory, 's1', { createdAt: 1_000, expiresAt: 2_000 })
  const other = await signIn(directory, 's2', { providerSessionId: 'sid', expiresAt: 3_000 })
  assert.deepEqual(await directory.sessions.find('s1'), session)
  assert.deepEqual(await directory.sessions.find('s2'), other)
  now = 2_000
  assert.equal(await directory.sessions.find('s1'), undefined)
  assert.deepEqual(await directory.sessions.find('s2'), other)
})

const revocations = [
  ['itself', { sessionId: 'a1' }, ['a1']],
  [
    'its sign-in at the provider',
    { providerId: 'embedded', providerSessionId: 'sid-a' },
    ['a1', 'a2'],
  ],
  ['that sign-in at another provider', { providerId: 'x', providerSessionId: 'sid-a' }, []],
  ['its person', { personId: 'ann' }, ['a1', 'a2', 'a3']],
  ['its application', { applicationId: 'expenses' }, ['a1', 'b1']],
  ['nothing', { personId: 'nobody' }, []],
] as const

for (const [what, revocation, expected] of revocations) {
  test(`a session ends with ${what}, and whoever listens is told its id [S9]`, async (t) => {
    const directory = await openInMemory(t)
    const ann = { personId: 'ann', providerSessionId: 'sid-a' }
    await signIn(directory, 'a1', { ...ann, applicationId: 'expenses' })
    await signIn(directory, 'a2', { ...ann, applicationId: 'travel' })
    await signIn(directory, 'a3', { personId: 'ann', applicationId: 'travel' })
    await signIn(directory, 'b1', { personId: 'bob', applicationId: 'expenses' })
    const told: string[] = []
    const stop = directory.sessions.onEnded((ids) => told.push(...ids))
    const ended = await directory.sessions.revoke(revocation)
    assert.deepEqual([...ended].sort(), expected)
    assert.deepEqual(told.sort(), expected)
    for (const id of ['a1', 'a2', 'a3', 'b1']) {
      assert.equal(Boolean(await directory.sessions.find(id)), !ended.includes(id))
    }
    assert.deepEqual(await directory.sessions.revoke(revocation), [])
    stop()
    await directory.sessions.revoke({ personId: 'bob' })
    assert.deepEqual(told, expected)
  })
}

test('housekeeping removes what has expired, and no other', async (t) => {
  const directory = await openInMemory(t, () => 0)
  await signIn(directory, 'old', { expiresAt: 1_000 })
  await signIn(directory, 'new', { expiresAt: 1_001 })
  await directory.sessions.removeExpired(1_000)
  assert.equal(await directory.sessions.find('old'), undefined)
  assert.ok(await directory.sessions.find('new'))
})

test('sessions are no change of the directory: no version, no audit entry', async (t) => {
  const directory = await openInMemory(t)
  directory.onChange(() => assert.fail('nothing changed'))
  await signIn(directory, 's1', {})
  await directory.sessions.revoke({ sessionId: 's1' })
  assert.equal((await directory.state()).version, 1)
  assert.deepEqual(await directory.audit(10), [])
})

test('thousands of look-ups at once are done one after the other, each as quickly as alone [N3]', async (t) => {
  const { sessions } = await openInMemory(t)
  const lookUp = (count: number) =>
    processorMsOf(() =>
      Promise.all(Array.from({ length: count }, (_, i) => sessions.find(`s${i}`))),
    )
  const fewMs = await lookUp(100)
  const manyMs = await lookUp(3_000)
  // Thirty times as many, with room for a busy machine; woken all at once they took three hundred times as long.
  assert.ok(manyMs < 30 * 4 * Math.max(fewMs, 10), `${fewMs} and ${manyMs} ms`)
})
