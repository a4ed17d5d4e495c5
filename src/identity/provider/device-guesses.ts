import '../lts-flag.ts'
import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { systemClock } from '../../base/clock.ts'
import type { Answer } from '../../http/answer.ts'
import { type AttemptLimits, Attempts } from '../local/attempts.ts'
import { type LocalPageOptions, peerOf } from '../local/local-pages.ts'
import { tooManyCodesPage } from './device-pages.ts'

/**
 * RFC 8628 §5.1: there are 2.6 · 10^10 codes, and each lives for minutes. Codes are nobody's account, so places alone count:
 * whoever guesses elsewhere keeps nobody from letting a program in. A code of one's own forgives nothing but itself, else it
 * would buy the next guesses.
 */
const deviceCodeLimits: AttemptLimits = {
  what: 'device code',
  windowMs: 5 * 60_000,
  pair: Number.POSITIVE_INFINITY,
  place: 20,
  account: Number.POSITIVE_INFINITY,
}

/** Each start keeps a record, and is one code more that a guess may hit: so many sign-ins an office begins at once at most. */
const deviceStartLimits: AttemptLimits = { ...deviceCodeLimits, what: 'device start', place: 60 }

// oidc-provider takes its paths in any case, and with a slash at the end.
const devicePath = /^\/device\/?$/i
const startPath = /^\/device\/auth\/?$/i

/** Slows down who guesses at the codes that programs show, and who asks for many: 429 with a time to come back. [S11] */
export function limitDeviceGuesses(
  provider: Provider,
  options: Pick<LocalPageOptions, 'failureCounts' | 'clock' | 'addressOf'>,
  write: (ctx: Pick<KoaContextWithOIDC, 'status' | 'set' | 'body'>, answer: Answer) => void,
): void {
  const { failureCounts, clock = systemClock, addressOf = peerOf } = options
  const attempts = new Attempts(failureCounts, clock, deviceCodeLimits)
  const starts = new Attempts(failureCounts, clock, deviceStartLimits)
  provider.use(async (ctx, next) => {
    if (ctx.method !== 'POST' || !startPath.test(ctx.path)) return next()
    const verdict = await starts.begin({ account: '', address: addressOf(ctx.req) })
    if (verdict.allowed) return next()
    ctx.status = 429
    ctx.set('Retry-After', String(verdict.retryAfterSeconds))
    // RFC 6749 §5.2 has no word for it; OAuth's own for a program that asks too often is this.
    ctx.body = { error: 'slow_down', error_description: 'too many sign-ins were begun from here' }
  })
  provider.use(async (ctx, next) => {
    if (ctx.method !== 'POST' || !devicePath.test(ctx.path)) return next()
    const attempt = { account: '', address: addressOf(ctx.req) }
    const verdict = await attempts.begin(attempt)
    if (!verdict.allowed) return write(ctx, tooManyCodesPage(verdict.retryAfterSeconds))
    await next()
    // oidc-provider adds it where the path is one of its own.
    const { oidc } = ctx as Partial<KoaContextWithOIDC>
    if (oidc?.entities.DeviceCode) await attempts.succeed(attempt)
  })
}
