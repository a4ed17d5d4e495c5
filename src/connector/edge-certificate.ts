import type { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect, type TLSSocket } from 'node:tls'
import { type EdgeAddress, untilOpen } from '../tunnel/carrier.ts'
import { fingerprintOf } from '../tunnel/dial.ts'

/** What a connector pins: the authority itself, or only its fingerprint, as an enrolment token has it. */
export interface Pinned {
  readonly caPem?: string | undefined
  /** SHA-256, lower-case hexadecimal. */
  readonly fingerprint?: string | undefined
}

/** Longer chains are nothing an edge needs. */
const chainMax = 8

/** TLS that takes any certificate, so that it can be looked at. Nothing of worth is ever sent on it. */
export function openTls(
  carrier: Duplex,
  { host }: EdgeAddress,
  protocols: readonly string[],
  { caPem }: Pinned,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const socket = connect({
    host,
    socket: carrier,
    ...(isIP(host) === 0 && { servername: host }),
    ...(caPem !== undefined && { ca: caPem }),
    ALPNProtocols: [...protocols],
    rejectUnauthorized: false,
  })
  return untilOpen(socket, 'secureConnect', signal)
}

export type CertificateVerdict =
  | { readonly trusted: true; readonly because: string }
  | {
      readonly trusted: false
      readonly because: 'foreign' | 'expired' | 'early' | 'name'
      readonly issuer: string
      readonly certificate: X509Certificate | undefined
    }
  | { readonly trusted: undefined; readonly issuer: string }

const codes: Readonly<Record<string, 'expired' | 'early' | 'name'>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'early',
  ERR_TLS_CERT_ALTNAME_INVALID: 'name',
}

/** Whether what the other end showed is what the connector pins; `undefined` where nothing is pinned. */
export function judgeCertificate(socket: TLSSocket, pinned: Pinned): CertificateVerdict {
  const certificate = socket.getPeerX509Certificate()
  const issuer = nameOfIssuer(certificate)
  if (pinned.caPem !== undefined) {
    if (socket.authorized) return { trusted: true, because: issuer }
    const because = codes[errorCode(socket.authorizationError)] ?? 'foreign'
    return { trusted: false, because, issuer, certificate }
  }
  if (pinned.fingerprint === undefined) return { trusted: undefined, issuer }
  for (let at = certificate, i = 0; at && i < chainMax; at = at.issuerCertificate, i++) {
    if (fingerprintOf(at) === pinned.fingerprint) return { trusted: true, because: issuer }
  }
  return { trusted: false, because: 'foreign', issuer, certificate }
}

// Node's types say Error; a code or a sentence is what it is (node:_tls_wrap).
function errorCode(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code)
  const text = String(error)
  return /altname|Hostname\/IP/i.test(text) ? 'ERR_TLS_CERT_ALTNAME_INVALID' : text
}

/** The issuer as people know one: organisation and name. */
export function nameOfIssuer(certificate: X509Certificate | undefined): string {
  if (!certificate) return 'nobody'
  const parts = new Map(
    certificate.issuer.split('\n').map((line) => line.split('=', 2) as [string, string]),
  )
  const names = [parts.get('O'), parts.get('CN')].filter((name) => name !== undefined)
  return names.length > 0
    ? [...new Set(names)].join(', ')
    : certificate.issuer.replaceAll('\n', ', ')
}
