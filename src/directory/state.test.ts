import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Directory, DirectoryState } from './directory.ts'
import {
  accepted,
  change,
  createApplication,
  createPerson,
  openInMemory,
  settings,
  temporaryFile,
} from './fixture.ts'
import { openDirectory } from './open.ts'

function increment(directory: Directory, id: string) {
  return directory.updateApplication(id, change, (value) => ({
    value: { ...value, displayName: String(Number(value.displayName) + 1) },
  }))
}

/** Reads states as fast as it can while `work` is under way. */
async function readDuring(directory: Directory, work: Promise<unknown>): Promise<DirectoryState[]> {
  const states: DirectoryState[] = []
  let under = true
  const done = work.finally(() => {
    under = false
  })
  while (under) states.push(await directory.state())
  await done
  return states
}

test('of 200 changes by ten authors at once none is lost, and whoever reads sees whole versions in order [G4]', async (t) => {
  const file = temporaryFile(t)
  await using directory = await openDirectory({ file, ...settings })
  const { id } = await createApplication(directory, '0')
  const first = (await directory.state()).version
  const writers = Array.from({ length: 10 }, async () => {
    for (let turn = 0; turn < 20; turn++) accepted(await increment(directory, id))
  })
  const states = await readDuring(directory, Promise.all(writers))
  const last = await directory.state()
  assert.equal(last.version, first + 200)
  assert.equal(last.applications[0]?.displayName, '200')
  assert.ok(states.length > 10)
  for (const [index, state] of states.entries()) {
    assert.equal(Number(state.applications[0]?.displayName), state.version - first)
    assert.ok(state.version >= (states[index - 1]?.version ?? 0))
  }
  const versions = (await directory.audit(1000)).map((entry) => entry.version)
  assert.deepEqual(
    versions,
    Array.from({ length: last.version - 1 }, (_, n) => last.version - n),
  )
})

test('two processes that change the same thing lose nothing and see each other [G4]', async (t) => {
  const file = temporaryFile(t)
  await using one = await openDirectory({ file, ...settings })
  await using two = await openDirectory({ file, ...settings })
  const { id } = await createApplication(one, '0')
  const writes = Array.from({ length: 60 }, (_, turn) => increment(turn % 2 ? one : two, id))
  for (const result of await Promise.all(writes)) accepted(result)
  assert.equal((await one.application(id))?.displayName, '60')
  assert.deepEqual(await one.state(), await two.state())
})

test('a state stays as it was, whatever changes after it [N3]', async (t) => {
  const directory = await openInMemory(t)
  const application = await createApplication(directory, 'Expenses')
  const ann = await createPerson(directory, 'ann@contoso.net')
  const before = await directory.state()
  const copy = structuredClone(before)
  await directory.assign(
    { applicationId: application.id, principalId: ann.id, principalType: 'User', appRoleId: 'r' },
    change,
  )
  await createApplication(directory, 'Travel')
  await directory.deleteApplication(application.id, change)
  await directory.state()
  assert.deepEqual(before, copy)
})

test('while nothing changes the same state is given again', async (t) => {
  const directory = await openInMemory(t)
  await createApplication(directory, 'Expenses')
  const state = await directory.state()
  await directory.sessions.removeExpired(0)
  assert.equal(await directory.state(), state)
})

test('a state read step by step is the state read at once [G4]', async (t) => {
  const file = temporaryFile(t)
  await using directory = await openDirectory({ file, ...settings })
  const people = [
    await createPerson(directory, 'a@x.net'),
    await createPerson(directory, 'b@x.net'),
  ]
  for (let turn = 0; turn < 12; turn++) {
    const { id } = await createApplication(directory, `app ${turn}`)
    const principalId = people[turn % 2]?.id ?? ''
    const wanted = {
      applicationId: id,
      principalId,
      principalType: 'User',
      appRoleId: 'r',
    } as const
    await directory.assign(wanted, change)
    if (turn % 4 === 3) await directory.deleteApplication(id, change)
    await using fresh = await openDirectory({ file, ...settings })
    assert.deepEqual(await directory.state(), await fresh.state())
  }
})
