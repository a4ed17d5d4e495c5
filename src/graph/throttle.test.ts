import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from './refusal.ts'
import { openTestApi } from './test-api.ts'
import { Throttle } from './throttle.ts'

const limits = { unitsBurst: 10, unitsPerSecond: 2, callersMax: 2 }

function retryAfter(take: () => void): string | undefined {
  try {
    take()
    return undefined
  } catch (thrown) {
    assert.ok(thrown instanceof Refusal && thrown.status === 429)
    return thrown.headers['retry-after']
  }
}

test('a caller gets what it has saved up, then what comes back, and is told when to come again', () => {
  let now = 0
  const throttle = new Throttle(limits, () => now)
  for (let at = 0; at < 10; at++) throttle.take('ann', 1)
  assert.equal(
    retryAfter(() => throttle.take('ann', 5)),
    '3',
  )
  now += 2_500
  assert.equal(
    retryAfter(() => throttle.take('ann', 5)),
    undefined,
  )
  now += 3_600_000
  assert.equal(
    retryAfter(() => throttle.take('ann', 11)),
    undefined,
  )
  assert.equal(
    retryAfter(() => throttle.take('ann', 1)),
    '1',
  )
})

test('callers do not take anything from each other, and no more of them are kept than allowed', () => {
  const throttle = new Throttle(limits, () => 0)
  throttle.take('ann', 10)
  throttle.take('bo', 10)
  assert.equal(
    retryAfter(() => throttle.take('ann', 1)),
    '1',
  )
  throttle.take('cy', 1)
  // Bo was silent longest.
  assert.equal(
    retryAfter(() => throttle.take('bo', 1)),
    undefined,
  )
})

test('a clock that goes back gives nobody anything', () => {
  let now = 1_000_000
  const throttle = new Throttle(limits, () => now)
  throttle.take('ann', 10)
  now = 0
  assert.equal(
    retryAfter(() => throttle.take('ann', 1)),
    '1',
  )
  now = 500
  assert.equal(
    retryAfter(() => throttle.take('ann', 1)),
    undefined,
  )
})

test('too many requests are answered 429 in the shape of the original, and nothing happens [G1]', async () => {
  let now = Date.parse('2026-11-22')
  const throttle = new Throttle({ ...limits, unitsBurst: 12 }, () => now)
  await using api = await openTestApi(() => now, { throttle })
  const create = () => api.call('POST', '/beta/groups', { displayName: 'Crew' })
  assert.equal((await create()).status, 201)
  assert.equal((await create()).status, 201)
  const { status, headers, body } = await create()
  assert.equal(status, 429)
  assert.equal(headers.get('retry-after'), '2')
  assert.equal(body.error.code, 'TooManyRequests')
  assert.equal(body.error.innerError['request-id'], headers.get('request-id'))
  assert.equal((await api.directory.groups()).length, 2)
  const other = { authorization: 'Bearer applications' }
  assert.equal((await api.call('GET', '/beta/applications', undefined, other)).status, 200)
  now += 5_000
  assert.equal((await create()).status, 201)
})
