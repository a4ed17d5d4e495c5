import assert from 'node:assert/strict'
import { test } from 'node:test'
import { detached } from './detached.ts'

test('detached() changes nothing but what a text holds on to', () => {
  for (const text of ['', 'a.test:8443', 'w\xe4hl', '\u0161.test', '\u{1f6aa}']) {
    assert.equal(detached(text), text)
  }
})
