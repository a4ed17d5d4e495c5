import assert from 'node:assert/strict'
import { test } from 'node:test'
import { userRoleId } from '../publishing/registration.ts'
import type { Change } from './change.ts'
import type { Directory } from './directory.ts'
import {
  accepted,
  change,
  createApplication,
  createPerson,
  openInMemory,
  settings,
  signIn,
  temporaryFile,
} from './fixture.ts'
import { openDirectory } from './open.ts'

async function namesOf(directory: Directory): Promise<readonly string[]> {
  return (await directory.groups()).map(({ displayName }) => displayName)
}

test('while many changes are made everybody else reads and writes, and sees nothing of them [G4]', async (t) => {
  const directory = await openInMemory(t)
  await directory.rehearse(change, async (inside) => {
    await inside.createGroup('Staff', change)
    await signIn(directory, 'a-session', {})
    assert.deepEqual(await namesOf(directory), [])
    assert.deepEqual(await namesOf(inside), ['Staff'])
  })
  assert.deepEqual(await namesOf(directory), ['Staff'])
  assert.ok(await directory.sessions.find('a-session'))
})

test('what is made of many changes is made again on what somebody else has changed meanwhile [G4]', async (t) => {
  const file = temporaryFile(t)
  await using directory = await openDirectory({ file, ...settings })
  await using other = await openDirectory({ file, ...settings })
  const made: number[] = []
  const noted: Change = { ...change, made: (revision) => made.push(revision) }
  let times = 0
  await directory.rehearse(noted, async (inside, own, revision) => {
    if (times++ === 0) await other.createGroup('In between', change)
    await inside.createGroup(`After ${await namesOf(inside)}, revision ${revision}`, own)
  })
  assert.equal(times, 2)
  assert.deepEqual(await namesOf(directory), [
    `After In between, revision ${made[0]}`,
    'In between',
  ])
  assert.equal(made.length, 1)
})

test('whoever is overtaken again and again makes the others wait at last', async (t) => {
  const directory = await openInMemory(t)
  const others: Promise<unknown>[] = []
  let times = 0
  await directory.rehearse(change, async (inside, own) => {
    times++
    const other = directory.createGroup(`Other ${times}`, change)
    // The last time it does not get its turn before we are done.
    if (times <= 3) await other
    others.push(other)
    await inside.createGroup('Ours', own)
  })
  await Promise.all(others)
  assert.equal(times, 4)
  assert.deepEqual(await namesOf(directory), ['Other 1', 'Other 2', 'Other 3', 'Other 4', 'Ours'])
})

test('sessions end that began while the right was taken away on which they stand [S9]', async (t) => {
  const directory = await openInMemory(t)
  const ann = await createPerson(directory, 'ann@contoso.net')
  const { id } = await createApplication(directory, 'Wiki')
  const to = { applicationId: id, principalId: ann.id, appRoleId: userRoleId }
  const assigned = accepted(await directory.assign({ ...to, principalType: 'User' }, change))
  const ended: string[] = []
  directory.sessions.onEnded((ids) => ended.push(...ids))
  await directory.rehearse(change, async (inside, own) => {
    await inside.removeAssignment(assigned.id, own)
    await signIn(directory, 'begun-meanwhile', { personId: ann.id, applicationId: id })
  })
  assert.deepEqual(ended, ['begun-meanwhile'])
  assert.equal(await directory.sessions.find('begun-meanwhile'), undefined)
})

test('a condition is looked at when it is written, not when it was tried', async (t) => {
  const directory = await openInMemory(t)
  const stillMay = async () => {
    assert.deepEqual(await namesOf(directory), [])
    throw new Error('not any more')
  }
  const work = (inside: Directory, own: Change) => inside.createGroup('Staff', own)
  await assert.rejects(directory.rehearse({ ...change, stillMay }, work), /not any more/)
  assert.deepEqual(await namesOf(directory), [])
})

test('passwords and the like are nothing that can be changed along with others', async (t) => {
  const directory = await openInMemory(t)
  const ann = await createPerson(directory, 'ann@contoso.net')
  const work = (inside: Directory, own: Change) => inside.revokeSignIns(ann.id, own)
  await assert.rejects(directory.rehearse(change, work), /cannot be among others/)
})
