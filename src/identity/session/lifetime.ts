import type { Session } from '../session.ts'

/** How long sessions last. Milliseconds. */
export interface SessionRules {
  /** How long a session of this application is believed before the provider is asked again. [S6] */
  readonly accessMs: (applicationId: string) => number
  /** A session that nobody used for so long is over; undefined: its age alone ends it. */
  readonly idleMs: number | undefined
}

/** Without other rules a session lasts as long as it was made for. */
export const untilTheirEnd: SessionRules = {
  accessMs: () => Number.POSITIVE_INFINITY,
  idleMs: undefined,
}

/** What is known of a session besides itself. */
export interface Use {
  /** When it was last used, as far as this process knows. */
  readonly seenAt: number
  /** What of that the store has been told. */
  readonly notedAt: number
  /** 0 to 1, drawn at random: sessions that began together are not renewed together. */
  readonly spread: number
  /** The provider was asked and did not answer. */
  readonly outage: boolean
}

export type Standing =
  /** Nothing has to be done before `until`. */
  | { readonly kind: 'good'; readonly until: number }
  /** It counts; the provider is to be asked behind the request. */
  | { readonly kind: 'due' }
  /** Nobody vouches for it any more: the provider has to be asked first. */
  | { readonly kind: 'stale' }
  /** Nobody used it for too long. */
  | { readonly kind: 'idle' }
  /** Its time is up. */
  | { readonly kind: 'over' }

// Asked in the last fifth of the time, so that no request has to wait for the answer.
const earliestPart = 0.8
const latestPart = 0.95
// While the provider is out of reach its word counts as long again, but not for hours. [N3]
const outageMaxMs = 60 * 60 * 1000
// A tenth of the idle limit is lost at most where several processes see the uses of one session.
const notedParts = 10
// Clocks of several machines differ; beyond that a time to come says that the clock was set back.
const clockSkewMs = 60_000

/** Where a session stands at `now`, epoch milliseconds. */
export function judgeLifetime(
  session: Session,
  use: Use,
  rules: SessionRules,
  now: number,
): Standing {
  if (now >= session.expiresAt) return { kind: 'over' }
  const idle = judgeUse(use, rules.idleMs, now)
  if (idle.kind !== 'good') return idle
  const belief = judgeBelief(session, use, rules.accessMs(session.applicationId), now)
  if (belief.kind !== 'good') return belief
  return { kind: 'good', until: Math.min(session.expiresAt, idle.until, belief.until) }
}

function judgeUse({ seenAt, notedAt }: Use, idleMs: number | undefined, now: number): Standing {
  if (idleMs === undefined) return { kind: 'good', until: Number.POSITIVE_INFINITY }
  if (now >= seenAt + idleMs) return { kind: 'idle' }
  return { kind: 'good', until: Math.min(noteAt(notedAt, idleMs), seenAt + idleMs) }
}

/** Whether the store is to be told of a use at `now`. */
export function isWorthNoting(notedAt: number, { idleMs }: SessionRules, now: number): boolean {
  return idleMs !== undefined && now >= noteAt(notedAt, idleMs)
}

function noteAt(notedAt: number, idleMs: number): number {
  return notedAt + idleMs / notedParts
}

function judgeBelief(session: Session, use: Use, accessMs: number, now: number): Standing {
  const { verifiedAt, refreshable } = session
  const staleAt = verifiedAt + accessMs
  // Without a refresh token only another way through the provider tells more.
  if (!refreshable) return now < staleAt ? { kind: 'good', until: staleAt } : { kind: 'over' }
  if (now < verifiedAt - clockSkewMs) return { kind: 'due' }
  const dueAt = verifiedAt + accessMs * (earliestPart + (latestPart - earliestPart) * use.spread)
  if (now < dueAt) return { kind: 'good', until: dueAt }
  const lastAt = use.outage ? staleAt + Math.min(accessMs, outageMaxMs) : staleAt
  return { kind: now < lastAt ? 'due' : 'stale' }
}

/** When the session ends if nobody uses it any more and the provider goes on vouching for it; epoch milliseconds. */
export function endOf(session: Session, use: Pick<Use, 'seenAt'>, rules: SessionRules): number {
  const { expiresAt, verifiedAt, refreshable, applicationId } = session
  const idleAt = rules.idleMs === undefined ? expiresAt : use.seenAt + rules.idleMs
  const staleAt = refreshable ? expiresAt : verifiedAt + rules.accessMs(applicationId)
  return Math.min(expiresAt, idleAt, staleAt)
}
