import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failed } from '../base/check.ts'
import type { Directory } from './directory.ts'
import { change, openInMemory } from './fixture.ts'

test('a record is found by kind and id until it expires [S11]', async (t) => {
  let now = 10_000
  const { providerRecords: records } = await openInMemory(t, () => now)
  await records.upsert('Code', 'x', { scope: 'openid', list: [1, null] }, 5)
  assert.deepEqual(await records.find('Code', 'x'), { scope: 'openid', list: [1, null] })
  assert.equal(await records.find('Token', 'x'), undefined)
  now = 14_999
  assert.ok(await records.find('Code', 'x'))
  now = 15_000
  assert.equal(await records.find('Code', 'x'), undefined)
})

test('a later upsert replaces the record and its expiry', async (t) => {
  let now = 0
  const { providerRecords: records } = await openInMemory(t, () => now)
  await records.upsert('Session', 'x', { uid: 'u1' }, 5)
  await records.upsert('Session', 'x', { uid: 'u2' }, 10)
  now = 7_000
  assert.equal(await records.findByUid('Session', 'u1'), undefined)
  assert.deepEqual(await records.findByUid('Session', 'u2'), { uid: 'u2' })
})

test('a consumed record says when, and stays consumed when it is written again', async (t) => {
  const { providerRecords: records } = await openInMemory(t, () => 42_000)
  await records.upsert('Code', 'x', { scope: 'openid' }, 60)
  await records.consume('Code', 'x')
  assert.deepEqual(await records.find('Code', 'x'), { scope: 'openid', consumed: 42 })
  await records.upsert('Code', 'x', { scope: 'email' }, 60)
  assert.deepEqual(await records.find('Code', 'x'), { scope: 'email', consumed: 42 })
})

test('a grant takes all its records with it; destroy takes one', async (t) => {
  const { providerRecords: records } = await openInMemory(t)
  await records.upsert('Code', 'x', { grantId: 'g' }, 60)
  await records.upsert('Token', 'x', { grantId: 'g' }, 60)
  await records.upsert('Token', 'y', { grantId: 'h' }, 60)
  await records.upsert('Token', 'z', { grantId: 'h' }, 60)
  await records.revokeByGrantId('g')
  await records.destroy('Token', 'y')
  assert.equal(await records.find('Code', 'x'), undefined)
  assert.equal(await records.find('Token', 'x'), undefined)
  assert.equal(await records.find('Token', 'y'), undefined)
  assert.ok(await records.find('Token', 'z'))
})

test('housekeeping removes what has expired, and no other', async (t) => {
  let now = 0
  const { providerRecords: records } = await openInMemory(t, () => now)
  await records.upsert('Code', 'old', {}, 5)
  await records.upsert('Code', 'new', {}, 6)
  await records.removeExpired(6)
  now = 1_000
  assert.equal(await records.find('Code', 'old'), undefined)
  assert.ok(await records.find('Code', 'new'))
})

const ends: readonly (readonly [string, (directory: Directory, personId: string) => unknown])[] = [
  ['signed out everywhere', (directory, id) => directory.revokeSignIns(id, change)],
  ['deleted', (directory, id) => directory.deletePerson(id, change)],
  [
    'disabled',
    (directory, id) =>
      directory.updatePerson(id, change, (person) => ({ value: { ...person, enabled: false } })),
  ],
  ['signed out there', ({ providerRecords }) => providerRecords.destroy('Session', 'cookie')],
  ['signed out elsewhere', ({ browserSignIns }, personId) => browserSignIns.end({ personId })],
]
const endsOfAll = ends.filter(([what]) => what !== 'signed out there')
for (const [what, end] of endsOfAll) {
  test(`a login that is done and was kept for later is worth nothing when its person was ${what} [S9] [S11]`, async (t) => {
    const directory = await openInMemory(t)
    const facts = { userPrincipalName: 'ann@contoso.net', displayName: 'Ann', mail: undefined }
    const made = await directory.createPerson({ ...facts, enabled: true }, undefined, change)
    assert.ok(!failed(made))
    const { id: accountId } = made.value
    const { providerRecords: records } = directory
    const login = { accountId, ts: 1, amr: ['pwd'] }
    await records.upsert('Interaction', 'done', { result: { login } }, 60)
    await records.upsert('Interaction', 'begun', { session: { accountId } }, 60)
    const others = { ...login, accountId: 'somebody else' }
    await records.upsert('Interaction', 'other', { result: { login: others } }, 60)
    await end(directory, accountId)
    assert.equal(await records.find('Interaction', 'done'), undefined)
    assert.ok(await records.find('Interaction', 'begun'), 'asks for a proof yet')
    assert.ok(await records.find('Interaction', 'other'))
  })
}
for (const [what, end] of ends) {
  test(`a request that was under way when its person was ${what} does not bring the sign-in back [S9] [S11]`, async (t) => {
    const directory = await openInMemory(t)
    const facts = { userPrincipalName: 'ann@contoso.net', displayName: 'Ann', mail: undefined }
    const made = await directory.createPerson({ ...facts, enabled: true }, undefined, change)
    assert.ok(!failed(made))
    const { id: accountId } = made.value
    const { providerRecords: records, browserSignIns } = directory
    await records.upsert('Session', 'cookie', { uid: 'u', accountId }, 60)
    const at = Date.now()
    const seen = { signedInAt: at, lastSeenAt: at, expiresAt: at + 60_000 }
    const where = { id: 'u', personId: accountId, userAgent: '', address: '', applications: [] }
    await browserSignIns.note({ ...where, ...seen }, undefined)
    const read = await records.find('Session', 'cookie')
    assert.ok(read)
    await end(directory, accountId)
    await records.upsert('Session', 'cookie', read, 60)
    assert.equal(await records.find('Session', 'cookie'), undefined)
    assert.equal(await records.findByUid('Session', 'u'), undefined)
    await records.upsert('Session', 'a new one', { uid: 'v', accountId }, 60)
    assert.ok(await records.find('Session', 'a new one'), 'a new sign-in counts')
  })
}
