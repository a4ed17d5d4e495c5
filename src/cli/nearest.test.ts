import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearest } from './nearest.ts'
import { since } from './time.ts'

const names = ['Wiki', 'Shop', 'Warehouse', 'Payroll Berlin', 'Payroll Potsdam']

const words: readonly (readonly [string, readonly string[]])[] = [
  ['wikki', ['Wiki']],
  ['Shpo', ['Shop']],
  ['payroll', ['Payroll Berlin', 'Payroll Potsdam']],
  ['warehuose', ['Warehouse']],
  ['something else', []],
]
for (const [word, near] of words) {
  test(`whoever types ${word} may have meant ${near.join(' or ') || 'nothing there is'}`, () => {
    assert.deepEqual(nearest(word, names), near)
  })
}

test('times are said as how long ago, or as a date', () => {
  const now = Date.parse('2026-11-22T12:00:00Z')
  assert.equal(since('90m', now), '2026-11-22T10:30:00.000Z')
  assert.equal(since('7d', now), '2026-11-15T12:00:00.000Z')
  assert.equal(since('2026-11-01', now), '2026-11-01T00:00:00.000Z')
  assert.equal(since('yesterday', now), undefined)
})
