import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { Fault } from '../../base/fault.ts'
import { silentLog } from '../../base/log.ts'
import { signedInAs } from '../fixture-signed-in.ts'
import { MemorySessions } from '../fixture-stores.ts'
import type { Person } from '../person.ts'
import { RefreshingProvider } from '../relying-party/fixture-refreshing-provider.ts'
import type { Session } from '../session.ts'
import { Renewals } from './renewals.ts'
import { Sessions, type Verdict } from './sessions.ts'
import { TokenVault } from './token-vault.ts'

const minute = 60_000
const hour = 60 * minute

const person: Person = {
  id: 'p',
  userPrincipalName: 'p@test',
  displayName: 'P',
  mail: undefined,
  enabled: true,
}

let now: number
let store: MemorySessions
let provider: RefreshingProvider
let known: Person | undefined
let session: Session
/** Of the process that was made last. */
let renewals: Renewals

beforeEach(async () => {
  now = 1_000 * hour
  store = new MemorySessions()
  provider = new RefreshingProvider()
  known = person
  session = await process().create({
    person,
    applicationId: 'app',
    signedIn: signedInAs('p', { providerSessionId: 'sid', refreshToken: 'r0', askedAt: now }),
    lifetimeSeconds: 12 * 3600,
  })
})

/** A process of the edge, with nothing cached, on the one store. */
function process({ idleMs, reuseMs = 0 }: { idleMs?: number; reuseMs?: number } = {}): Sessions {
  const clock = () => now
  const vault = new TokenVault([new Uint8Array(32).fill(2)], clock)
  const sessions = new Sessions({ store, macKey: new Uint8Array(32).fill(1), vault, clock })
  const { refresh } = provider
  const parts = { person: async () => known, reuseMs: () => reuseMs, clock, log: silentLog }
  renewals = new Renewals({ store, vault, refresh, ...parts })
  sessions.renewBy(renewals)
  sessions.govern({ accessMs: () => hour, idleMs })
  return sessions
}

function nameOf(verdict: Verdict): string {
  return 'session' in verdict ? 'in' : verdict.refused
}

async function look(sessions: Sessions): Promise<string> {
  return nameOf(await sessions.revisit(session.id))
}

