import assert from 'node:assert/strict'
import { test } from 'node:test'
import { median, ratioOf, takeTurns } from './race.ts'

test('median() is the middle value, whatever the order, and the lower of two', () => {
  assert.equal(median([3, 1, 2]), 2)
  assert.equal(median([4, 1, 2, 3]), 2)
})

test('ratioOf() compares round with round, so that a slow machine slows both sides', () => {
  const ours = [40, 80, 40]
  const theirs = [20, 40, 10]
  assert.equal(
    ratioOf(theirs, ours, (cost) => cost),
    0.5,
  )
})

test('takeTurns() goes backwards every other round, so that nobody always follows the same other one', async () => {
  const order: string[] = []
  const turn = (name: string) => async () => order.push(name)
  const rounds = await takeTurns({ a: turn('a'), b: turn('b'), c: turn('c') }, 2)
  assert.deepEqual(order, ['a', 'b', 'c', 'c', 'b', 'a'])
  assert.deepEqual(rounds, { a: [1, 6], b: [2, 5], c: [3, 4] })
})

test('takeTurns() ends with the first round that fails', async () => {
  const broken = async () => {
    throw new Error('an answer was wrong')
  }
  await assert.rejects(takeTurns({ broken }, 3), /an answer was wrong/)
})
