import type { Log } from '../base/log.ts'
import type { Directory } from '../directory/directory.ts'
import type { SignInEntry, SignInLog } from '../identity/sign-in-log.ts'

// Whoever looks into the log has just tried something.
const keepIntervalMs = 1_000
/** More than this wait for a database only when it has been away for long: some 10 MB. */
export const maxWaiting = 10_000
const keptAtOnce = 1_000

/** The sign-in log as the edge writes it. */
export interface SignInKeeper extends SignInLog {
  /** Keeps what is waiting, as far as it can, and stops. */
  stop(): Promise<void>
}

/**
 * Keeps the sign-in log in the directory, in batches beside the requests: a database that is busy or full delays the log
 * and nobody's sign-in. What does not fit is counted and told.
 */
export function keepSignIns(
  directory: Pick<Directory, 'addSignIns'>,
  log: Log,
  limit: number = maxWaiting,
): SignInKeeper {
  let waiting: SignInEntry[] = []
  let lost = 0
  let keeping: Promise<void> | undefined

  async function keep(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, keptAtOnce)
      try {
        await directory.addSignIns(batch)
      } catch (error) {
        const facts = { error, waiting: waiting.length }
        log.warn(facts, 'sign-ins could not be logged; the next round tries again')
        return
      }
      waiting = waiting.slice(batch.length)
    }
    if (lost > 0) log.error({ lost }, 'sign-ins are missing in the sign-in log: there was no room')
    lost = 0
  }

  // One round at a time, or the same entries would be kept twice.
  function keepOnce(): Promise<void> {
    keeping ??= keep().finally(() => {
      keeping = undefined
    })
    return keeping
  }

  const timer = setInterval(keepOnce, keepIntervalMs).unref()
  return {
    write(entry) {
      if (waiting.length >= limit) lost++
      else waiting.push(entry)
    },
    async stop() {
      clearInterval(timer)
      await keeping
      await keepOnce()
    },
  }
}
