import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Violation } from './frame.ts'
import { defaultLimits } from './limits.ts'
import { GrowthBudget, ReceiveWindow } from './window.ts'

const { initialCreditBytes, movingCreditBytes, creditBytesMax, growthBytesPerLink } = defaultLimits

/** A stream that moves without a pause: uses up what it is granted, `rounds` times. */
function move(window: ReceiveWindow, rounds: number): void {
  for (let i = 0; i < rounds; i++) {
    const bytes = window.size / 2
    window.receive(bytes)
    window.pass(bytes)
  }
}

test('a window grows as soon as its stream moves, and doubles while it does, up to the limit', () => {
  const window = new ReceiveWindow(defaultLimits, new GrowthBudget(defaultLimits))
  move(window, 1)
  assert.equal(window.size, movingCreditBytes)
  move(window, 1)
  assert.equal(window.size, 2 * movingCreditBytes)
  move(window, 20)
  assert.equal(window.size, creditBytesMax)
})

test('a window does not grow while its reader is behind', () => {
  const window = new ReceiveWindow(defaultLimits, new GrowthBudget(defaultLimits))
  for (let i = 0; i < 20; i++) {
    window.receive(initialCreditBytes / 2)
    window.pass(i === 0 ? 0 : initialCreditBytes / 2)
  }
  assert.equal(window.size, initialCreditBytes)
})

test('growth leaves something for the next stream, and comes back when a stream is over or rests', () => {
  const budget = new GrowthBudget(defaultLimits)
  const windows = Array.from({ length: 200 }, () => new ReceiveWindow(defaultLimits, budget))
  for (const window of windows) move(window, 20)
  assert.ok(budget.free >= 0)
  const sizes = windows.map(({ size }) => size)
  assert.equal(sizes[0], creditBytesMax)
  assert.ok((sizes[199] as number) >= movingCreditBytes)

  const [first, ...others] = windows as [ReceiveWindow, ...ReceiveWindow[]]
  for (const window of others) window.close()
  first.rest()
  first.rest()
  assert.equal(first.size, initialCreditBytes)
  // The peer still has the credit: the budget gets it back as it is used.
  assert.ok(budget.free < growthBytesPerLink)
  for (let i = 0; i < 200; i++) {
    first.receive(initialCreditBytes / 4)
    first.pass(initialCreditBytes / 4)
    first.rest()
  }
  first.close()
  assert.equal(budget.free, growthBytesPerLink)
})

test('data beyond the credit is a violation, whatever was granted before', () => {
  const window = new ReceiveWindow(defaultLimits, new GrowthBudget(defaultLimits))
  window.receive(initialCreditBytes)
  assert.throws(() => window.receive(1), Violation)
})

test('whatever a stream does, the credit outstanding stays within what was reserved for it', () => {
  const step = fc.oneof(
    fc.record({ receive: fc.nat(400_000) }),
    fc.record({ pass: fc.nat(400_000) }),
    fc.constant('rest' as const),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const budget = new GrowthBudget(defaultLimits)
      const window = new ReceiveWindow(defaultLimits, budget)
      let allowance = initialCreditBytes
      let held = 0
      for (const each of steps) {
        if (each === 'rest') window.rest()
        else if ('receive' in each) {
          const bytes = Math.min(each.receive, allowance)
          window.receive(bytes)
          allowance -= bytes
          held += bytes
        } else {
          held -= Math.min(each.pass, held)
          allowance += window.pass(each.pass)
        }
        const reserved = growthBytesPerLink - budget.free
        assert.ok(allowance + held <= initialCreditBytes + reserved)
        assert.ok(reserved >= 0 && reserved <= creditBytesMax)
      }
      window.close()
      assert.equal(budget.free, growthBytesPerLink)
    }),
  )
})
