/** How the figures of several processes of one edge become one. */
export type Merge =
  /** They are added up: everything that is counted, and what is held in parts. */
  | 'sum'
  /** All of them know the same, one perhaps a moment earlier. */
  | 'max'
  /** Each process has its own, told apart by the label `worker`. */
  | 'each'

export type LabelValues = Readonly<Record<string, string>>

export interface Sample {
  readonly labels: LabelValues
  readonly value: number
}

/** One histogram: how many observations were at most as large as each bound, bound after bound, and +Inf last. */
export interface HistogramSample {
  readonly labels: LabelValues
  readonly bounds: readonly number[]
  /** Not cumulative; one more than there are bounds. */
  readonly counts: readonly number[]
  readonly sum: number
}

interface Described {
  /** In Prometheus' manner: base units, counters end in `_total`. */
  readonly name: string
  readonly help: string
}

/** Everything that is known under one name at one moment; plain data, which travels between processes. */
export type Metric =
  | (Described & {
      readonly type: 'counter' | 'gauge'
      readonly merge: Merge
      readonly samples: readonly Sample[]
    })
  | (Described & { readonly type: 'histogram'; readonly samples: readonly HistogramSample[] })

/** A count since the process began; those of several processes are added up. */
export function counter(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: 'counter', merge: 'sum', samples }
}

export function gauge(
  name: string,
  help: string,
  merge: Merge,
  samples: readonly Sample[] | number,
): Metric {
  const all = typeof samples === 'number' ? [{ labels: {}, value: samples }] : samples
  return { name, help, type: 'gauge', merge, samples: all }
}

/** Whatever is asked for its figures now. Must not throw; what cannot be had is left out. */
export type Measure = () => readonly Metric[] | Promise<readonly Metric[]>
