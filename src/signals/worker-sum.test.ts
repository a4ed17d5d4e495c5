import assert from 'node:assert/strict'
import { test } from 'node:test'
import { counter, gauge, type Metric } from './metric.ts'
import { type WorkerMetrics, WorkerSum } from './worker-sum.ts'

function worker(worker: number, pid: number, hits: number): WorkerMetrics {
  const labels = { path: 'x' }
  const histogram: Metric = {
    ...{ name: 'took', help: '', type: 'histogram' },
    samples: [{ labels, bounds: [1], counts: [hits, 1], sum: hits }],
  }
  const metrics = [
    counter('hits_total', '', [{ labels, value: hits }]),
    gauge('version', '', 'max', 10 + worker),
    gauge('links', '', 'sum', 2),
    gauge('memory', '', 'each', 100 + worker),
    histogram,
  ]
  return { worker, pid, metrics }
}

function samplesOf(metrics: readonly Metric[], name: string) {
  return metrics.find((metric) => metric.name === name)?.samples
}

test('what several processes count is told as one edge [D4]', () => {
  const metrics = new WorkerSum().add([worker(0, 100, 3), worker(1, 101, 4)])
  const labels = { path: 'x' }
  assert.deepEqual(samplesOf(metrics, 'hits_total'), [{ labels, value: 7 }])
  assert.deepEqual(samplesOf(metrics, 'version'), [{ labels: {}, value: 11 }])
  assert.deepEqual(samplesOf(metrics, 'links'), [{ labels: {}, value: 4 }])
  assert.deepEqual(samplesOf(metrics, 'memory'), [
    { labels: { worker: '0' }, value: 100 },
    { labels: { worker: '1' }, value: 101 },
  ])
  assert.deepEqual(samplesOf(metrics, 'took'), [{ labels, bounds: [1], counts: [7, 2], sum: 7 }])
})

test('counters do not fall when a process dies, is silent, or another takes its place [D4]', () => {
  const sum = new WorkerSum()
  sum.add([worker(0, 100, 3), worker(1, 101, 4)])
  const silent = sum.add([worker(0, 100, 5)])
  assert.deepEqual(samplesOf(silent, 'hits_total'), [{ labels: { path: 'x' }, value: 9 }])
  assert.deepEqual(samplesOf(silent, 'links'), [{ labels: {}, value: 2 }])
  const replaced = sum.add([worker(0, 100, 5), worker(1, 202, 1)])
  assert.deepEqual(samplesOf(replaced, 'hits_total'), [{ labels: { path: 'x' }, value: 10 }])
  assert.deepEqual(samplesOf(replaced, 'took')?.[0], {
    ...{ labels: { path: 'x' }, bounds: [1] },
    ...{ counts: [10, 3], sum: 10 },
  })
})
