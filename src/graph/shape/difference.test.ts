import assert from 'node:assert/strict'
import { test } from 'node:test'
import { differences } from './difference.ts'

const cases = [
  ['nothing where nothing changed', { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
  ['a field', { a: { b: 1, c: 1 } }, { a: { b: 2, c: 1 } }, [['a/b', 1, 2]]],
  ['a field that comes', {}, { a: 1 }, [['a', null, 1]]],
  ['a list of words as one value', { l: ['a'] }, { l: ['a', 'b'] }, [['l', ['a'], ['a', 'b']]]],
  [
    'members with ids by these',
    { s: [{ id: 'x', u: 1 }, { id: 'y' }] },
    { s: [{ id: 'z' }, { id: 'x', u: 2 }] },
    [
      ['s/x/u', 1, 2],
      ['s/y', { id: 'y' }, null],
      ['s/z', null, { id: 'z' }],
    ],
  ],
  [
    'another order as one value',
    { s: [{ id: 'x' }, { id: 'y' }] },
    { s: [{ id: 'y' }, { id: 'x' }] },
    [['s', [{ id: 'x' }, { id: 'y' }], [{ id: 'y' }, { id: 'x' }]]],
  ],
  ['a whole that comes', undefined, { a: 1 }, [['', null, { a: 1 }]]],
] as const

for (const [what, before, after, expected] of cases) {
  test(`differences() names ${what} [G4]`, () => {
    const found = differences(before, after)
    assert.deepEqual(
      found.map((each) => [each.path, each.before, each.after]),
      expected,
    )
  })
}
