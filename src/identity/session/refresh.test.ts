import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { SignJWT } from 'jose'
import { Fault } from '../../base/fault.ts'
import { silentLog } from '../../base/log.ts'
import { alice, atLogin, password, startWorld, type World } from '../fixture-world.ts'
import type { SessionTokens } from '../session.ts'
import { embeddedProviderId } from '../signed-in.ts'
import { Renewals } from './renewals.ts'
import { TokenVault } from './token-vault.ts'

const secondMs = 1_000

let world: World
before(async () => {
  world = await startWorld({ shop: ['home'] })
})
after(() => world[Symbol.asyncDispose]())

/** The tokens of a session from a real sign-in at the embedded provider. */
async function signIn(): Promise<SessionTokens> {
  const known = new Set(world.store.rows.keys())
  const { browser, form } = await atLogin(world)
  await browser.signIn(form, alice.name, password)
  const id = [...world.store.rows.keys()].find((each) => !known.has(each)) ?? ''
  const tokens = await world.sessions.tokensOf(id)
  assert.ok(tokens?.refreshToken)
  return tokens
}

test('the embedded provider renews a session, with a new refresh token each time [S6] [S11]', async () => {
  const tokens = await signIn()
  const first = await world.providers.refresh(embeddedProviderId, tokens)
  assert.ok('signedIn' in first && first.signedIn && first.refreshToken)
  assert.equal(first.signedIn.subject, alice.id)
  assert.notEqual(first.refreshToken, tokens.refreshToken)
  const { idToken } = first.signedIn
  const second = await world.providers.refresh(embeddedProviderId, {
    idToken,
    refreshToken: first.refreshToken,
  })
  assert.ok('signedIn' in second)
})

test('what is renewed must be the same person’s at the same issuer [S6]', async () => {
  const { refreshToken } = await signIn()
  const key = new Uint8Array(32)
  const issuer = world.origin('login')
  for (const [iss, sub] of [
    [issuer, 'somebody else'],
    ['https://elsewhere.test', alice.id],
  ] as const) {
    const idToken = await new SignJWT({ iss, sub }).setProtectedHeader({ alg: 'HS256' }).sign(key)
    const refreshed = await world.providers.refresh(embeddedProviderId, { idToken, refreshToken })
    assert.deepEqual(refreshed, { refused: 'rejected', cause: 'another person' })
  }
})

test('a refresh token that the provider does not know ends the session [S6] [S9]', async () => {
  const tokens = await signIn()
  for (const key of [...world.records.rows.keys()]) {
    if (key.startsWith('RefreshToken:')) world.records.rows.delete(key)
  }
  const refreshed = await world.providers.refresh(embeddedProviderId, tokens)
  assert.ok('refused' in refreshed && refreshed.refused === 'invalid-grant')
})

test('a provider that turns requests away has not seen the token [N3]', async () => {
  const tokens = await signIn()
  world.provider.down = true
  try {
    const refreshed = await world.providers.refresh(embeddedProviderId, tokens)
    assert.ok('unanswered' in refreshed && refreshed.unanswered === 'unsent')
  } finally {
    world.provider.down = false
  }
  assert.ok('signedIn' in (await world.providers.refresh(embeddedProviderId, tokens)))
})

test('a session outlives an outage of the provider, is renewed when it is over, and ends with the account [S6] [N3] [S9]', async (t) => {
  const { store, sessions, providers, people } = world
  await signIn()
  const id = [...store.rows.keys()].at(-1) ?? ''
  const verifiedAt = () => store.rows.get(id)?.verifiedAt ?? 0
  const signedInAt = verifiedAt()
  const clock = () => world.clock.stoppedAt ?? Date.now()
  // However long the requests take.
  const passTo = (seconds: number) => {
    world.clock.stoppedAt = signedInAt + seconds * secondMs
  }
  t.after(() => {
    world.clock.stoppedAt = undefined
  })
  const look = async () => {
    const verdict = await sessions.revisit(id)
    return 'session' in verdict ? 'in' : verdict.refused
  }
  const renewals = new Renewals({
    ...{ store, vault: new TokenVault([new Uint8Array(32).fill(8)], clock), log: silentLog, clock },
    refresh: ({ providerId }, tokens) => providers.refresh(providerId, tokens),
    person: ({ subject }) => people.byId(subject),
    reuseMs: () => 0,
  })
  sessions.renewBy(renewals)
  sessions.govern({ accessMs: () => 60 * secondMs, idleMs: undefined })
  world.provider.down = true
  passTo(61)
  assert.equal(await look(), 'in', 'nobody notices')
  passTo(115)
  assert.equal(await look(), 'in')
  assert.equal(verifiedAt(), signedInAt)
  passTo(125)
  assert.equal(await look(), 'unverified', 'not for ever')
  world.provider.down = false
  passTo(135)
  assert.equal(await look(), 'in', 'it comes back by itself')
  assert.equal(verifiedAt(), signedInAt + 135 * secondMs)

  const row = people.rows.get(alice.id)
  assert.ok(row)
  people.rows.set(alice.id, { ...row, enabled: false })
  passTo(150)
  assert.equal(
    await look(),
    'in',
    'the directory ends sessions of disabled people, the provider need not',
  )
  passTo(200)
  assert.equal(await look(), 'ended')
  people.rows.set(alice.id, row)
})

test('whom the provider does not vouch for is out, also while the store cannot be written to [S9] [N3]', async (t) => {
  const { store, sessions, providers } = world
  await signIn()
  const id = [...store.rows.keys()].at(-1) ?? ''
  const clock = () => Date.now() + world.clock.aheadMs
  const { revoke } = store
  t.after(() => {
    store.revoke = revoke
    sessions.govern({ accessMs: () => 3_600 * secondMs, idleMs: undefined })
  })
  store.revoke = async () => {
    throw new Fault('storage-busy', 'locked')
  }
  sessions.renewBy(
    new Renewals({
      ...{ store, vault: new TokenVault([new Uint8Array(32).fill(8)], clock), log: silentLog },
      ...{ clock, reuseMs: () => 0, person: async () => undefined },
      refresh: ({ providerId }, tokens) => providers.refresh(providerId, tokens),
    }),
  )
  sessions.govern({ accessMs: () => 10 * secondMs, idleMs: undefined })
  world.clock.aheadMs += 60 * secondMs
  assert.deepEqual(await sessions.revisit(id), { refused: 'ended' })
  assert.deepEqual(await sessions.revisit(id), { refused: 'ended' })
})

test('a clock that was set an hour ahead, and back again, ends nobody’s session [S6] [N3]', async () => {
  const tokens = await signIn()
  const { aheadMs } = world.clock
  world.clock.aheadMs = 3_600 * secondMs
  const refreshed = await world.providers.refresh(embeddedProviderId, tokens)
  world.clock.aheadMs = aheadMs
  assert.deepEqual(refreshed, { unanswered: 'unknown', cause: 'a clock' })
})
