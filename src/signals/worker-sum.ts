import type { HistogramSample, LabelValues, Metric, Sample } from './metric.ts'

/** What one process of an edge said about itself. */
export interface WorkerMetrics {
  readonly worker: number
  /** Another process may come to have the same number. */
  readonly pid: number
  readonly metrics: readonly Metric[]
}

type Tally = Extract<Metric, { readonly type: 'counter' | 'histogram' }>

/**
 * The figures of several processes as those of one edge. What a process had counted when it was asked last stays in the
 * sum when it has ended: a counter that falls would be taken for a restart, and everything before be counted twice.
 */
export class WorkerSum {
  readonly #last = new Map<number, WorkerMetrics>()
  /** Of processes that have ended. */
  #past: readonly Metric[] = []

  /** Adds up what the processes said now. One that was silent is counted as it was. */
  add(said: readonly WorkerMetrics[]): readonly Metric[] {
    for (const each of said) {
      const before = this.#last.get(each.worker)
      if (before && before.pid !== each.pid) this.#bury(before)
      this.#last.set(each.worker, each)
    }
    const now = new Set(said.map(({ worker }) => worker))
    const parts = [...this.#last.values()].map((each) => ({
      worker: each.worker,
      metrics: now.has(each.worker) ? each.metrics : each.metrics.filter(isTally),
    }))
    return merge([{ worker: undefined, metrics: this.#past }, ...parts])
  }

  #bury({ metrics }: WorkerMetrics): void {
    this.#past = merge([
      { worker: undefined, metrics: this.#past },
      { worker: undefined, metrics: metrics.filter(isTally) },
    ])
  }
}

function isTally(metric: Metric): metric is Tally {
  return metric.type !== 'gauge'
}

interface Part {
  readonly worker: number | undefined
  readonly metrics: readonly Metric[]
}

function merge(parts: readonly Part[]): readonly Metric[] {
  const merged = new Map<string, Metric>()
  for (const { worker, metrics } of parts) {
    for (const metric of metrics) {
      const own = ofWorker(metric, worker)
      const before = merged.get(metric.name)
      merged.set(metric.name, before ? join(before, own) : own)
    }
  }
  return [...merged.values()]
}

function ofWorker(metric: Metric, worker: number | undefined): Metric {
  if (metric.type === 'histogram' || metric.merge !== 'each') return metric
  const mark = (sample: Sample): Sample => ({
    ...sample,
    labels: { ...sample.labels, worker: String(worker) },
  })
  return { ...metric, samples: metric.samples.map(mark) }
}

function join(one: Metric, other: Metric): Metric {
  if (one.type === 'histogram') {
    if (other.type !== 'histogram') return one
    return { ...one, samples: joinSamples([...one.samples, ...other.samples], addHistograms) }
  }
  if (other.type === 'histogram') return one
  const pick = one.merge === 'max' ? larger : addUp
  return { ...one, samples: joinSamples([...one.samples, ...other.samples], pick) }
}

function joinSamples<Each extends { readonly labels: LabelValues }>(
  samples: readonly Each[],
  both: (one: Each, other: Each) => Each,
): Each[] {
  const byLabels = new Map<string, Each>()
  for (const sample of samples) {
    const key = JSON.stringify(sample.labels)
    const before = byLabels.get(key)
    byLabels.set(key, before ? both(before, sample) : sample)
  }
  return [...byLabels.values()]
}

function addUp(one: Sample, other: Sample): Sample {
  return { ...one, value: one.value + other.value }
}

function larger(one: Sample, other: Sample): Sample {
  return one.value >= other.value ? one : other
}

function addHistograms(one: HistogramSample, other: HistogramSample): HistogramSample {
  const counts = one.counts.map((count, at) => count + (other.counts[at] ?? 0))
  return { ...one, counts, sum: one.sum + other.sum }
}
