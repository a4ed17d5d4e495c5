import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Contest, Measured } from './against-nginx.ts'
import { median, printable, ratios } from './figures.ts'
import type { Round } from './load.ts'

function round(requestsPerSecond: number, cpuUs: number): Round {
  return { requestsPerSecond, p99Ms: 1, cpuUsPerRequest: { front: cpuUs } }
}

function measured(name: string, rounds: readonly Round[]): Measured {
  const target = {
    url: '',
    method: 'GET',
    headers: {},
    bodyBytes: 0,
    processes: { front: 1 },
  } as const
  return { target: { ...target, name }, rounds }
}

const contests: Readonly<Record<Contest, Measured>> = {
  sallyport: measured('Sallyport', [round(10_000, 40), round(5_000, 80), round(10_000, 40)]),
  nginx: measured('nginx', [round(20_000, 20), round(10_000, 40), round(40_000, 10)]),
  nginxPlain: measured('nginx, no TLS', [round(40_000, 10), round(40_000, 10), round(40_000, 10)]),
  preflight: measured('preflight', [round(20_000, 20), round(20_000, 20), round(20_000, 20)]),
  nginx204: measured('nginx 204', [round(20_000, 10), round(20_000, 10), round(20_000, 10)]),
}

test('median() is the middle value, whatever the order, and the lower of two', () => {
  assert.equal(median([3, 1, 2]), 2)
  assert.equal(median([4, 1, 2, 3]), 2)
})

test('ratios() compares round with round, so that a slow machine slows both sides', () => {
  const found = ratios(contests)
  assert.equal(found['get-vs-nginx'], 0.5)
  assert.equal(found['get-vs-nginx-rps'], 0.5)
  assert.equal(found['get-vs-nginx-without-tls'], 0.25)
  assert.equal(found['preflight-vs-nginx-204'], 0.5)
})

test('printable() has a line for each contest with its CPU time per request', () => {
  const lines = printable(contests).split('\n')
  assert.equal(lines.length, 6)
  assert.match(lines[1] ?? '', /^Sallyport +10000 +25000 +1\.0 ms +front 40\.0 µs$/)
})
