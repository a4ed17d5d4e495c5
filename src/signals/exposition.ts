import type { HistogramSample, LabelValues, Metric } from './metric.ts'

/** Prometheus' text format, version 0.0.4. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8'

/** Metrics as Prometheus and those who read its format take them; one name is in `metrics` once. */
export function writeExposition(metrics: readonly Metric[]): string {
  return metrics.map(writeMetric).join('')
}

function writeMetric(metric: Metric): string {
  const { name, help, type } = metric
  const lines = [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`]
  if (metric.type === 'histogram') {
    for (const sample of metric.samples) lines.push(...histogramLines(name, sample))
  } else {
    for (const { labels, value } of metric.samples) lines.push(line(name, labels, value))
  }
  return `${lines.join('\n')}\n`
}

function histogramLines(name: string, { labels, bounds, counts, sum }: HistogramSample): string[] {
  let count = 0
  const buckets = counts.map((each, at) => {
    count += each
    const le = at < bounds.length ? String(bounds[at]) : '+Inf'
    return line(`${name}_bucket`, { ...labels, le }, count)
  })
  return [...buckets, line(`${name}_sum`, labels, sum), line(`${name}_count`, labels, count)]
}

function line(name: string, labels: LabelValues, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${writeNumber(value)}`
}

function writeNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}
