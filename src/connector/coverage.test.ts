import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { EdgePlace } from '../tunnel/handshake.ts'
import { isPlaceWanted, linksNeeded, missedWorkerWaitMs } from './coverage.ts'

const at = (worker: number, workers: number, edgeId = 'edge'): EdgePlace => ({
  edgeId,
  worker,
  workers,
})

const places = [
  ['the first link', at(1, 4), [], 3, true],
  ['a worker without a link', at(1, 4), [at(0, 4)], 2, true],
  ['a worker with a link while the rest are needed elsewhere', at(0, 4), [at(0, 4)], 2, false],
  ['a second link to the only worker', at(0, 1), [at(0, 1)], 0, true],
  ['a worker with a link, with links to spare', at(0, 2), [at(0, 2)], 1, true],
  ['the last link, on a worker with a link', at(0, 2), [at(0, 2)], 0, false],
  ['the same worker number of another edge', at(0, 1, 'other'), [at(0, 1)], 0, true],
] as const
for (const [what, place, others, linksToCome, wanted] of places) {
  test(`isPlaceWanted() says ${wanted} to ${what} [N2]`, () => {
    assert.equal(isPlaceWanted(place, others, linksToCome), wanted)
  })
}

test('links that are kept as isPlaceWanted() says cover every worker, whatever the system draws [N2]', () => {
  const world = fc.record({
    workers: fc.integer({ min: 1, max: 12 }),
    asked: fc.integer({ min: 1, max: 16 }),
    seed: fc.infiniteStream(fc.nat(1_000_000)),
  })
  fc.assert(
    fc.property(world, ({ workers, asked, seed }) => {
      const held: EdgePlace[] = []
      let needed = asked
      for (const draw of seed) {
        const place = at(draw % workers, workers)
        needed = linksNeeded(asked, [...held, place])
        if (isPlaceWanted(place, held, needed - held.length - 1)) held.push(place)
        if (held.length === needed) break
      }
      assert.equal(new Set(held.map(({ worker }) => worker)).size, workers)
      assert.equal(held.length, Math.max(asked, workers))
    }),
  )
})

test('a worker that is missed again and again becomes a failure like any other', () => {
  assert.equal(missedWorkerWaitMs(1, 2, 0.5), 25)
  assert.equal(missedWorkerWaitMs(16, 2, 0), 0)
  assert.equal(missedWorkerWaitMs(17, 2, 0), undefined)
})
