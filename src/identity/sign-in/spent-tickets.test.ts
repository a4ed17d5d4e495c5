import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SpentTickets } from './spent-tickets.ts'

test('a ticket counts once in its lifetime, whichever process it is shown to [S2]', () => {
  let now = 0
  const two = new SpentTickets(() => now)
  const one = new SpentTickets(
    () => now,
    (id, forgetAt) => two.learn(id, forgetAt),
  )
  assert.equal(one.spend('a', 1_000), true)
  assert.equal(one.spend('a', 1_000), false)
  assert.equal(two.spend('a', 1_000), false)
  assert.equal(two.spend('b', 1_000), true)
  now = 1_000
  // Sealed texts have run out by themselves by then.
  assert.equal(two.spend('a', 1_000), true)
})

test('tickets without end are refused, not remembered without end', () => {
  const tickets = new SpentTickets(() => 0)
  for (let n = 0; n < 200_000; n++) assert.ok(tickets.spend(`${n}`, 1_000))
  assert.equal(tickets.spend('one more', 1_000), false)
  assert.equal(tickets.spend('0', 1_000), false)
})