/** Until what was begun behind a request is done. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
}

test('in the last fifth of its time a session is renewed behind the request, which does not wait [S6]', async () => {
  const sessions = process()
  assert.equal(await look(sessions), 'in')
  now += 58 * minute
  const verdict = sessions.revisit(session.id)
  assert.ok(!(verdict instanceof Promise))
  assert.equal(nameOf(verdict), 'in')
  await settled()
  assert.deepEqual(provider.used, ['r0'])
  now += 30 * minute
  const renewed = await sessions.revisit(session.id)
  assert.ok('session' in renewed)
  assert.deepEqual(renewed.session.claims, { turn: 1 })
  assert.deepEqual(await sessions.tokensOf(session.id), { idToken: 'id 1', refreshToken: 'r1' })
  assert.deepEqual(provider.used, ['r0'])
})

test('a thousand requests in two processes at the moment of expiry are one refresh at the provider [S6]', async () => {
  const processes = [process(), process()]
  for (const each of processes) await look(each)
  now += hour
  const requests = Array.from({ length: 1_000 }, (_, i) => look(processes[i % 2] as Sessions))
  assert.deepEqual(new Set(await Promise.all(requests)), new Set(['in']))
  assert.deepEqual(provider.used, ['r0'])
  now += hour
  assert.equal(await look(processes[1] as Sessions), 'in')
  assert.equal(await look(processes[0] as Sessions), 'in')
  assert.deepEqual(provider.used, ['r0', 'r1'])
})

test('a provider that vouches no more ends the session for all, with no second question [S6] [S9]', async () => {
  const [one, other] = [process(), process()]
  await look(other)
  now += 5 * hour
  provider.answer = { refused: 'invalid-grant', cause: 'revoked' }
  assert.equal(await look(one), 'ended')
  assert.equal(await look(one), 'ended')
  assert.equal(await look(other), 'ended')
  assert.deepEqual(provider.used, ['r0'])
  assert.equal(store.rows.size, 0)
})

for (const [what, changed] of [
  ['disabled', { ...person, enabled: false }],
  ['gone', undefined],
] as const) {
  test(`a person who is ${what} when the session is renewed is out [S9]`, async () => {
    known = changed
    now += hour
    assert.equal(await look(process()), 'ended')
  })
}

test('while the provider is down sessions go on for as long again and are tried less and less often [N3]', async () => {
  const sessions = process()
  await look(sessions)
  provider.answer = { unanswered: 'unsent', cause: 'ECONNREFUSED' }
  const startedAt = now
  for (now += 58 * minute; now < startedAt + 2 * hour; now += 5_000) {
    assert.equal(await look(sessions), 'in')
    await settled()
  }
  const tries = provider.used.length
  assert.ok(tries > 60 && tries < 150, `${tries} tries in an hour`)
  assert.equal(await look(sessions), 'unverified')
  provider.answer = undefined
  provider.used.length = 0
  now += minute
  assert.equal(await look(sessions), 'in', 'it comes back by itself')
})

test('a refresh token whose answer was lost is never sent again; the session ends when its time is up [S6]', async () => {
  const sessions = process()
  await look(sessions)
  now += 58 * minute
  provider.answer = { unanswered: 'unknown', cause: 'timeout' }
  assert.equal(await look(sessions), 'in')
  await settled()
  provider.answer = undefined
  for (let i = 0; i < 20; i++) {
    now += minute
    assert.equal(await look(sessions), 'in')
    await settled()
  }
  assert.deepEqual(provider.used, ['r0'])
  now += hour
  assert.equal(await look(sessions), 'expired')
  assert.equal(await look(process()), 'expired')
  assert.deepEqual(provider.used, ['r0'])
})

test('where the provider forgives it, a refresh whose answer was lost is tried again in time [S6]', async () => {
  const sessions = process({ reuseMs: 25_000 })
  await look(sessions)
  now += 58 * minute
  provider.answer = { unanswered: 'unknown', cause: 'timeout' }
  await look(sessions)
  await settled()
  provider.answer = { signedIn: undefined, refreshToken: 'r1' }
  now += 3_000
  await look(sessions)
  await settled()
  now += 40 * minute
  assert.equal(await look(sessions), 'in')
  assert.deepEqual(provider.used, ['r0', 'r0'])
})

test('when a process dies in between, another waits for its lease and does not send the token again [S6]', async () => {
  const dead = process()
  now += hour
  provider.gate = new Promise(() => {})
  void dead.revisit(session.id)
  await settled()
  const other = process()
  const waiting = other.revisit(session.id)
  await settled()
  now += 16_000
  assert.equal(nameOf(await waiting), 'in', 'within the grace')
  assert.deepEqual(provider.used, ['r0'])
})

test('a session that is revoked while it is being renewed is not brought back [S9]', async () => {
  const sessions = process()
  await look(sessions)
  const { promise, resolve } = Promise.withResolvers<void>()
  provider.gate = promise
  now += hour
  const waiting = look(sessions)
  await settled()
  await sessions.end({ personId: 'p' })
  resolve()
  assert.equal(await waiting, 'ended')
  assert.equal(await look(sessions), 'ended')
  assert.equal(await look(process()), 'ended')
  assert.equal(store.rows.size, 0)
})

test('a store that fails while a session is renewed harms no running session [N3]', async () => {
  const sessions = process()
  await look(sessions)
  const { claimRenewal } = store
  store.claimRenewal = async () => {
    throw new Fault('storage-busy', 'locked')
  }
  now += hour + 30 * minute
  assert.equal(await look(sessions), 'in')
  store.claimRenewal = claimRenewal
  now += minute
  await look(sessions)
  await settled()
  assert.deepEqual(provider.used, ['r0'])
})

test('a clock that is set back an hour neither ends a session nor lets it live an hour longer unasked [S6]', async () => {
  const sessions = process()
  now += 30 * minute
  await look(sessions)
  now -= hour
  assert.equal(await look(sessions), 'in')
  await settled()
  assert.deepEqual(provider.used, ['r0'])
})

test('a shorter lifetime counts at once, also for sessions that are there [S6] [S9]', async () => {
  const sessions = process()
  now += 20 * minute
  await look(sessions)
  assert.deepEqual(provider.used, [])
  sessions.govern({ accessMs: () => 10 * minute, idleMs: undefined })
  provider.answer = { refused: 'invalid-grant', cause: 'revoked' }
  assert.equal(await look(sessions), 'ended')
})

test('with no refresh token a session lasts as long as the policy says [S6]', async () => {
  const sessions = process()
  const { id } = await sessions.create({
    person,
    applicationId: 'app',
    signedIn: signedInAs('p', { askedAt: now }),
    lifetimeSeconds: 12 * 3600,
  })
  now += hour - 1
  assert.equal(nameOf(await sessions.revisit(id)), 'in')
  now += 1
  assert.equal(nameOf(await sessions.revisit(id)), 'expired')
  sessions.govern({ accessMs: () => 8 * hour, idleMs: undefined })
  assert.equal(nameOf(await sessions.revisit(id)), 'in', 'a longer policy counts at once')
})

test('a session that nobody uses ends everywhere; uses in any process count [S6]', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const idleMs = 20 * minute
  const [one, other] = [process({ idleMs }), process({ idleMs })]
  await look(one)
  await look(other)
  for (let i = 0; i < 3; i++) {
    now += 10 * minute
    assert.equal(await look(one), 'in')
    t.mock.timers.tick(1_000)
    await settled()
  }
  assert.equal(await look(other), 'in', 'it was used in the other process')
  now += idleMs
  const both = await Promise.all([look(one), look(other)])
  assert.deepEqual(both, ['expired', 'expired'])
  assert.equal(store.rows.size, 0)
})

test('a crowd that comes back at once is renewed some at a time [S6]', async () => {
  const sessions = process()
  const ids: string[] = []
  for (let i = 0; i < 100; i++) {
    const signedIn = signedInAs('p', { refreshToken: `crowd ${i}`, askedAt: now })
    const made = await sessions.create({
      person,
      applicationId: 'app',
      signedIn,
      lifetimeSeconds: 43_200,
    })
    ids.push(made.id)
  }
  const { promise, resolve } = Promise.withResolvers<void>()
  provider.gate = promise
  now += 5 * hour
  const waiting = ids.map((id) => sessions.revisit(id))
  await settled()
  assert.equal(provider.used.length, 16)
  provider.gate = undefined
  resolve()
  const verdicts = await Promise.all(waiting)
  assert.deepEqual(new Set(verdicts.map(nameOf)), new Set(['in']))
})

test('asking whether a session lives keeps it alive no longer, and tells truthfully how long it has [S5] [S6]', async () => {
  const idleMs = 20 * minute
  const sessions = process({ idleMs })
  const app = {
    id: 'app',
    appId: 'ABCDEF01-0000-4000-8000-000000000000',
    displayName: 'Shop',
    origins: ['https://home.test'],
    cookie: { httpOnly: true, secure: true, persistent: false, sameSite: 'Lax' },
    sessionLifetimeSeconds: undefined,
  } as const
  const cookie = sessions.cookieFor(app, session, 'home.test').split(';')[0] as string
  const startedAt = now
  for (let i = 0; i < 3; i++) {
    now += 5 * minute
    assert.equal(nameOf(await sessions.ask(app, 'home.test', [cookie])), 'in')
    assert.equal(sessions.endsAt(session), startedAt + idleMs)
  }
  assert.equal(nameOf(await sessions.check(app, 'home.test', [cookie])), 'in')
  assert.equal(sessions.endsAt(session), now + idleMs)
  now += idleMs
  assert.equal(nameOf(await sessions.ask(app, 'home.test', [cookie])), 'expired')
})

test('a provider that is down is asked by one session at a time, and none of a thousand waits for it [N3]', async () => {
  const sessions = process()
  const ids: string[] = []
  for (let i = 0; i < 1_000; i++) {
    const signedIn = signedInAs('p', { refreshToken: `crowd ${i}`, askedAt: now })
    const made = await sessions.create({
      ...{ person, applicationId: 'app', lifetimeSeconds: 43_200 },
      signedIn,
    })
    ids.push(made.id)
  }
  provider.answer = { unanswered: 'unsent', cause: 'ECONNREFUSED' }
  now += hour + minute
  const verdicts = await Promise.all(ids.map((id) => sessions.revisit(id)))
  assert.deepEqual(new Set(verdicts.map(nameOf)), new Set(['in']))
  assert.ok(provider.used.length <= 16, `${provider.used.length} at first`)
  provider.used.length = 0
  for (let second = 0; second < 60; second++) {
    now += 1_000
    for (const id of ids) assert.equal(nameOf(await sessions.revisit(id)), 'in')
    await settled()
  }
  assert.ok(provider.used.length > 2 && provider.used.length < 20, `${provider.used.length}`)
  provider.answer = { signedIn: undefined, refreshToken: undefined }
  now += minute
  for (const id of ids) assert.equal(nameOf(await sessions.revisit(id)), 'in')
  await settled()
  now += minute
  for (const id of ids) await sessions.revisit(id)
  for (let turn = 0; turn < 100; turn++) await settled()
  assert.ok(new Set(provider.used).size > 900, `${new Set(provider.used).size} when it is back`)
})

test('a provider that keeps everybody waiting is one that is down [N3]', async (t) => {
  const sessions = process()
  await look(sessions)
  now += hour + minute
  provider.gate = new Promise(() => {})
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const waiting = look(sessions)
  await settled()
  t.mock.timers.tick(5_000)
  assert.equal(await waiting, 'in')
  const verdict = sessions.revisit(session.id)
  assert.ok(!(verdict instanceof Promise), 'the next one does not wait')
})

test('what is under way when the edge ends is brought to its end, and nothing begins [S6]', async () => {
  const sessions = process()
  await look(sessions)
  const { promise, resolve } = Promise.withResolvers<void>()
  provider.gate = promise
  now += 58 * minute
  await look(sessions)
  await settled()
  assert.deepEqual(provider.used, ['r0'])
  const closed = renewals.close()
  resolve()
  await closed
  assert.deepEqual(await sessions.tokensOf(session.id), { idToken: 'id 1', refreshToken: 'r1' })
  now += 58 * minute
  await look(sessions)
  await settled()
  assert.deepEqual(provider.used, ['r0'])
})
