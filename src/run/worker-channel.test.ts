import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GuessLimit } from '../tunnel/guess-limit.ts'
import { startChannels } from './fixture-channels.ts'

test('ten wrong enrolment tokens are ten, whichever workers they come to [K1]', () => {
  const limits = startChannels(4).map((channel) => {
    const limit = new GuessLimit((network) => channel.announce({ kind: 'guessed', network }))
    channel.onGuessed((network) => limit.learn(network, 0))
    return limit
  })
  for (let guess = 0; guess < 10; guess++) {
    for (const limit of limits) assert.equal(limit.isReached('2001:db8::1', 0), false)
    limits[guess % 4]?.note('2001:db8::1', 0)
  }
  for (const limit of limits) {
    assert.equal(limit.isReached('2001:db8::2', 0), true)
    assert.equal(limit.isReached('192.0.2.1', 0), false)
  }
})

test('of the workers that answer, the first speaks for all', () => {
  const channels = startChannels(3)
  const first = () => channels.map(({ isFirst }) => isFirst)
  assert.deepEqual(first(), [true, false, false])
  for (const other of channels.slice(1)) other.receive({ kind: 'gone', worker: 0 })
  assert.deepEqual(first(), [true, true, false])
  for (const other of channels.slice(1)) other.receive({ kind: 'joined', worker: 0 })
  assert.deepEqual(first(), [true, false, false])
})
