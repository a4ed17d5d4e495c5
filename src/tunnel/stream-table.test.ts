import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { StreamTable } from './stream-table.ts'

/** `id` comes, or goes when it is there. */
const comingsAndGoings = fc.array(
  fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 0x7fff_ffff })),
  { maxLength: 400 },
)

test('a table of streams holds what a Map of them would [K4]', () => {
  fc.assert(
    fc.property(comingsAndGoings, (ids) => {
      const table = new StreamTable<{ readonly id: number }>()
      const map = new Map<number, { readonly id: number }>()
      for (const id of ids) {
        if (map.delete(id)) table.delete(id)
        else {
          const stream = { id }
          map.set(id, stream)
          table.add(stream)
        }
        assert.equal(table.size, map.size)
        assert.equal(table.get(id), map.get(id))
      }
      for (const id of ids) assert.equal(table.get(id), map.get(id))
      assert.deepEqual(new Set(table.list()), new Set(map.values()))
    }),
    { numRuns: 200 },
  )
})

test('a table of streams finds each of many that stay, while others pass through', () => {
  const table = new StreamTable<{ readonly id: number }>()
  for (let id = 1; id <= 8_192; id++) table.add({ id })
  for (let id = 8_193; id <= 40_000; id++) {
    table.add({ id })
    table.delete(id)
  }
  for (let id = 1; id <= 8_192; id++) assert.equal(table.get(id)?.id, id)
  for (let id = 1; id <= 8_192; id++) table.delete(id)
  assert.equal(table.size, 0)
  assert.deepEqual(table.list(), [])
})

test('a number that is not in a table of streams may be taken out of it', () => {
  const table = new StreamTable<{ readonly id: number }>()
  table.add({ id: 1 })
  table.delete(2)
  assert.equal(table.size, 1)
})
