import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Budget } from './budget.ts'

test('a Budget gives its burst at once, then so much per second [F8]', () => {
  const budget = new Budget(100, 33, 0)
  for (let i = 0; i < 100; i++) assert.ok(budget.take(1, 0))
  assert.ok(!budget.take(1, 0))
  assert.ok(budget.take(32, 1_000))
  assert.ok(!budget.take(1, 1_000))
})

test('a Budget never gives more than burst and rate together, however it is asked [F8]', () => {
  const step = fc.record({ amount: fc.nat(50), afterMs: fc.nat(2_000) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const budget = new Budget(100, 33, 0)
      let nowMs = 0
      let given = 0
      for (const { amount, afterMs } of steps) {
        nowMs += afterMs
        if (budget.take(amount, nowMs)) given += amount
      }
      assert.ok(given <= 100 + (nowMs / 1000) * 33 + 1e-6)
    }),
  )
})

test('what a Budget is given back, it gives again, up to its burst [F1]', () => {
  const budget = new Budget(10, 0, 0)
  assert.ok(budget.take(10, 0))
  budget.give(100)
  assert.ok(budget.take(10, 0))
  assert.ok(!budget.take(1, 0))
})
