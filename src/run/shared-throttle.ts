import { systemClock } from '../base/clock.ts'
import { type GraphLimits, Throttle } from '../graph/throttle.ts'
import type { WorkerChannel } from './worker-channel.ts'
import type { TakenUnits } from './worker-message.ts'

// Who asks of several workers at once can overdraw by what they take in this time, and no request waits for another process.
const tellMs = 50
// Callers of one message; when there are more it is sent at once. Names have a few hundred bytes at most.
const callersMax = 1_000

/** What callers may ask of the management API, at all processes of an edge together. [R7] */
export function createThrottle(limits: GraphLimits, channel: WorkerChannel | undefined): Throttle {
  if (!channel) return new Throttle(limits, systemClock)
  const tally = new Tally((units) => channel.announce({ kind: 'taken', units }))
  const throttle = new Throttle(limits, systemClock, (caller, units) => tally.add(caller, units))
  channel.onTaken((taken) => {
    for (const [caller, units] of taken) throttle.learn(caller, units)
  })
  return throttle
}

/** Gathers for a moment what is told to the other workers. */
class Tally {
  readonly #tell: (units: TakenUnits) => void
  readonly #units = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined

  constructor(tell: (units: TakenUnits) => void) {
    this.#tell = tell
  }

  add(caller: string, units: number): void {
    this.#units.set(caller, (this.#units.get(caller) ?? 0) + units)
    if (this.#units.size === callersMax) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), tellMs)
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#tell([...this.#units])
    this.#units.clear()
  }
}
