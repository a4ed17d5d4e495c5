import { asFault } from '../base/fault.ts'
import { isByToken } from './bearer-tokens.ts'
import type { Edge } from './edge.ts'
import type { StreamEnd } from './live-streams.ts'

// Every session with open streams is looked at within five seconds, a fifth of them each second. [S9]
const tickMs = 1_000
const ticksPerRound = 5

/**
 * Closes streams whose session or access token is over: at once when somebody ended it or a changed policy forbids it,
 * within five seconds when its time is up or the sign-in gets too old. Looking at a session also renews it when that is
 * due, so that an open stream keeps it alive. Returns how to stop.
 */
export function watchStreams(
  edge: Pick<Edge, 'live' | 'sessions' | 'bearerTokens' | 'snapshot' | 'log'>,
  snapshots: { follow(listener: () => void): void },
): () => void {
  const { live, sessions, bearerTokens, log } = edge
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
      const verdict = await (isByToken({ id })
        ? bearerTokens.revisit(id, edge.snapshot)
        : sessions.revisit(id))
      if ('session' in verdict) live.review(verdict.session)
      else live.end([id], endFor(verdict.refused))
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

// What ran out can be had again; everything else was taken away.
function endFor(refused: string): StreamEnd {
  return refused === 'expired' || refused === 'unverified' ? 'expired' : 'ended'
}
