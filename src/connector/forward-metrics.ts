import { Histogram } from '../signals/histogram.ts'
import { counter, type Metric, type Sample } from '../signals/metric.ts'
import type { Forwarded } from './forwarding.ts'

const millisecondsPerSecond = 1_000
const statusClasses = ['none', '1xx', '2xx', '3xx', '4xx', '5xx'] as const

/** Counts what a connector forwarded: by class of status, by reason where it failed. [D4] */
export class ForwardMetrics {
  readonly #answers = new Float64Array(statusClasses.length)
  readonly #failures = new Map<string, number>()
  readonly #durations = new Histogram()

  count({ status, code, startedMs, headMs }: Forwarded): void {
    if (code !== undefined) this.#failures.set(code, (this.#failures.get(code) ?? 0) + 1)
    if (status === 0) return
    const slot = Math.trunc(status / 100)
    this.#answers[slot] = (this.#answers[slot] as number) + 1
    this.#durations.observe((headMs - startedMs) / millisecondsPerSecond)
  }

  metrics(): readonly Metric[] {
    const answers = statusClasses.flatMap((status_class, slot): Sample[] => {
      const value = this.#answers[slot] as number
      return value > 0 ? [{ labels: { status_class }, value }] : []
    })
    const failures = [...this.#failures].map(([code, value]) => ({ labels: { code }, value }))
    return [
      counter('sallyport_connector_answers_total', 'Answers of applications.', answers),
      counter(
        'sallyport_connector_failures_total',
        'Requests that ended without a whole answer; cancelled: the edge gave up first.',
        failures,
      ),
      {
        name: 'sallyport_connector_backend_duration_seconds',
        help: "From the request's arrival to the head of the application's answer.",
        type: 'histogram',
        samples: [this.#durations.sample({})],
      },
    ]
  }
}
