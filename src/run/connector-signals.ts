import type { LinkReport } from '../connector/agent-options.ts'
import type { ForwardMetrics } from '../connector/forward-metrics.ts'
import type { Prober } from '../connector/prober.ts'
import type { Readiness } from '../signals/listener.ts'
import { counter, gauge, type Measure, type Sample } from '../signals/metric.ts'
import { processMetrics } from '../signals/process-metrics.ts'
import type { SignalSource } from './command-signals.ts'

/** The links of a connector, and what it forwarded. [D4] [K4] */
export class ConnectorSignals implements SignalSource {
  readonly #edges: readonly string[]
  readonly #forwarded: ForwardMetrics
  readonly #prober: Pick<Prober, 'health'>
  readonly #ofProcess = processMetrics()
  readonly #up = new Set<string>()
  readonly #ended = new Map<string, number>()

  constructor(edges: readonly string[], forwarded: ForwardMetrics, prober: Pick<Prober, 'health'>) {
    this.#edges = edges
    this.#forwarded = forwarded
    this.#prober = prober
  }

  /** What the agent says of a link. */
  note({ edge, link, state }: LinkReport): void {
    const key = `${edge} ${link}`
    if (state === 'up') this.#up.add(key)
    else this.#up.delete(key)
    if (state === 'up' || state === 'surplus' || state === 'drained') return
    this.#ended.set(state, (this.#ended.get(state) ?? 0) + 1)
  }

  readonly measure: Measure = async () => [
    ...(await this.#ofProcess()),
    gauge('sallyport_connector_links', 'Tunnel links that are up.', 'sum', this.#links()),
    counter(
      'sallyport_connector_link_events_total',
      'Links that ended, or did not come up, by reason.',
      [...this.#ended].map(([state, value]) => ({ labels: { state }, value })),
    ),
    gauge('sallyport_connector_origins', 'Internal origins by result.', 'max', this.#origins()),
    ...this.#forwarded.metrics(),
  ]

  async readiness(): Promise<Readiness> {
    if (this.#up.size > 0) return { ready: true }
    return { ready: false, reasons: [`no link to ${this.#edges.join(', ')} is up`] }
  }

  #links(): Sample[] {
    return this.#edges.map((edge) => {
      const links = [...this.#up].filter((key) => key.startsWith(`${edge} `))
      return { labels: { edge }, value: links.length }
    })
  }

  #origins(): Sample[] {
    const counts = new Map<string, number>()
    for (const { code } of this.#prober.health) counts.set(code, (counts.get(code) ?? 0) + 1)
    return [...counts].map(([result, value]) => ({ labels: { result }, value }))
  }
}
