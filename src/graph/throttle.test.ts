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

test('what an answer has cost is paid by the next requests', () => {
  let now = 0
  const throttle = new Throttle(limits, () => now)
  throttle.take('ann', 1)
  throttle.charge('ann', 1_000_000)
  assert.equal(
    retryAfter(() => throttle.take('ann', 1)),
    '6',
  )
  now += 6_000
  assert.equal(
    retryAfter(() => throttle.take('ann', 1)),
    undefined,
  )
})

test('who only reads cannot keep the edge busy with long answers, comparisons and logs [R7]', async () => {
  let now = Date.parse('2026-11-22')
  const throttle = new Throttle({ ...limits, unitsBurst: 1_000 }, () => now)
  await using api = await openTestApi(() => now, { throttle })
  const reader = { authorization: 'Bearer reader' }
  const groups = Array.from({ length: 200 }, (_, i) => ({ displayName: `group ${i}` }))
  const document = { version: 1, groups }
  const untilRefused = async (ask: () => Promise<{ readonly status: number }>) => {
    now += 3_600_000
    for (let answered = 0; ; answered++) if ((await ask()).status === 429) return answered
  }
  const applications = { authorization: 'Bearer applications' }
  const post = (path: string, body: object) => () => api.call('POST', path, body, reader)
  const compared = await untilRefused(post('/beta/configuration/diff', { document }))
  assert.equal(compared, 1)
  const har = JSON.stringify({ log: { entries: [] }, padding: 'x'.repeat(1_800_000) })
  assert.equal(await untilRefused(post('/beta/doctor/examine', { har })), 1)
  const probe = () => api.call('POST', '/beta/doctor/probe', { har }, applications)
  assert.equal(await untilRefused(probe), 1)
  const applied = await api.call('POST', '/beta/configuration/apply', { document })
  assert.equal(applied.status, 200)
  const read = await untilRefused(() => api.call('GET', '/beta/groups?$top=999', undefined, reader))
  assert.ok(read >= 10 && read <= 200, `${read}`)
})

test('a document of more than a MiB goes in as it came out [G6]', async () => {
  await using api = await openTestApi()
  const description = 'x'.repeat(1_000)
  const groups = Array.from({ length: 1_100 }, (_, i) => ({ displayName: `g${i}`, description }))
  const document = { version: 1, groups }
  const { status, body } = await api.call('POST', '/beta/configuration/diff', { document })
  assert.equal(status, 200)
  assert.equal(body.changes.length, 1_100)
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
