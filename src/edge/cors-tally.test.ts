import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CorsTally, others } from './cors-tally.ts'

const rule = { id: 'r', resource: '/' }
const call = {
  applicationId: 'a',
  segmentId: undefined,
  requestHeaders: undefined,
  origin: 'https://home.contoso.net',
  method: 'PUT',
  because: { code: 'method-not-allowed', method: 'PUT', rule },
  mode: 'dryRun',
} as const

test('equal calls are counted together, others apart, with the first and the last time [C13] [D3]', () => {
  let now = 5
  const tally = new CorsTally(() => now)
  tally.count(call)
  now = 9
  tally.count(call)
  tally.count({ ...call, mode: 'enforce' })
  const counts = tally.take()
  assert.deepEqual(
    counts.map(({ mode, count, firstAt, lastAt }) => [mode, count, firstAt, lastAt]),
    [
      ['dryRun', 2, 5, 9],
      ['enforce', 1, 9, 9],
    ],
  )
  assert.deepEqual(tally.take(), [])
})

test('what could not be kept is added again, and no count is lost [D3]', () => {
  const tally = new CorsTally(() => 1)
  tally.count(call)
  const taken = tally.take()
  tally.count(call)
  tally.add(taken)
  assert.deepEqual(
    tally.take().map(({ count }) => count),
    [2],
  )
})

test('whoever makes up origins and methods costs bounded memory, and every call is counted [D3]', () => {
  const tally = new CorsTally(() => 1)
  for (let i = 0; i < 5_000; i += 1) {
    tally.count({
      ...call,
      origin: `https://${'x'.repeat(i)}${i}.test`,
      method: `M${i}`.repeat(50),
    })
  }
  const counts = tally.take()
  assert.equal(counts.length, 1_001)
  assert.equal(
    counts.reduce((sum, { count }) => sum + count, 0),
    5_000,
  )
  assert.equal(counts.find(({ origin }) => origin === others)?.count, 4_000)
  for (const { origin, method } of counts) {
    assert.ok(origin.length <= 300 && method.length <= 32)
  }
})

test('what a preflight asked for is kept as names, each once, and nothing else [D3]', () => {
  const tally = new CorsTally(() => 1)
  tally.count({ ...call, requestHeaders: 'X-B, x-a,x-b, b@d,' })
  tally.count({ ...call, requestHeaders: 'x'.repeat(9_000) })
  assert.deepEqual(
    tally.take().map(({ headers }) => headers),
    [['x-a', 'x-b'], []],
  )
})
