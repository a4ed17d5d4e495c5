import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LiveStreams } from './live-streams.ts'

test('the streams of ended sessions close, others and those already over do not [S9]', () => {
  const live = new LiveStreams()
  const closed: string[] = []
  live.add('a', () => closed.push('a1'))
  live.add('a', () => closed.push('a2'))
  live.add('b', () => closed.push('b'))
  const forget = live.add('a', () => closed.push('over'))
  forget()
  live.end(['a', 'unknown'])
  assert.deepEqual(closed, ['a1', 'a2'])
})

test('a stream that forgets itself while the session ends disturbs no other [S9]', () => {
  const live = new LiveStreams()
  const closed: string[] = []
  const forget = live.add('a', () => {
    forget()
    closed.push('first')
  })
  live.add('a', () => closed.push('second'))
  live.end(['a'])
  assert.deepEqual(closed, ['first', 'second'])
})
