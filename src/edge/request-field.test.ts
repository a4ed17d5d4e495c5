import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requestField } from './request-field.ts'

const names = [
  ['HOST', { name: 'host', wellFormed: true, slot: 'host', list: false, ends: true }],
  ['Origin', { name: 'origin', wellFormed: true, slot: 'origin', list: false, ends: false }],
  ['accept', { name: 'accept', wellFormed: true, slot: 'accept', list: true, ends: false }],
  [
    'Connection',
    { name: 'connection', wellFormed: true, slot: 'connection', list: true, ends: true },
  ],
  ['X-Custom', { name: 'x-custom', wellFormed: true, slot: undefined, list: false, ends: false }],
  [
    'Remote-User',
    { name: 'remote-user', wellFormed: true, slot: undefined, list: false, ends: true },
  ],
  [
    'Remote_User',
    { name: 'remote_user', wellFormed: true, slot: undefined, list: false, ends: true },
  ],
  ['a b', { name: 'a b', wellFormed: false, slot: undefined, list: false, ends: false }],
] as const
for (const [written, meaning] of names) {
  test(`requestField() knows what ${written} means, the first time and again [F8] [S12]`, () => {
    assert.deepEqual(requestField(written), meaning)
    assert.deepEqual(requestField(written), meaning)
  })
}

test('requestField() tells names apart when it has seen more than it remembers [S12]', () => {
  for (let i = 0; i < 3000; i++) {
    assert.equal(requestField(`X-Own-${i}`).ends, false)
    assert.equal(requestField(`X_Own-${i}`).ends, true)
  }
})
