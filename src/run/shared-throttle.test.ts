import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '../graph/refusal.ts'
import type { Throttle } from '../graph/throttle.ts'
import { startChannels } from './fixture-channels.ts'
import { createThrottle } from './shared-throttle.ts'
import type { TakenUnits } from './worker-message.ts'

// Nothing to speak of comes back while a test runs.
const limits = { unitsBurst: 100, unitsPerSecond: 0.001, callersMax: 10_000 }

function isRefused(throttle: Throttle, caller: string, units: number): boolean {
  try {
    throttle.take(caller, units)
    return false
  } catch (thrown) {
    assert.ok(thrown instanceof Refusal && thrown.status === 429)
    return true
  }
}

/** Throttles of one edge, and what the last of its workers hears next. */
function startThrottles(workers: number) {
  const channels = startChannels(workers)
  const throttles = channels.map((channel) => createThrottle(limits, channel))
  const heard = () => {
    const { promise, resolve } = Promise.withResolvers<TakenUnits>()
    const stop = channels.at(-1)?.onTaken((units) => {
      stop?.()
      resolve(units)
    })
    return promise
  }
  return { throttles, heard }
}

test('what a caller may ask of the API is asked of all workers together [R7] [N2]', async () => {
  const { throttles, heard } = startThrottles(3)
  const [one, two, three] = throttles as [Throttle, Throttle, Throttle]
  const told = heard()
  for (let at = 0; at < 5; at++) one.take('ann', 10)
  one.charge('ann', 20)
  one.take('bo', 10)
  // One message, however often something was taken.
  assert.deepEqual(await told, [
    ['ann', 70],
    ['bo', 10],
  ])
  for (const each of [one, two, three]) assert.equal(isRefused(each, 'ann', 31), true)
  const next = heard()
  two.take('ann', 30)
  assert.deepEqual(await next, [['ann', 30]])
  for (const each of [one, two, three]) assert.equal(isRefused(each, 'ann', 1), true)
  assert.equal(isRefused(one, 'bo', 90), false)
})

test('who asks of several workers in the same moment pays back what that was too much [R7] [N2]', async () => {
  const { throttles, heard } = startThrottles(2)
  const [one, two] = throttles as [Throttle, Throttle]
  const told = heard()
  for (const each of [one, two]) each.take('ann', 80)
  await told
  // 60 are owed, and two more have to come back, of which the pause has brought next to nothing.
  assert.throws(
    () => two.take('ann', 2),
    (thrown: Refusal) => Number(thrown.headers['retry-after']) > 60_000,
  )
})

test('a message about callers is no longer than a thousand of them, and nobody is left out', async () => {
  const { throttles, heard } = startThrottles(2)
  const [one, two] = throttles as [Throttle, Throttle]
  const first = heard()
  for (let caller = 0; caller < 1_001; caller++) one.take(`caller ${caller}`, 100)
  assert.equal((await first).length, 1_000)
  assert.deepEqual(await heard(), [['caller 1000', 100]])
  for (let caller = 0; caller < 1_001; caller++) {
    assert.equal(isRefused(two, `caller ${caller}`, 1), true)
  }
})
