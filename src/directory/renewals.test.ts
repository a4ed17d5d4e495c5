import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openInMemory, settings, signIn, temporaryFile } from './fixture.ts'
import { openDirectory } from './open.ts'

const claim = { now: 1_000, leaseUntil: 16_000, knownAt: 500, reuseMs: 0 }
const facts = { verifiedAt: 500, refreshable: true, createdAt: 500 }

test('of many that claim a renewal, in two processes, one gets the tokens [S6]', async (t) => {
  const file = temporaryFile(t)
  await using one = await openDirectory({ file, ...settings })
  await using other = await openDirectory({ file, ...settings })
  await signIn(one, 's1', facts)
  const claims = Array.from({ length: 40 }, (_, i) =>
    (i % 2 ? one : other).sessions.claimRenewal('s1', claim),
  )
  const kinds = (await Promise.all(claims)).map(({ kind }) => kind)
  assert.equal(kinds.filter((kind) => kind === 'claimed').length, 1)
  assert.equal(kinds.filter((kind) => kind === 'busy').length, 39)
})

test('a renewal that is settled is what all others find, and its tokens with it [S6]', async (t) => {
  const directory = await openInMemory(t)
  const { sessions } = directory
  const session = await signIn(directory, 's1', facts)
  const claimed = await sessions.claimRenewal('s1', claim)
  assert.deepEqual(claimed, { kind: 'claimed', sealedTokens: 'sealed tokens' })
  const changes = { verifiedAt: 1_000, displayName: 'New', claims: { a: [1] } }
  const settled = await sessions.settleRenewal('s1', 500, changes, 'new tokens')
  assert.deepEqual(settled, { ...session, ...changes })
  assert.equal(await sessions.tokensOf('s1'), 'new tokens')
  assert.deepEqual(await sessions.claimRenewal('s1', claim), { kind: 'renewed', session: settled })
  const late = await sessions.settleRenewal('s1', 500, { verifiedAt: 900 }, 'late tokens')
  assert.deepEqual(late, settled)
  assert.equal(await sessions.tokensOf('s1'), 'new tokens')
  const next = { ...claim, knownAt: 1_000, now: 2_000, leaseUntil: 17_000 }
  assert.equal((await sessions.claimRenewal('s1', next)).kind, 'claimed')
})

test('a session that ended while it was renewed stays ended [S9]', async (t) => {
  const directory = await openInMemory(t)
  const { sessions } = directory
  await signIn(directory, 's1', facts)
  await sessions.claimRenewal('s1', claim)
  await sessions.revoke({ sessionId: 's1' })
  const settled = await sessions.settleRenewal('s1', 500, { verifiedAt: 1_000 }, 'new tokens')
  assert.equal(settled, undefined)
  assert.equal(await sessions.find('s1'), undefined)
  assert.deepEqual(await sessions.claimRenewal('s1', claim), { kind: 'ended' })
})

const releases = [
  ['was not sent', true, 20_000, 0, 'claimed'],
  ['may have been sent', false, 20_000, 0, 'spent'],
  ['may have been sent, a moment ago, where that is forgiven', false, 20_000, 25_000, 'claimed'],
  ['may have been sent, long ago, where that is forgiven', false, 40_000, 25_000, 'spent'],
] as const
for (const [what, unused, now, reuseMs, kind] of releases) {
  test(`after a renewal that nobody answered the token ${what}: ${kind} [S6]`, async (t) => {
    const directory = await openInMemory(t)
    const { sessions } = directory
    await signIn(directory, 's1', facts)
    await sessions.claimRenewal('s1', claim)
    await sessions.releaseRenewal('s1', 500, unused)
    const again = await sessions.claimRenewal('s1', {
      ...claim,
      now,
      leaseUntil: now + 15_000,
      reuseMs,
    })
    assert.equal(again.kind, kind)
  })
}

const leases = [
  ['while its lease runs', 15_999, 'busy'],
  ['when its lease is over', 16_000, 'spent'],
  ['when the clock was set back by a day', 1_000 - 86_400_000, 'spent'],
] as const
for (const [what, now, kind] of leases) {
  test(`a process that died renewing is waited for, ${what}: ${kind} [S6]`, async (t) => {
    const directory = await openInMemory(t)
    await signIn(directory, 's1', facts)
    await directory.sessions.claimRenewal('s1', claim)
    const again = { ...claim, now, leaseUntil: now + 15_000 }
    assert.equal((await directory.sessions.claimRenewal('s1', again)).kind, kind)
  })
}

test('the latest use of a session is kept, whoever tells it [S6]', async (t) => {
  const directory = await openInMemory(t)
  const { sessions } = directory
  await signIn(directory, 's1', { ...facts, seenAt: 1_000 })
  await sessions.noteUse(
    new Map([
      ['s1', 3_000],
      ['gone', 3_000],
    ]),
  )
  await sessions.noteUse(new Map([['s1', 2_000]]))
  assert.equal((await sessions.find('s1'))?.seenAt, 3_000)
})
