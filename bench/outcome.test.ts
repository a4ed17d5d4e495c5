import assert from 'node:assert/strict'
import { test } from 'node:test'
import { missedAims } from './aims.ts'
import { printable, rounded } from './outcome.ts'

test('printable() lines columns up: names to the left, figures to the right, remarks to the left', () => {
  const table = [
    ['', 'requests/s', 'CPU time'],
    ['Sallyport', '10000', 'edge 40.0 µs'],
  ]
  assert.equal(
    printable(table),
    '           requests/s  CPU time\nSallyport       10000  edge 40.0 µs',
  )
})

test('rounded() keeps three digits', () => {
  assert.equal(rounded(0.45678), 0.457)
  assert.equal(rounded(27_354.2), 27_400)
})

test('missedAims() names what was measured and missed, whichever way the aim points', () => {
  assert.deepEqual(missedAims({ 'get-vs-nginx': 0.6, 'routes-compile-ms': 2_000, unknown: 0 }), [])
  const missed = missedAims({ 'get-vs-nginx': 0.59, 'routes-compile-ms': 2_001 })
  assert.equal(missed.length, 2)
  assert.match(missed[0] ?? '', /get-vs-nginx is 0\.59, wanted at least 0\.60/)
  assert.match(missed[1] ?? '', /routes-compile-ms is 2001, wanted at most 2000/)
})
