import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ArrivalLimit } from './arrival-limit.ts'

const minute = 60_000

test('links above the limit count from one on, for each connector, until the minute is over [K3]', () => {
  const limit = new ArrivalLimit(2)
  const taken = ['a', 'a', 'a', 'b', 'a'].map((id) => limit.take(id, minute))
  assert.deepEqual(taken, [0, 0, 1, 0, 2])
  assert.equal(limit.take('a', 2 * minute), 0)
})
