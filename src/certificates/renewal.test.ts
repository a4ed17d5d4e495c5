import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nextAttemptTime, renewalTime } from './renewal.ts'

const dayMs = 86_400_000

test('a certificate is renewed at two thirds of its own lifetime, or a little before [P11]', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 400 }), (thumbprint, days) => {
      const at = renewalTime({ thumbprint, notBefore: 1_000, notAfter: 1_000 + days * dayMs })
      const share = (at - 1_000) / (days * dayMs)
      assert.ok(share <= 2 / 3 + 1e-9 && share >= 2 / 3 - 1 / 30 - 1e-9, `${share}`)
    }),
  )
})

test('certificates of one day are not renewed in one moment [P11]', () => {
  const dates = { notBefore: 0, notAfter: 90 * dayMs }
  const times = Array.from({ length: 50 }, (_, i) => renewalTime({ thumbprint: `${i}`, ...dates }))
  assert.equal(new Set(times).size, 50)
  assert.ok(Math.max(...times) - Math.min(...times) > dayMs)
})

const waits = [
  [1, 5],
  [2, 20],
  [3, 80],
  [4, 320],
  [5, 1280],
  [6, 1440],
  [1000, 1440],
] as const
for (const [failures, minutes] of waits) {
  test(`after ${failures} failures it is ${minutes} minutes, give or take a tenth [P11]`, () => {
    for (const [random, factor] of [
      [0, 0.9],
      [0.5, 1],
      [1, 1.1],
    ] as const) {
      const at = nextAttemptTime(failures, 1_000, undefined, random)
      assert.ok(Math.abs(at - 1_000 - minutes * 60_000 * factor) < 1)
    }
  })
}

test('never before the authority wants to hear of it again [P11]', () => {
  assert.equal(nextAttemptTime(1, 0, 7 * dayMs, 0.5), 7 * dayMs)
  assert.equal(nextAttemptTime(1, 0, 1, 0.5), 300_000)
  assert.equal(nextAttemptTime(1, 0, 7_000 * dayMs, 0.5), 7 * dayMs)
})
