import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld, type World } from '../fixture-world.ts'
import type { FailureCount } from '../local/failure-counts.ts'
import { commandLineClientId, deviceCodeGrant } from './command-line-client.ts'
import { judgePoll } from './device-polls.ts'

let world: World
before(async () => {
  world = await startWorld({ shop: ['home'] })
})
after(() => world[Symbol.asyncDispose]())

async function post(path: string, fields: Readonly<Record<string, string>>) {
  const { status, body } = await world
    .browser({ metadata: false })
    .send(`${world.origin('login')}${path}`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: commandLineClientId, ...fields }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
  return { status, ...JSON.parse(body) }
}

test('a program that polls too soon is told to slow down, by five seconds more each time (RFC 8628 §3.5) [S11] [R7]', async () => {
  const begun = await post('/device/auth', { scope: 'openid' })
  assert.equal(begun.interval, 5)
  // However long the requests take.
  let now = Date.now()
  const poll = async (afterSeconds: number, path = '/token') => {
    now += afterSeconds * 1_000
    world.clock.stoppedAt = now
    const fields = { grant_type: deviceCodeGrant, device_code: begun.device_code }
    const { status, error, interval } = await post(path, fields)
    assert.equal(status, 400)
    return [error, interval]
  }
  const pending = ['authorization_pending', undefined]
  assert.deepEqual(await poll(0), pending)
  assert.deepEqual(await poll(5), pending)
  assert.deepEqual(await poll(0), ['slow_down', 10])
  assert.deepEqual(await poll(0, '/TOKEN/'), ['slow_down', 15])
  assert.deepEqual(await poll(15), pending)
  // The longer wait holds for all that come after.
  assert.deepEqual(await poll(5), ['slow_down', 20])
  assert.deepEqual(await poll(20), pending)
  // Another program's code is another's.
  const other = await post('/device/auth', { scope: 'openid' })
  const first = { grant_type: deviceCodeGrant, device_code: other.device_code }
  assert.equal((await post('/token', first)).error, 'authorization_pending')
})

test('a program that never listens waits a minute at most, and nothing more is written of it [R7]', () => {
  let kept: FailureCount | undefined
  let writes = 0
  let answered = 0
  for (let now = 0; now < 600_000; now += 100) {
    const { value, counts } = judgePoll(kept, now)
    if (counts) writes++
    if (!value.tooSoon) answered++
    assert.ok(value.intervalSeconds <= 60)
    kept = counts?.[0] ?? kept
  }
  assert.ok(answered >= 10 && answered <= 12, `${answered}`)
  assert.ok(writes <= 24, `${writes}`)
})

test('a poll may come a little early, and a clock that was put back keeps nobody waiting', () => {
  const kept = { failures: 0, resetAt: 100_000 }
  assert.equal(judgePoll(kept, 99_000).value.tooSoon, false)
  assert.equal(judgePoll(kept, 98_999).value.tooSoon, true)
  assert.equal(judgePoll(kept, 39_999).value.tooSoon, false)
})
