import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCounts } from './h2load.ts'

const output = `starting benchmark...
TLS Protocol: TLSv1.3
Application protocol: h2
finished in 2.00s, 4920.50 req/s, 5.60MB/s
requests: 9841 total, 10097 started, 9841 done, 9841 succeeded, 0 failed, 0 errored, 0 timeout
status codes: 9850 2xx, 0 3xx, 0 4xx, 0 5xx
traffic: 11.20MB (11745030) total, 1.34MB (1400000) headers (space savings 40.00%), 9.61MB (10077184) data
`

test('readCounts() takes protocol, requests, statuses and body bytes from what h2load says', () => {
  assert.deepEqual(readCounts(output), {
    protocol: 'h2',
    requests: 9841,
    good: 9850,
    failed: 0,
    bodyBytes: 10_077_184,
  })
})

test('readCounts() throws, with what was said, when the numbers are not there', () => {
  assert.throws(() => readCounts('could not connect'), /nothing of use:\ncould not connect/)
})
