import type { Log } from '../base/log.ts'
import type { Directory } from '../directory/directory.ts'
import type { CorsTally } from '../edge/cors-tally.ts'

// Whoever looks for the reason of a failed call has just tried it.
const keepIntervalMs = 2_000

/** Keeps what the edge counts. Returns how to stop, which keeps the rest. */
export function keepCorsRefusals(
  tally: CorsTally,
  directory: Directory,
  log: Log,
): () => Promise<void> {
  async function keep(): Promise<void> {
    const counts = tally.take()
    try {
      await directory.addCorsRefusals(counts)
    } catch (error) {
      tally.add(counts)
      log.warn(
        { error },
        'refused calls were counted, but could not be kept; the next round tries again',
      )
    }
  }
  const timer = setInterval(keep, keepIntervalMs).unref()
  return async () => {
    clearInterval(timer)
    await keep()
  }
}
