import assert from 'node:assert/strict'
import { test } from 'node:test'
import { logQuery, quoted, since } from './filter.ts'

test('what is typed into a filter stays text', () => {
  assert.equal(quoted("o'neil' or 1 eq 1"), "'o''neil'' or 1 eq 1'")
})

test('conditions that are not there are left out', () => {
  assert.equal(logQuery([undefined], 50), '?$top=50')
  const query = new URLSearchParams(logQuery(["a eq 'b & c'", undefined, 'd eq 1'], 50))
  assert.equal(query.get('$filter'), "a eq 'b & c' and d eq 1")
  assert.equal(query.get('$top'), '50')
})

test('since so many days is the same for an hour', () => {
  const now = Date.parse('2026-11-22T12:34:56Z')
  assert.equal(since('at', '7', now), 'at ge 2026-11-15T12:00:00.000Z')
  assert.equal(since('at', '7', now + 60_000), since('at', '7', now))
  assert.equal(since('at', undefined, now), undefined)
})
