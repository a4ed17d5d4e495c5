import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from './log.ts'
import { createStrangerLog } from './stranger-log.ts'

test('strangers cause sixty warnings a minute at most, and the next minute says how many it were [R25]', () => {
  const said: string[] = []
  let nowMs = 0
  const note = (fields: object, message: string) => {
    said.push(`${message} ${JSON.stringify(fields)}`)
  }
  const log = createStrangerLog({ ...silentLog, warn: note, error: note }, () => nowMs)
  for (let i = 0; i < 1_000; i++) log.warn({}, 'refused')
  assert.equal(said.length, 60)
  log.error({}, 'an error is always said')
  assert.equal(said.length, 61)
  nowMs = 60_000
  log.warn({}, 'refused')
  assert.deepEqual(said.slice(61), [
    'there were more warnings about strangers {"unsaid":940}',
    'refused {}',
  ])
  nowMs = 120_000
  log.warn({}, 'refused')
  assert.equal(said.length, 64)
})
