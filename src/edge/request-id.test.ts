import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRequestId } from './request-id.ts'

test('request ids are random UUIDs of version 4, each another [F7]', () => {
  const ids = Array.from({ length: 1_000 }, createRequestId)
  for (const id of ids) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  }
  assert.equal(new Set(ids).size, ids.length)
  for (const place of [0, 9, 15, 20, 35]) {
    const seen = new Set(ids.map((id) => id[place]))
    assert.equal(seen.size, 16, `every digit comes at place ${place}`)
  }
})
