import { asFault } from '../base/fault.ts'
import type { Log } from '../base/log.ts'
import type { Sessions } from '../identity/sessions.ts'
import type { LiveStreams } from './live-streams.ts'

// Every session with open streams is looked at within five seconds, a fifth of them each second. [S9]
const tickMs = 1_000
const ticksPerRound = 5

/**
 * Closes streams whose session is over: at once when somebody ended it or a changed policy forbids it, within five seconds
 * when its time is up or the sign-in gets too old. Looking at a session also renews it when that is due, so that an open stream keeps it alive. Returns how to stop.
 */
export function watchStreams(
  live: LiveStreams,
  sessions: Sessions,
  snapshots: { follow(listener: () => void): void },
  log: Log,
): () => void {
  const stopHearing = sessions.onEnded((ids) => live.end(ids))
  const timer = setInterval(() => {
    for (const id of live.next(ticksPerRound)) void look(id)
  }, tickMs)
  timer.unref()
  snapshots.follow(() => {
    for (const id of live.ids) void look(id)
  })

  async function look(id: string): Promise<void> {
    try {
      const verdict = await sessions.revisit(id)
      if ('session' in verdict) live.review(verdict.session)
      else live.end([id], verdict.refused === 'ended' ? 'ended' : 'expired')
    } catch (error) {
      // The database cannot be asked now: the next round does. Who is known to have ended was told before. [N3]
      log.warn({ error: asFault(error).message }, 'a session with open streams was not looked at')
    }
  }

  return () => {
    clearInterval(timer)
    stopHearing()
  }
}
