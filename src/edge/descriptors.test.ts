import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectionsMax } from './descriptors.ts'

const cases = [
  [1_024, 896],
  [256, 192],
  [1_048_576, 1_048_448],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
] as const
for (const [descriptors, connections] of cases) {
  test(`with ${descriptors} open files allowed, ${connections} connections are taken [R7]`, () => {
    assert.equal(connectionsMax(descriptors), connections)
  })
}

test('the limit of this process is known', () => {
  assert.ok(connectionsMax() > 0)
})
