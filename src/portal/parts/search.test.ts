import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refined } from './search.ts'

test('a filter that is emptied leaves nothing in the URL', () => {
  const before: { q?: string; kind?: string } = { q: 'a', kind: 'b' }
  assert.deepEqual(refined(before, { kind: '' }), { q: 'a' })
  assert.deepEqual(refined(before, { kind: 'c' }), { q: 'a', kind: 'c' })
})
