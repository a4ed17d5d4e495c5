import assert from 'node:assert/strict'
import { test } from 'node:test'
import { searchQuery } from './people.ts'

const cases = [
  ['', ''],
  ['  "" ', ''],
  ['ann', '"displayName:ann" OR "mail:ann"'],
  [' o"neil \\', '"displayName:o neil" OR "mail:o neil"'],
  ['a&b', '"displayName:a&b" OR "mail:a&b"'],
] as const
for (const [typed, search] of cases) {
  test(`searchQuery() of ${JSON.stringify(typed)} says ${search || 'nothing'}`, () => {
    const query = new URLSearchParams(searchQuery(typed, ['displayName', 'mail']))
    assert.equal(query.get('$search') ?? '', search)
  })
}
