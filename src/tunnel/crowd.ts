import { networkOf } from '../http/network.ts'

/** Who has requests waiting at a connector that is busy, so that one network never takes all there is. [R7] */
export class Crowd {
  readonly #waiting = new Map<string, number>()

  /** How to leave again, or undefined: from there as many are waiting as may. */
  enter(client: string, max: number): (() => void) | undefined {
    const network = networkOf(client)
    const waiting = this.#waiting.get(network) ?? 0
    if (waiting >= max) return undefined
    this.#waiting.set(network, waiting + 1)
    return () => this.#leave(network)
  }

  #leave(network: string): void {
    const waiting = (this.#waiting.get(network) ?? 0) - 1
    if (waiting > 0) this.#waiting.set(network, waiting)
    else this.#waiting.delete(network)
  }
}
