import { systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Directory } from '../directory/directory.ts'

/** How long logs go back, in days; the defaults if unsaid. */
export interface Retention {
  readonly logRetentionDays?: number | undefined
  readonly auditRetentionDays?: number | undefined
}

// What the original keeps for those who pay for it.
export const defaultLogDays = 30
// Far longer: changes are few, and who made one is asked when the next yearly review finds it.
export const defaultAuditDays = 365

const intervalMs = 60_000
const dayMs = 86_400_000

/** Removes what has expired, once a minute, until the timer is cleared. */
export function keepHouse(directory: Directory, retention: Retention, log: Log): NodeJS.Timeout {
  const timer = setInterval(async () => {
    try {
      await removeOld(directory, retention, systemClock())
    } catch (error) {
      log.warn({ error }, 'what has expired could not be removed; the next round tries again')
    }
  }, intervalMs)
  return timer.unref()
}

/** One round; each step is bounded where much may wait, and the next round takes the rest. Throws as writes do. */
export async function removeOld(
  directory: Directory,
  retention: Retention,
  now: number,
): Promise<void> {
  const { logRetentionDays = defaultLogDays, auditRetentionDays = defaultAuditDays } = retention
  await directory.sessions.removeExpired(now)
  await directory.failureCounts.removeExpired(now)
  await directory.removeSignIns(now - logRetentionDays * dayMs)
  await directory.removeAudits(now - auditRetentionDays * dayMs)
  await directory.browserSignIns.removeExpired(now)
  await directory.providerRecords.removeExpired(Math.floor(now / 1000))
}
