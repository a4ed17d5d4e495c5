import { systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Directory } from '../directory/directory.ts'
import { CorsTally } from '../edge/cors-tally.ts'

// Whoever looks for the reason of a failed call has just tried it.
const keepIntervalMs = 2_000

/** What the edge counts, and how to stop keeping it, which keeps the rest. */
export interface CorsRefusalKeeper {
  readonly tally: CorsTally
  stop(): Promise<void>
}

/** Keeps what the edge counts in the directory. */
export function keepCorsRefusals(directory: Directory, log: Log): CorsRefusalKeeper {
  const tally = new CorsTally(systemClock)
  async function keep(): Promise<void> {
    const counts = tally.take()
    try {
      await directory.addCorsRefusals(counts)
    } catch (error) {
      tally.add(counts)
      log.warn({ error }, 'counts of refused calls could not be kept; the next round tries again')
    }
  }
  const timer = setInterval(keep, keepIntervalMs).unref()
  return {
    tally,
    async stop() {
      clearInterval(timer)
      await keep()
    },
  }
}
