import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeAge } from './age.ts'

const now = Date.parse('2026-11-22T12:00:00Z')
const cases = [
  ['2026-11-22T11:59:30Z', 'just now'],
  ['2026-11-22T11:58:30Z', '1 minute ago'],
  ['2026-11-22T08:00:00Z', '4 hours ago'],
  ['2026-11-20T11:00:00Z', '2 days ago'],
  ['2026-11-25T12:00:00Z', 'in 3 days'],
] as const
for (const [at, words] of cases) {
  test(`${at} is told as ${words}`, () => {
    assert.equal(describeAge(Date.parse(at), now), words)
  })
}
