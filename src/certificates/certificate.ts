import type { X509Certificate } from 'node:crypto'
import { isHostLabel } from '../http/label.ts'

/** What anybody may know about a certificate. Times are epoch milliseconds. */
export interface CertificateFacts {
  /** SHA-1 of the DER in upper-case hexadecimal, as the original and Windows name certificates. */
  readonly thumbprint: string
  readonly subjectName: string
  readonly issuerName: string
  /** DNS names it is for, lower-case; `*.` stands for one label. */
  readonly names: readonly string[]
  readonly notBefore: number
  readonly notAfter: number
}

/** A certificate that can be served. */
export interface ServerCertificate extends CertificateFacts {
  /** PEM, the server's own certificate first, without the root. */
  readonly chain: string
  /** PKCS #8 PEM. Secret. */
  readonly key: string
}

/** The facts of a parsed certificate. */
export function factsOf(certificate: X509Certificate): CertificateFacts {
  return {
    thumbprint: certificate.fingerprint.replaceAll(':', ''),
    subjectName: nameOf(certificate.subject),
    issuerName: nameOf(certificate.issuer),
    names: dnsNames(certificate),
    notBefore: certificate.validFromDate.getTime(),
    notAfter: certificate.validToDate.getTime(),
  }
}

// Node writes one attribute a line in the order of the bytes; names are read the other way round (RFC 4514 §2.1).
function nameOf(lines: string | undefined): string {
  return (lines ?? '').split('\n').reverse().join(', ')
}

/** Browsers look at these names only, never at the common name (RFC 9525 §6.3). */
function dnsNames(certificate: X509Certificate): readonly string[] {
  // Node quotes what could be taken for a separator, so that no other kind of name can pass for one of these.
  const written = (certificate.subjectAltName ?? '').split(', ')
  const names = written
    .filter((name) => name.startsWith('DNS:'))
    .map((name) => name.slice('DNS:'.length).toLowerCase())
  return [...new Set(names.filter(isCertificateName))]
}

function isCertificateName(name: string): boolean {
  return (name.startsWith('*.') ? name.slice(2) : name).split('.').every(isHostLabel)
}

/** Whether one of `names` stands for `host`; a star is exactly one label (RFC 9525 §6.3), and covers itself. */
export function coversHost(names: readonly string[], host: string): boolean {
  return names.includes(host) || names.includes(starOver(host))
}

/** `*.contoso.net` for `app.contoso.net`. */
export function starOver(host: string): string {
  return `*${host.slice(host.indexOf('.'))}`
}
