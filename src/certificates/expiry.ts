import type { Log } from '../base/log.ts'
import type { StoredCertificate } from './stored.ts'

const dayMs = 86_400_000
/** Days before the end on which a certificate that nobody renews by itself is spoken of. */
const warningDays = [30, 14, 7, 1] as const

/** How near the end is: the smallest of the days above that is reached, 0 for over, undefined for none. */
export function expiryStage(notAfter: number, now: number): number | undefined {
  if (notAfter <= now) return 0
  return warningDays.findLast((days) => notAfter - now <= days * dayMs)
}

/** Says once for each stage that a certificate which hosts are shown comes to its end. [P11] */
export class ExpiryWarnings {
  readonly #log: Log
  readonly #speaks: () => boolean
  #said = new Map<string, number>()

  /** `speaks`: whether it is this process that says it for the whole edge. */
  constructor(log: Log, speaks: () => boolean = () => true) {
    this.#log = log
    this.#speaks = speaks
  }

  /** `hosts`: what each is shown now. */
  check(hosts: ReadonlyMap<string, StoredCertificate | undefined>, now: number): void {
    const said = new Map<string, number>()
    for (const [certificate, names] of byCertificate(hosts)) {
      const stage = expiryStage(certificate.notAfter, now)
      if (stage === undefined) continue
      const { thumbprint } = certificate
      said.set(thumbprint, stage)
      // What comes by ACME is renewed long before, and its own failures are logged.
      const matters = stage === 0 || certificate.source === 'upload'
      const isNew = this.#said.get(thumbprint) !== stage
      if (matters && isNew && this.#speaks()) this.#say(certificate, names, stage)
    }
    this.#said = said
  }

  #say({ thumbprint, notAfter }: StoredCertificate, hosts: readonly string[], days: number): void {
    const fields = { thumbprint, hosts, expiryDate: new Date(notAfter).toISOString() }
    if (days > 0) {
      this.#log.warn({ ...fields, days }, 'a certificate expires soon; upload the next one')
    } else {
      this.#log.error(fields, 'a certificate has expired and is served for want of a better one')
    }
  }
}

function byCertificate(
  hosts: ReadonlyMap<string, StoredCertificate | undefined>,
): ReadonlyMap<StoredCertificate, readonly string[]> {
  const found = new Map<StoredCertificate, string[]>()
  for (const [host, certificate] of hosts) {
    if (!certificate) continue
    const names = found.get(certificate)
    if (names) names.push(host)
    else found.set(certificate, [host])
  }
  return found
}
