import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  judgeLoad,
  type Load,
  type MemoryUse,
  memoryReader,
  newcomersMax,
  Overload,
} from './overload.ts'

const mebibyte = 1024 * 1024

function use(usedMib: number, limitMib: number, heap = 0): MemoryUse {
  return { usedBytes: usedMib * mebibyte, limitBytes: limitMib * mebibyte, heap }
}

const cases = [
  [use(150, 256), 'normal'],
  [use(191, 256), 'normal'],
  [use(193, 256), 'shed'],
  [use(206, 256), 'shed'],
  [use(209, 256), 'refuse'],
  [use(300, 256), 'refuse'],
  [use(870, 1_024), 'normal'],
  [use(871, 1_024), 'shed'],
  [use(953, 1_024), 'refuse'],
  [use(110, 150), 'normal'],
  [use(100, 1_024, 0.86), 'shed'],
  [use(100, 1_024, 0.94), 'refuse'],
] as const
for (const [memory, expected] of cases) {
  const { usedBytes, limitBytes, heap } = memory
  const used = `${usedBytes / mebibyte} of ${limitBytes / mebibyte} MiB`
  test(`with ${used} and ${heap} of the heap in use the load is ${expected} [R7]`, () => {
    assert.equal(judgeLoad(memory), expected)
  })
}

test('so many connections are taken at once as there is room for, whatever each may cost [R7]', () => {
  assert.equal(newcomersMax(use(150, 256)), 154)
  assert.equal(newcomersMax(use(240, 256)), 0)
  assert.ok(newcomersMax(use(1_000, 16_384)) > 30_000)
})

test('a rush of connections is stopped before it shows in the memory, and goes on a second later [R7]', async () => {
  using overload = new Overload(
    () => use(150, 256),
    () => {},
  )
  // Before the first look nobody knows; there is one now.
  await new Promise((resolve) => setTimeout(resolve, 100))
  const takeAll = () => {
    let taken = 0
    while (overload.take()) taken++
    return taken
  }
  assert.equal(takeAll(), 154)
  assert.equal(overload.load, 'normal')
  const alive = setInterval(() => {}, 1_000)
  while (!overload.take()) await new Promise((resolve) => setTimeout(resolve, 20))
  clearInterval(alive)
  assert.equal(takeAll(), 153)
})

test('the load follows the memory up and down, and every change is told once [R7]', async () => {
  // A look that collects garbage reads twice; which ones do depends on how long the machine lets the last one lie back.
  const uses = [100, 900, 990].flatMap((used) => Array<MemoryUse>(3).fill(use(used, 1_024)))
  const told: [Load, MemoryUse][] = []
  const { promise: back, resolve } = Promise.withResolvers<void>()
  const seen = (load: Load, use: MemoryUse) => {
    told.push([load, use])
    if (load === 'normal') resolve()
  }
  using overload = new Overload(() => uses.shift() ?? use(100, 1_024), seen)
  assert.equal(overload.load, 'normal')
  const alive = setInterval(() => {}, 1_000)
  await back
  clearInterval(alive)
  assert.deepEqual(
    told.map(([load, { usedBytes }]) => [load, usedBytes / mebibyte]),
    [
      ['shed', 900],
      ['refuse', 990],
      ['normal', 100],
    ],
  )
})

test('a process that has just started is not overloaded [R7]', async () => {
  const changes: Load[] = []
  using overload = new Overload(
    memoryReader(1, () => 0),
    (load) => changes.push(load),
  )
  await new Promise((resolve) => setTimeout(resolve, 250))
  assert.deepEqual([overload.load, changes], ['normal', []])
})

test('what is resident counts only as far as connections and buffers account for it [R7]', () => {
  let connections = 0
  const read = memoryReader(1, () => connections)
  const idle = read().usedBytes
  assert.ok(idle <= process.memoryUsage.rss())
  connections = 1_000_000
  const rushed = read().usedBytes
  assert.ok(rushed >= idle && Math.abs(rushed - process.memoryUsage.rss()) < 16 * mebibyte)
})
