import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changedFields } from './changed-fields.ts'

test('a form sends what differs from what is saved, and nothing else', () => {
  const saved = { a: 1, list: [{ b: 'x' }], c: true }
  assert.deepEqual(changedFields({ a: 1, list: [{ b: 'x' }] }, saved), {})
  assert.deepEqual(changedFields({ a: 2, list: [{ b: 'y' }] }, saved), { a: 2, list: [{ b: 'y' }] })
})
