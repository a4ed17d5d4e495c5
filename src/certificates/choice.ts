import { starOver } from './certificate.ts'
import type { StoredCertificate } from './stored.ts'

/** Certificates by the names they are for, compiled for the handshake. */
export type CertificateTable = ReadonlyMap<string, readonly StoredCertificate[]>

/** Compiles the table. Of several for one name the most recently begun is looked at first. */
export function compileCertificates(certificates: readonly StoredCertificate[]): CertificateTable {
  const table = new Map<string, StoredCertificate[]>()
  for (const certificate of certificates.toSorted(byPreference)) {
    for (const name of certificate.names) {
      const list = table.get(name)
      if (list) list.push(certificate)
      else table.set(name, [certificate])
    }
  }
  return table
}

function byPreference(one: StoredCertificate, other: StoredCertificate): number {
  return other.notBefore - one.notBefore || other.notAfter - one.notAfter
}

/**
 * The certificate that a host is shown: of those valid at `now` an uploaded one for the very name, else an uploaded one
 * with a star, else one by ACME. When none is valid the one that expired last: its warning tells people more than a
 * handshake that fails. `host` is lower-case, and `*.contoso.net` asks for the star itself. [P11]
 */
export function chooseCertificate(
  table: CertificateTable,
  host: string,
  now: number,
): StoredCertificate | undefined {
  const exact = table.get(host) ?? none
  const starred = table.get(starOver(host)) ?? none
  return (
    exact.find((each) => each.source === 'upload' && isValid(each, now)) ??
    starred.find((each) => each.source === 'upload' && isValid(each, now)) ??
    exact.find((each) => isValid(each, now)) ??
    starred.find((each) => isValid(each, now)) ??
    lastExpired([...exact, ...starred], now)
  )
}

const none: readonly StoredCertificate[] = []

function isValid({ notBefore, notAfter }: StoredCertificate, now: number): boolean {
  return notBefore <= now && now < notAfter
}

function lastExpired(
  certificates: readonly StoredCertificate[],
  now: number,
): StoredCertificate | undefined {
  return certificates
    .filter(({ notAfter }) => notAfter <= now)
    .reduce<StoredCertificate | undefined>(
      (last, each) => (last && last.notAfter >= each.notAfter ? last : each),
      undefined,
    )
}
