import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newSpanId, newTraceId, parseTraceparent, writeTraceparent } from './trace-context.ts'

const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331']
const good = { traceId, spanId }

const fields = [
  [`00-${traceId}-${spanId}-01`, { ...good, sampled: true }],
  [`00-${traceId}-${spanId}-00`, { ...good, sampled: false }],
  [`00-${traceId}-${spanId}-03`, { ...good, sampled: true }],
  [`cc-${traceId}-${spanId}-01-what-the-future-brings`, { ...good, sampled: true }],
  [`cc-${traceId}-${spanId}-01.what`, undefined],
  [`00-${traceId}-${spanId}-01-more`, undefined],
  [`ff-${traceId}-${spanId}-01`, undefined],
  [`00-${'0'.repeat(32)}-${spanId}-01`, undefined],
  [`00-${traceId}-${'0'.repeat(16)}-01`, undefined],
  [`00-${traceId.toUpperCase()}-${spanId}-01`, undefined],
  [`00-${traceId}-${spanId}`, undefined],
  [`00-${traceId}-${spanId}-1`, undefined],
  [`00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`, undefined],
  ['', undefined],
  [undefined, undefined],
] as const
for (const [text, expected] of fields) {
  test(`traceparent ${JSON.stringify(text)} is ${expected ? 'a place in a trace' : 'none'} [D4]`, () => {
    assert.deepEqual(parseTraceparent(text), expected)
  })
}

test('a new place in a trace is read as it was written [D4]', () => {
  for (const sampled of [true, false]) {
    const context = { traceId: newTraceId(), spanId: newSpanId(), sampled }
    assert.deepEqual(parseTraceparent(writeTraceparent(context)), context)
  }
})
