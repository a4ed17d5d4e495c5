import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type FilterFields, parseFilter } from './filter.ts'
import { Refusal } from './refusal.ts'

interface Item {
  readonly name: string
  readonly on?: boolean
  readonly tags: readonly string[]
}

const fields: FilterFields<Item> = {
  displayName: (item) => item.name,
  'publishing/isOn': (item) => item.on,
  tags: (item) => item.tags,
}
const items: readonly Item[] = [
  { name: 'Alpha', on: true, tags: ['HideApp'] },
  { name: "O'Neill", on: false, tags: [] },
  { name: 'beta', tags: ['x', 'y'] },
]

const cases = [
  ["displayName eq 'alpha'", ['Alpha']],
  ["DisplayName eq 'o''neill'", ["O'Neill"]],
  ['publishing/isOn eq true', ['Alpha']],
  ['publishing/isOn ne true', ["O'Neill", 'beta']],
  ['publishing/isOn eq null', ['beta']],
  ["startswith(displayName,'B')", ['beta']],
  ["startsWith( displayName , 'al' ) or publishing/isOn eq false", ['Alpha', "O'Neill"]],
  ["tags/any(t:t eq 'HideApp')", ['Alpha']],
  ["Tags/Any(x: x eq 'y')", ['beta']],
  ["not (displayName eq 'alpha' or displayName eq 'beta')", ["O'Neill"]],
  ["displayName eq 'alpha' or displayName eq 'beta' and publishing/isOn eq true", ['Alpha']],
] as const
for (const [text, names] of cases) {
  test(`parseFilter() selects by ${text} [G1]`, () => {
    const found = items.filter(parseFilter(text, fields)).map((item) => item.name)
    assert.deepEqual(found, names)
  })
}

const refused = [
  '',
  'displayName',
  "displayName eq 'a",
  "displayName has 'a'",
  "secret eq 'a'",
  "constructor eq 'a'",
  "constructor(displayName,'a')",
  "displayName constructor 'a'",
  "displayName eq 'a' and",
  "(displayName eq 'a'",
  "displayName eq 'a' displayName eq 'b'",
  "tags/any(t:s eq 'a')",
  'displayName eq 1e400',
  `${'('.repeat(1000)}displayName eq 'a'${')'.repeat(900)}`,
  `displayName eq '${'a'.repeat(3000)}'`,
]
for (const text of refused) {
  test(`parseFilter() refuses ${text.slice(0, 40) || 'nothing'} [G4]`, () => {
    assert.throws(
      () => parseFilter(text, fields),
      (thrown) => thrown instanceof Refusal && thrown.status === 400,
    )
  })
}

test('parseFilter() finds any text by eq, whatever stands in it', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      const filter = parseFilter(`displayName eq '${name.replaceAll("'", "''")}'`, fields)
      assert.ok(filter({ name, tags: [] }))
      assert.ok(!filter({ name: `${name}.`, tags: [] }))
    }),
  )
})

test('parseFilter() either compiles or refuses, and never fails otherwise', () => {
  const words = fc.constantFrom(
    ...['displayName', 'eq', 'or', 'not', '(', ')', ',', ':', "'a'", 'tags/any', 'startswith', '1'],
  )
  fc.assert(
    fc.property(fc.array(words, { maxLength: 12 }), (tokens) => {
      try {
        parseFilter(tokens.join(' '), fields)
      } catch (thrown) {
        assert.ok(thrown instanceof Refusal)
      }
    }),
  )
})
