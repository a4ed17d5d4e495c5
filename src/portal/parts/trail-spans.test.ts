import assert from 'node:assert/strict'
import { test } from 'node:test'
import { spansOf } from './trail-spans.ts'
import type { TrailStep } from './trail-step.ts'

function step(tookMs?: number): TrailStep {
  return { step: 'cors', verdict: 'passed', reason: '', ...(tookMs !== undefined && { tookMs }) }
}

test('steps follow one another in the waterfall, and never leave it [G5]', () => {
  assert.deepEqual(spansOf([step(1), step(), step(3)], 8), [
    { from: 0, share: 1 / 8, tookMs: 1 },
    undefined,
    { from: 1 / 8, share: 3 / 8, tookMs: 3 },
  ])
  // Clocks are read at different moments: the parts may be more than the whole.
  assert.deepEqual(spansOf([step(6), step(2)], 4), [
    { from: 0, share: 0.75, tookMs: 6 },
    { from: 0.75, share: 0.25, tookMs: 2 },
  ])
  assert.deepEqual(spansOf([step(), step(0)], undefined), [undefined, undefined])
})
