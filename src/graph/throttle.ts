import type { Clock } from '../base/clock.ts'
import { tooManyRequests } from './refusal.ts'

/** What one caller may ask of the API (docs/limits.md). A request costs units: see `costOf`. */
export interface GraphLimits {
  readonly unitsBurst: number
  readonly unitsPerSecond: number
  /** Callers that are remembered at once; the one that was silent longest is forgotten. */
  readonly callersMax: number
}

export const graphLimits: GraphLimits = {
  // A script that reads every one of a thousand applications and writes it again gets by with it.
  unitsBurst: 10_000,
  // A hundred changes a second, for ever: more than a disk takes that is written through.
  unitsPerSecond: 500,
  callersMax: 10_000,
}

/** Units of any request, of one that names nothing, too: a resource is looked up. */
export const baseCost = 1
const listCost = 2
const changeCost = 5
// The configuration is read whole, and where it is compared written and undone: a third of a second for 1,000 applications.
export const wholeCost = 500
// Reading 1,000 applications takes 100 ms and answers 1.4 MB: for ever that is a fifth of a core.
const answerBytesPerUnit = 4 * 1024

/** Units of an answer of that many characters, besides those of the request: the longer, the more it took to make. */
export function answerCost(length: number): number {
  return Math.floor(length / answerBytesPerUnit)
}

interface CostFacts {
  readonly method: string
  readonly options?: readonly string[]
  readonly cost?: number
}

/** Units of a request to a route: a list is read whole, a change is written to the disk. */
export function costOf({ method, options, cost }: CostFacts): number {
  if (cost !== undefined) return cost
  if (method !== 'GET') return changeCost
  return options?.includes('top') ? listCost : baseCost
}

interface Bucket {
  units: number
  at: number
}

/** A token bucket for each caller. */
export class Throttle {
  readonly #limits: GraphLimits
  readonly #clock: Clock
  readonly #onTaken: (caller: string, units: number) => void
  // In the order of last use.
  readonly #buckets = new Map<string, Bucket>()
  /** Requests that were refused since the beginning. */
  refused = 0

  /** `onTaken` is called with what is taken here, and not with what `learn` says. */
  constructor(
    limits: GraphLimits,
    clock: Clock,
    onTaken: (caller: string, units: number) => void = () => {},
  ) {
    this.#limits = limits
    this.#clock = clock
    this.#onTaken = onTaken
  }

  /** Takes what a request costs; throws a Refusal (429) where the caller has not got it. */
  take(caller: string, cost: number): void {
    const { unitsBurst, unitsPerSecond } = this.#limits
    const bucket = this.#refill(caller)
    // What is dearer than any bucket is let through by a full one.
    const price = Math.min(cost, unitsBurst)
    if (bucket.units < price) {
      this.refused++
      throw tooManyRequests(Math.ceil((price - bucket.units) / unitsPerSecond))
    }
    bucket.units -= price
    if (price > 0) this.#onTaken(caller, price)
  }

  /** Takes what an answer has cost, which only shows when it is there: the next request may have to wait for it. */
  charge(caller: string, cost: number): void {
    this.learn(caller, cost)
    if (cost > 0) this.#onTaken(caller, cost)
  }

  /** Another process of the edge has let the caller take so much: one that asks of several at once pays it back. */
  learn(caller: string, units: number): void {
    const bucket = this.#refill(caller)
    // As with a price: nobody waits longer than it takes to fill a bucket.
    bucket.units = Math.max(-this.#limits.unitsBurst, bucket.units - units)
  }

  #refill(caller: string): Bucket {
    const { unitsBurst, unitsPerSecond } = this.#limits
    const now = this.#clock()
    const bucket = this.#buckets.get(caller) ?? { units: unitsBurst, at: now }
    const refilled = (Math.max(0, now - bucket.at) * unitsPerSecond) / 1000
    bucket.units = Math.min(unitsBurst, bucket.units + refilled)
    bucket.at = now
    this.#keep(caller, bucket)
    return bucket
  }

  #keep(caller: string, bucket: Bucket): void {
    this.#buckets.delete(caller)
    this.#buckets.set(caller, bucket)
    if (this.#buckets.size <= this.#limits.callersMax) return
    for (const silent of this.#buckets.keys()) {
      this.#buckets.delete(silent)
      return
    }
  }
}
