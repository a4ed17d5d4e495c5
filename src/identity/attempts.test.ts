import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Attempts } from './attempts.ts'

test('the eleventh failure from one address within five minutes has to wait, and is told how long', () => {
  let now = 0
  const attempts = new Attempts(() => now)
  for (let i = 0; i < 10; i++) assert.ok(attempts.begin('alice', '192.0.2.1').allowed)
  now = 60_000
  assert.deepEqual(attempts.begin('Alice ', '192.0.2.1'), {
    allowed: false,
    retryAfterSeconds: 240,
  })
  assert.ok(attempts.begin('alice', '192.0.2.2').allowed, 'another place is not locked out')
  assert.ok(attempts.begin('bob', '192.0.2.1').allowed, 'nor is a colleague')
  now = 300_000
  assert.ok(attempts.begin('alice', '192.0.2.1').allowed)
})

test('one address cannot try many accounts', () => {
  const attempts = new Attempts(() => 0)
  for (let i = 0; i < 50; i++) assert.ok(attempts.begin(`user${i}`, '192.0.2.1').allowed)
  assert.ok(!attempts.begin('user50', '192.0.2.1').allowed)
})

test('many addresses cannot try one account without end', () => {
  const attempts = new Attempts(() => 0)
  for (let i = 0; i < 90; i++) assert.ok(attempts.begin('alice', `192.0.2.${i}`).allowed)
  assert.ok(!attempts.begin('alice', '198.51.100.1').allowed)
})

test('the right password forgives the typing errors before it', () => {
  const attempts = new Attempts(() => 0)
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 4; i++) assert.ok(attempts.begin('alice', '192.0.2.1').allowed)
    attempts.succeed('alice', '192.0.2.1')
  }
})
