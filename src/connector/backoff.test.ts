import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { backoffCapMs, backoffMs, refusedBackoffMs } from './backoff.ts'

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

test('a wait is anything up to the bound, which doubles from 1 s to the cap of 60 s [K4]', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 6, 7, 1_000].map((failures) => backoffMs(failures, 1)),
    [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000],
  )
  assert.equal(backoffMs(9, 0), 0)
  fc.assert(
    fc.property(fc.nat(), random, (failures, chance) => {
      const delayMs = backoffMs(failures, chance)
      assert.ok(delayMs >= 0 && delayMs <= backoffCapMs)
    }),
  )
})

test('of 2 000 connectors that lost their edge together, 99 % are back within 60 s [K4]', () => {
  // An edge that is away for 20 s: every connector tries until it is there.
  const back = Array.from({ length: 2_000 }, () => {
    let at = 0
    for (let failures = 0; at < 20_000; failures++) at += backoffMs(failures, Math.random())
    return at
  }).sort((a, b) => a - b)
  assert.ok((back[1_980] as number) < 20_000 + backoffCapMs)
})

test('after a refusal that only an administrator lifts the wait is near the cap, but there is one', () => {
  fc.assert(
    fc.property(random, (chance) => {
      const delayMs = refusedBackoffMs(chance)
      assert.ok(delayMs >= backoffCapMs / 2 && delayMs <= backoffCapMs)
    }),
  )
})
