import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Attempts, passwordLimits } from '../identity/local/attempts.ts'
import type { ChangeFeed, Heard, News } from './change-feed.ts'
import type { Directory } from './directory.ts'
import { change, createPerson, settings, signIn, temporaryFile } from './fixture.ts'
import { openDirectory } from './open.ts'

/** Two processes' directories on one database, joined as the processes would be. */
async function openTwo(t: TestContext) {
  const file = temporaryFile(t)
  const told: News[] = []
  const listeners = new Set<(heard: Heard) => void>()
  const teller: ChangeFeed = {
    announce(news) {
      told.push(news)
      for (const listener of listeners) listener(news)
    },
    onHeard: () => () => {},
  }
  const hearer: ChangeFeed = {
    announce() {},
    onHeard(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  const one = await openDirectory({ file, ...settings, feed: teller })
  const two = await openDirectory({ file, ...settings, feed: hearer })
  t.after(async () => {
    await one[Symbol.asyncDispose]()
    await two[Symbol.asyncDispose]()
    assert.equal(listeners.size, 0, 'a closed directory hears nothing')
  })
  const hear = (heard: Heard) => listeners.forEach((listener) => void listener(heard))
  return { one, two, told, hear }
}

/** What a directory tells its listeners, ids of sessions in their order. */
function listen(directory: Directory) {
  const heard = { changes: 0, ended: [] as string[] }
  directory.onChange(() => heard.changes++)
  directory.sessions.onEnded((ids) => heard.ended.push(...ids))
  return heard
}

test('a change is heard by other processes, which read it from the database [N2]', async (t) => {
  const { one, two, told } = await openTwo(t)
  const heard = listen(two)
  const { id } = await one.createApplication('Expenses', change)
  assert.deepEqual(told, [{ kind: 'changed' }])
  assert.equal(heard.changes, 1)
  assert.deepEqual(
    (await two.state()).applications.map((application) => application.id),
    [id],
  )
})

test('sessions that end are heard of by other processes, whatever ended them [S9] [N2]', async (t) => {
  const { one, two } = await openTwo(t)
  const heard = listen(two)
  const ann = await createPerson(one, 'ann@contoso.net')
  await signIn(one, 'a1', { personId: ann.id })
  await signIn(one, 'b1', { personId: 'bob' })
  await one.sessions.revoke({ personId: 'bob' })
  assert.deepEqual(heard.ended, ['b1'])
  await one.updatePerson(ann.id, change, (person) => ({ value: { ...person, enabled: false } }))
  assert.deepEqual(heard.ended, ['b1', 'a1'])
})

test('a process that may have missed news learns of changes and of every session that ended lately [S9] [N2]', async (t) => {
  const { one, two, hear } = await openTwo(t)
  await signIn(one, 'a1', { personId: 'ann' })
  await one.sessions.revoke({ personId: 'ann' })
  const heard = listen(two)
  const told = new Promise((resolve) => two.sessions.onEnded(resolve))
  hear({ kind: 'missed' })
  assert.deepEqual(await told, ['a1'])
  assert.deepEqual(heard, { changes: 1, ended: ['a1'] })
})

test('ended sessions are forgotten once nobody can have missed them', async (t) => {
  const { one, two, hear } = await openTwo(t)
  await signIn(one, 'a1', { personId: 'ann' })
  await one.sessions.revoke({ personId: 'ann' })
  await one.sessions.removeExpired(Date.now() + 3_600_000)
  await signIn(one, 'b1', { personId: 'bob' })
  await one.sessions.revoke({ personId: 'bob' })
  const told = new Promise((resolve) => two.sessions.onEnded(resolve))
  hear({ kind: 'missed' })
  assert.deepEqual(await told, ['b1'])
})

test('guesses at a password are counted for all processes together, and after a restart', async (t) => {
  const { one, two } = await openTwo(t)
  const guess = { account: 'alice', address: '192.0.2.1' }
  const attempts = [one, two].map(
    (directory) => new Attempts(directory.failureCounts, settings.clock, passwordLimits),
  )
  const guesses = Array.from({ length: 40 }, (_, turn) => attempts[turn % 2]?.begin(guess))
  const verdicts = await Promise.all(guesses)
  assert.equal(verdicts.filter((verdict) => verdict?.allowed).length, 10)
  const restarted = new Attempts(two.failureCounts, settings.clock, passwordLimits)
  assert.equal((await restarted.begin(guess)).allowed, false)
  await two.failureCounts.removeExpired(Date.now() + 3_600_000)
  assert.equal((await restarted.begin(guess)).allowed, true)
})
