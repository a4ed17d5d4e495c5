const minuteMs = 60_000

/** Counts the links that each connector begins, over fixed minutes: one that comes and goes all the time fills log and disk. */
export class ArrivalLimit {
  readonly #max: number
  #arrivals = new Map<string, number>()
  #minute = 0

  /** `max`: links of one connector in a minute. */
  constructor(max: number) {
    this.#max = max
  }

  /** Counts one more of a connector that proved who it is; how many it is over the limit. `nowMs` is monotonic. */
  take(connectorId: string, nowMs: number): number {
    const minute = Math.floor(nowMs / minuteMs)
    if (minute !== this.#minute) this.#arrivals = new Map()
    this.#minute = minute
    const count = (this.#arrivals.get(connectorId) ?? 0) + 1
    this.#arrivals.set(connectorId, count)
    return Math.max(0, count - this.#max)
  }
}
