import type { Log } from './log.ts'

const perMinuteMax = 60
const minuteMs = 60_000

/**
 * The same log for what strangers can cause as often as they like: sixty warnings a minute, then none until the next,
 * which says how many it were. Whoever connects must not be able to fill a disk. `now`: monotonic milliseconds.
 */
export function createStrangerLog(log: Log, now: () => number = () => performance.now()): Log {
  let minute = Number.NEGATIVE_INFINITY
  let warned = 0
  function begin(): void {
    const current = Math.floor(now() / minuteMs)
    if (current === minute) return
    const unsaid = warned - perMinuteMax
    minute = current
    warned = 0
    if (unsaid > 0) log.warn({ unsaid }, 'there were more warnings about strangers')
  }
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    error: (fields, message) => log.error(fields, message),
    warn(fields, message) {
      begin()
      if (++warned <= perMinuteMax) log.warn(fields, message)
    },
  }
}
