import { softwareVersion } from '../base/version.ts'
import type { Readiness, Signals } from '../signals/listener.ts'
import { gauge, type Measure, type Metric } from '../signals/metric.ts'

/** What a command tells that is up and running. */
export interface SignalSource {
  readonly measure: Measure
  readiness(): Promise<Readiness>
}

/** Metrics and health of a command from its first moment to its last. */
export class CommandSignals implements Signals {
  readonly #component: 'edge' | 'connector'
  #source: SignalSource | undefined
  #draining = false

  constructor(component: 'edge' | 'connector') {
    this.#component = component
  }

  /** It has started. */
  serve(source: SignalSource): void {
    this.#source = source
  }

  /** It was told to end, and finishes what it has. */
  drain(): void {
    this.#draining = true
  }

  async metrics(): Promise<readonly Metric[]> {
    const { version: node } = process
    const labels = { component: this.#component, version: softwareVersion, node }
    const build = gauge('sallyport_build_info', 'Which Sallyport this is.', 'max', [
      { labels, value: 1 },
    ])
    return [build, ...((await this.#source?.measure()) ?? [])]
  }

  async readiness(): Promise<Readiness> {
    if (this.#draining) return { ready: false, reasons: [`the ${this.#component} is draining`] }
    if (!this.#source) return { ready: false, reasons: [`the ${this.#component} is starting`] }
    return this.#source.readiness()
  }
}
