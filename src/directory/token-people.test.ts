import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failed } from '../base/check.ts'
import { change, openInMemory } from './fixture.ts'

test('a token of somebody who was signed out everywhere since, or is disabled or gone, is about nobody [S9] [S10]', async (t) => {
  let now = 1_800_000_000_000
  const directory = await openInMemory(t, () => now)
  const facts = { userPrincipalName: 'ann@contoso.net', displayName: 'Ann', mail: undefined }
  const made = await directory.createPerson({ ...facts, enabled: true }, undefined, change)
  assert.ok(!failed(made))
  const { id } = made.value
  const who = async (issuedAt: number) =>
    (await directory.tokenPeople.byToken(id, undefined, issuedAt))?.displayName
  assert.equal(await who(now), 'Ann')
  now += 10_000
  await directory.revokeSignIns(id, change)
  assert.equal(await who(now - 10_000), undefined)
  assert.equal(await who(now), undefined)
  assert.equal(await who(now + 1_000), 'Ann')
  assert.equal(await directory.tokenPeople.byToken(id, 'https://idp.test', now + 1_000), undefined)
  const disable = (person: typeof made.value) => ({ value: { ...person, enabled: false } })
  await directory.updatePerson(id, change, disable)
  assert.equal(await who(now + 1_000), undefined)
})

test('a token of before somebody changed their own password is about nobody [S9] [S10]', async (t) => {
  let now = 1_800_000_000_000
  const directory = await openInMemory(t, () => now)
  const facts = { userPrincipalName: 'ann@contoso.net', displayName: 'Ann', mail: undefined }
  const first = 'the sentence of the beginning'
  const made = await directory.createPerson({ ...facts, enabled: true }, first, change)
  assert.ok(!failed(made))
  const { id } = made.value
  const knows = async (issuedAt: number) =>
    (await directory.tokenPeople.byToken(id, undefined, issuedAt)) !== undefined
  assert.ok(await knows(now), 'whoever was just set up')
  const before = now
  now += 10_500
  await directory.authenticators.setPassword(id, 'another sentence than before', change)
  assert.deepEqual(await Promise.all([before, now - 1_500, now - 500].map(knows)), [
    false,
    false,
    true,
  ])
})
