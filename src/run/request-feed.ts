import type { RequestRecord, RequestSummary } from '../base/request-record.ts'
import type { Recorder } from '../edge/recorder.ts'
import type { Recording } from '../edge/recording.ts'
import { summaryOf } from '../edge/request-summary.ts'
import { trailOf } from '../edge/request-trail.ts'

/** Whoever wants to hear of requests. */
export interface FeedListener {
  /** Whether it wants this one. */
  readonly wants: (request: RequestSummary) => boolean
  onRequest(record: RequestRecord): void
  onDropped(count: number): void
}

// Nobody reads faster. A request that is told costs some twenty microseconds, so at the most it is half a percent of a core.
const perSecondMax = 200
// On top of it, so that those that failed are never the ones that are left out first.
const failedPerSecondMax = 100
const tickMs = 1_000
// Shorter ones are told when they are over.
const lastsMs = 1_000

/** Tells what happens in this process, for as long as somebody listens; nothing is done for nobody. */
export class RequestFeed {
  readonly #recorder: Recorder
  readonly #listeners = new Set<FeedListener>()
  /** Those that were told while they were open. */
  #told = new WeakSet<Recording>()
  #budget = perSecondMax
  #failedBudget = failedPerSecondMax
  #dropped = 0
  #stop: (() => void) | undefined

  constructor(recorder: Recorder) {
    this.#recorder = recorder
  }

  /** Returns how to stop. */
  listen(listener: FeedListener): () => void {
    this.#listeners.add(listener)
    this.#stop ??= this.#start()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      this.#stop?.()
      this.#stop = undefined
    }
  }

  #start(): () => void {
    const recorder = this.#recorder
    const stops = [
      recorder.onOver((recording) => this.#tell(recording)),
      recorder.onOpen((recording) => this.#tellOpen(recording)),
    ]
    const timer = setInterval(() => this.#tick(), tickMs)
    recorder.detailed = true
    return () => {
      recorder.detailed = false
      clearInterval(timer)
      for (const stop of stops) stop()
    }
  }

  #tick(): void {
    this.#budget = perSecondMax
    this.#failedBudget = failedPerSecondMax
    const before = performance.now() - lastsMs
    for (const recording of this.#recorder.underWay()) {
      if (recording.startedMs < before) this.#tellOpen(recording)
    }
    if (this.#dropped === 0) return
    for (const listener of this.#listeners) listener.onDropped(this.#dropped)
    this.#dropped = 0
  }

  #tellOpen(recording: Recording): void {
    if (this.#told.has(recording)) return
    this.#told.add(recording)
    this.#tell(recording)
  }

  #tell(recording: Recording): void {
    if (recording.atSite) return
    const facts = this.#recorder.factsOf(recording)
    const summary = summaryOf(facts)
    const wanting = [...this.#listeners].filter(({ wants }) => wants(summary))
    if (wanting.length === 0) return
    if (!this.#spend(facts.code !== undefined || facts.status >= 500)) {
      this.#dropped++
      return
    }
    const record = { ...summary, steps: trailOf(facts) }
    for (const listener of wanting) listener.onRequest(record)
  }

  #spend(hasFailed: boolean): boolean {
    if (this.#budget > 0) return this.#budget-- > 0
    return hasFailed && this.#failedBudget > 0 && this.#failedBudget-- > 0
  }
}
