import '../lts-flag.ts'
import { createHash } from 'node:crypto'
import type Provider from 'oidc-provider'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { type Clock, systemClock } from '../../base/clock.ts'
import type { CountDecision, FailureCount, FailureCounts } from '../local/failure-counts.ts'

/** RFC 8628 §3.2 and §3.5: seconds between two polls, and how many more after each that came too soon. */
const intervalSeconds = 5
/** A program that never listens is not told more, and nothing more is kept of it. */
const intervalMaxSeconds = 60
/** A poll that waited as it should may have had a faster way than the one before. */
const slackMs = 1_000

/** Whether a program polled too soon, and how many seconds it has to wait from now on. */
export interface PollVerdict {
  readonly tooSoon: boolean
  readonly intervalSeconds: number
}

/** Tells programs how often they may ask whether a person has let them in, and those that ask more often to slow down. */
export function paceDevicePolls(
  provider: Provider,
  { failureCounts, clock = systemClock }: { failureCounts: FailureCounts; clock?: Clock },
): void {
  provider.on('device_authorization.success', (_, answer) => {
    // Clients that wait as long as they are told wait not at all if they are told nothing.
    Object.assign(answer, { interval: intervalSeconds })
  })
  provider.use(async (ctx, next) => {
    await next()
    // oidc-provider adds it where the path is one of its own. Only who still waits is slowed down.
    const { oidc } = ctx as Partial<KoaContextWithOIDC>
    if (oidc?.route !== 'token' || !isPending(ctx.body)) return
    const verdict = await failureCounts
      .update([pollKey(String(oidc.params?.['device_code']))], ([count]) =>
        judgePoll(count, clock()),
      )
      // Who waits for a person is not sent away because the storage is busy.
      .catch(() => undefined)
    if (!verdict?.tooSoon) return
    const { error, error_description } = new errors.SlowDown()
    ctx.body = { error, error_description, interval: verdict.intervalSeconds }
  })
}

/** What a poll at `now` is told, by when the next one was due; pure. Milliseconds. */
export function judgePoll(
  count: FailureCount | undefined,
  now: number,
): CountDecision<PollVerdict> {
  const most = intervalMaxSeconds / intervalSeconds - 1
  // One that is due later than any can be was kept before the clock was put back.
  const isKept = count !== undefined && count.resetAt <= now + intervalMaxSeconds * 1_000
  const { failures, resetAt } = isKept ? count : { failures: 0, resetAt: now }
  if (now >= resetAt - slackMs) return decide(false, failures, now)
  if (failures < most) return decide(true, failures + 1, now)
  return { value: { tooSoon: true, intervalSeconds: intervalMaxSeconds } }
}

function decide(tooSoon: boolean, failures: number, now: number): CountDecision<PollVerdict> {
  const seconds = intervalSeconds * (failures + 1)
  return {
    value: { tooSoon, intervalSeconds: seconds },
    counts: [{ failures, resetAt: now + seconds * 1_000 }],
  }
}

function isPending(body: unknown): boolean {
  return (
    typeof body === 'object' &&
    body !== null &&
    'error' in body &&
    body.error === 'authorization_pending'
  )
}

// Hashed, because whoever shows a code is believed, and a copy of the database must not have it.
function pollKey(deviceCode: string): string {
  return `device poll\n${createHash('sha256').update(deviceCode).digest('base64url')}`
}
