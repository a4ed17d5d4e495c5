import { Crowd } from './crowd.ts'
import type { OriginHealth, ProbeTarget } from './health.ts'

/** Changes of health that are logged per connector and minute: one that flaps, or lies, must not fill the log. */
const changesLoggedPerMinute = 60
const minuteMs = 60_000

/** What the links of one connector to this edge have in common. */
export class ConnectorState {
  readonly connectorId: string
  /** Live streams. */
  live = 0
  /** Streams that it has not answered yet. */
  waiting = 0
  /** Where those come from that came while it was busy. */
  readonly crowd = new Crowd()
  /** Origins that it does not reach, as far as it has said. [K4] */
  readonly failing = new Set<string>()
  readonly #health = new Map<string, OriginHealth>()
  #targets: ReadonlySet<string> = new Set()
  #minute = 0
  #logged = 0

  constructor(connectorId: string) {
    this.connectorId = connectorId
  }

  /** What it said last about each target; nothing about those it has not probed yet. */
  get health(): readonly OriginHealth[] {
    return [...this.#health.values()]
  }

  /** What it is asked to probe; what it says about anything else does not count. */
  retarget(targets: readonly ProbeTarget[]): void {
    this.#targets = new Set(targets.map(({ origin }) => origin))
    for (const origin of this.#health.keys()) {
      if (this.#targets.has(origin)) continue
      this.#health.delete(origin)
      this.failing.delete(origin)
    }
  }

  /** Takes over what it says; returns what has changed and is to be logged. `nowMs` is monotonic. */
  note(report: readonly OriginHealth[], nowMs: number): readonly OriginHealth[] {
    const changes = report.filter((health) => this.#noteOne(health))
    const minute = Math.floor(nowMs / minuteMs)
    if (minute !== this.#minute) this.#logged = 0
    this.#minute = minute
    const told = changes.slice(0, Math.max(0, changesLoggedPerMinute - this.#logged))
    this.#logged += told.length
    return told
  }

  /** Whether it is news. */
  #noteOne(health: OriginHealth): boolean {
    const { origin, code } = health
    if (!this.#targets.has(origin)) return false
    const before = this.#health.get(origin)
    this.#health.set(origin, health)
    if (code === 'ok') this.failing.delete(origin)
    else this.failing.add(origin)
    return before?.code !== code
  }
}
