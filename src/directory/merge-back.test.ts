import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type JsonObject, mergeBack } from './merge-back.ts'

const none: ReadonlySet<string> = new Set()

const cases = [
  [
    'a field that nobody touched since goes back, one that somebody changed since stays',
    { before: { a: 1, b: 1 }, after: { a: 2, b: 1 }, now: { a: 2, b: 9 } },
    { value: { a: 1, b: 9 }, overlaps: [] },
  ],
  [
    'a field changed in both is an overlap, and goes back when forced',
    { before: { a: { b: 1 } }, after: { a: { b: 2 } }, now: { a: { b: 3 } } },
    { value: { a: { b: 1 } }, overlaps: ['a/b'] },
  ],
  [
    'a member of a list with ids comes back where it stood',
    {
      before: { s: [{ id: 'x' }, { id: 'y' }, { id: 'z' }] },
      after: { s: [{ id: 'x' }, { id: 'z' }] },
      now: { s: [{ id: 'x' }, { id: 'z', name: 'new' }, { id: 'w' }] },
    },
    {
      value: { s: [{ id: 'x' }, { id: 'y' }, { id: 'z', name: 'new' }, { id: 'w' }] },
      overlaps: [],
    },
  ],
  [
    'a member that was added goes, unless it was changed since',
    {
      before: { s: [] },
      after: { s: [{ id: 'x', name: 'a' }] },
      now: { s: [{ id: 'x', name: 'b' }, { id: 'y' }] },
    },
    { value: { s: [{ id: 'y' }] }, overlaps: ['s/x'] },
  ],
  [
    'a list without ids is one value',
    { before: { l: ['a'] }, after: { l: ['a', 'b'] }, now: { l: ['a', 'b', 'c'] } },
    { value: { l: ['a'] }, overlaps: ['l'] },
  ],
] as const

for (const [what, { before, after, now }, expected] of cases) {
  test(`mergeBack(): ${what} [G4]`, () => {
    assert.deepEqual(mergeBack(before, after, now, none), expected)
  })
}

test('mergeBack() leaves stamps as they are today [G4]', () => {
  const stamps = new Set(['at'])
  const merged = mergeBack({ a: 1, at: 1 }, { a: 2, at: 2 }, { a: 2, b: 1, at: 3 }, stamps)
  assert.deepEqual(merged, { value: { a: 1, b: 1, at: 3 }, overlaps: [] })
})

const json = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue({ maxDepth: 2 }))

test('mergeBack() of what nobody changed since is what was before [G4]', () => {
  fc.assert(
    fc.property(json, json, (before, after) => {
      const merged = mergeBack(before as JsonObject, after as JsonObject, after as JsonObject, none)
      assert.deepEqual(merged.overlaps, [])
      assert.deepEqual({ ...merged.value }, { ...before })
    }),
    { numRuns: 50 },
  )
})
