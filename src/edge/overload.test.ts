import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgeLoad, type Load, type MemoryUse, Overload } from './overload.ts'

const cases = [
  [{ process: 0.2, heap: 0.3 }, 'normal'],
  [{ process: 0.84, heap: 0.84 }, 'normal'],
  [{ process: 0.85, heap: 0.1 }, 'shed'],
  [{ process: 0.1, heap: 0.9 }, 'shed'],
  [{ process: 0.93, heap: 0.1 }, 'refuse'],
  [{ process: 0.9, heap: 1.2 }, 'refuse'],
] as const
for (const [use, expected] of cases) {
  test(`with ${use.process} of the memory and ${use.heap} of the heap in use the load is ${expected} [R7]`, () => {
    assert.equal(judgeLoad(use), expected)
  })
}

test('the load follows the memory up and down, and every change is told once [R7]', async () => {
  const uses = [0.1, 0.9, 0.9, 0.95, 0.1].map((part) => ({ process: part, heap: 0 }))
  const told: [Load, MemoryUse][] = []
  const { promise: back, resolve } = Promise.withResolvers<void>()
  const seen = (load: Load, use: MemoryUse) => {
    told.push([load, use])
    if (load === 'normal') resolve()
  }
  using overload = new Overload(seen, 1, () => uses.shift() ?? { process: 0.1, heap: 0 })
  assert.equal(overload.load, 'normal')
  const alive = setInterval(() => {}, 1_000)
  await back
  clearInterval(alive)
  assert.deepEqual(
    told.map(([load, { process }]) => [load, process]),
    [
      ['shed', 0.9],
      ['refuse', 0.95],
      ['normal', 0.1],
    ],
  )
})

test('a process that has just started is not overloaded [R7]', async () => {
  const changes: Load[] = []
  using overload = new Overload((load) => changes.push(load))
  await new Promise((resolve) => setTimeout(resolve, 250))
  assert.deepEqual([overload.load, changes], ['normal', []])
})
