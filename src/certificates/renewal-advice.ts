import type { Log } from '../base/log.ts'
import { AcmeProblem } from './acme-transport.ts'
import { renewalTime, timeWithin } from './renewal.ts'
import type { StoredCertificate } from './stored.ts'

/** When an ACME server would like a certificate to be renewed (RFC 9773 §4.2). Times are epoch milliseconds. */
export interface RenewalWindow {
  readonly start: number
  readonly end: number
  /** Not to be asked again before. */
  readonly retryAt: number | undefined
}

/** Asks the server about a chain in PEM; undefined: this server tells nobody. Throws AcmeProblem. */
export type AskForWindow = (chain: string) => Promise<RenewalWindow | undefined>

interface Advice {
  /** undefined: the server has nothing to say about this one. */
  readonly renewAt: number | undefined
  readonly askAt: number
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
// RFC 9773 §4.3.2: six hours where the server says nothing else, and what it says between a minute and a day.
const askIntervalMs = 6 * hourMs
const askMinMs = minuteMs
const askMaxMs = 24 * hourMs
// Ten thousand hosts are asked about in the course of hours, and not at once.
const asksPerRound = 20
// A server that gives no answer is left alone for a while; the certificate's own dates are always known.
const unreachableMs = hourMs
// However late a server would like it to be, that is when a certificate is renewed at last.
const latestShare = 9 / 10
// However soon: a server that says the same of every new one would be asked for one after the other.
const earliestShare = 1 / 10
const earliestMaxMs = 24 * hourMs

/** When each certificate is to be renewed: as its server would like, else as its own dates say. [P11] */
export class RenewalAdvice {
  readonly #log: Log
  /** By thumbprint. */
  readonly #advice = new Map<string, Advice>()
  #silentUntil = 0

  constructor(log: Log) {
    this.#log = log
  }

  renewalTime(certificate: StoredCertificate): number {
    const renewAt = this.#advice.get(certificate.thumbprint)?.renewAt
    if (renewAt === undefined) return renewalTime(certificate)
    const { notBefore, notAfter } = certificate
    const lifetimeMs = notAfter - notBefore
    const earliest = notBefore + Math.min(lifetimeMs * earliestShare, earliestMaxMs)
    return Math.max(earliest, Math.min(renewAt, notBefore + lifetimeMs * latestShare))
  }

  /** Asks about those of the certificates that it is time to ask about, and forgets all others. Never rejects. */
  async refresh(
    certificates: readonly StoredCertificate[],
    ask: AskForWindow,
    now: number,
  ): Promise<void> {
    const shown = new Set(certificates.map(({ thumbprint }) => thumbprint))
    for (const thumbprint of this.#advice.keys()) {
      if (!shown.has(thumbprint)) this.#advice.delete(thumbprint)
    }
    const isDue = ({ thumbprint }: StoredCertificate) =>
      (this.#advice.get(thumbprint)?.askAt ?? 0) <= now
    for (const certificate of certificates.filter(isDue).slice(0, asksPerRound)) {
      if (now < this.#silentUntil) return
      await this.#ask(certificate, ask, now)
    }
  }

  async #ask({ thumbprint, chain }: StoredCertificate, ask: AskForWindow, now: number) {
    try {
      const window = await ask(chain)
      if (!window) this.#silentUntil = now + askIntervalMs
      else {
        const wait = Math.min(Math.max((window.retryAt ?? 0) - now, askMinMs), askMaxMs)
        const askAt = now + (window.retryAt === undefined ? askIntervalMs : wait)
        this.#advice.set(thumbprint, { renewAt: timeWithin(window, thumbprint), askAt })
      }
    } catch (error) {
      const problem = error instanceof AcmeProblem ? error : undefined
      if (problem?.type === 'unreachable') this.#silentUntil = now + unreachableMs
      const renewAt = this.#advice.get(thumbprint)?.renewAt
      this.#advice.set(thumbprint, { renewAt, askAt: now + askIntervalMs })
      this.#log.debug({ thumbprint, reason: String(error) }, 'the server tells no renewal time')
    }
  }
}
