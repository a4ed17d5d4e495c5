import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeExposition } from './exposition.ts'
import { Histogram } from './histogram.ts'
import { counter, gauge } from './metric.ts'

test('a scrape is the text format, with histograms added up and labels that cannot break out [D4]', () => {
  const durations = new Histogram([0.1, 1])
  for (const seconds of [0.05, 0.1, 0.5, 7]) durations.observe(seconds)
  const text = writeExposition([
    counter('hits_total', 'All\nhits.', [{ labels: { name: 'a"b\\c\nd' }, value: 3 }]),
    gauge('endless', 'Never.', 'max', Number.POSITIVE_INFINITY),
    {
      ...{ name: 'took_seconds', help: 'Time.', type: 'histogram' },
      samples: [durations.sample({ of: 'x' })],
    },
  ])
  assert.equal(
    text,
    `# HELP hits_total All\\nhits.
# TYPE hits_total counter
hits_total{name="a\\"b\\\\c\\nd"} 3
# HELP endless Never.
# TYPE endless gauge
endless +Inf
# HELP took_seconds Time.
# TYPE took_seconds histogram
took_seconds_bucket{of="x",le="0.1"} 2
took_seconds_bucket{of="x",le="1"} 3
took_seconds_bucket{of="x",le="+Inf"} 4
took_seconds_sum{of="x"} 7.65
took_seconds_count{of="x"} 4
`,
  )
})
