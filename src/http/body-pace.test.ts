import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BodyPace } from './body-pace.ts'

const limits = { bodyIdleTimeoutMs: 30_000, bodyBytesPerSecondMin: 240 }

/** Seconds until a body that brings so many bytes every so often is too slow; undefined within an hour. */
function secondsUntilTooSlow(bytes: number, everySeconds: number): number | undefined {
  const pace = new BodyPace(limits)
  for (let second = 1; second <= 3_600; second++) {
    if (second % everySeconds === 0) pace.add(bytes)
    if (pace.pass(1_000)) return second
  }
  return undefined
}

const cases = [
  ['never comes', 0, 1, 30],
  ['comes at 240 B/s', 240, 1, undefined],
  ['comes at 24 kB every 20 s', 24_000, 20, undefined],
  ['comes at 1 B/s', 1, 1, 31],
  ['comes at 120 B/s', 120, 1, 60],
  ['pauses for 31 s', 1_000_000, 31, 30],
] as const
for (const [what, bytes, everySeconds, expected] of cases) {
  test(`a body that ${what} is ${expected ? `too slow after ${expected} s` : 'fast enough'} [F8]`, () => {
    assert.equal(secondsUntilTooSlow(bytes, everySeconds), expected)
  })
}
