// @peculiar/x509 expects the polyfill to be there before it is loaded.
import 'reflect-metadata'
import { AuthorityKeyIdentifierExtension, X509Certificate } from '@peculiar/x509'

/**
 * By what name an ACME server knows a certificate when it is asked about its renewal (RFC 9773 §4.1): its authority's key
 * and its own serial number. `chain`: PEM, the certificate first. Undefined when it does not name its authority's key.
 */
export function renewalId(chain: string): string | undefined {
  const certificate = new X509Certificate(chain)
  const authority = certificate.getExtension(AuthorityKeyIdentifierExtension)?.keyId
  if (authority === undefined) return undefined
  return `${base64url(authority)}.${base64url(derInteger(certificate.serialNumber))}`
}

/** The bytes of a positive integer in DER: the first one says that it is none below zero. */
function derInteger(hexadecimal: string): string {
  const even = hexadecimal.length % 2 === 0 ? hexadecimal : `0${hexadecimal}`
  return /^[89a-f]/i.test(even) ? `00${even}` : even
}

function base64url(hexadecimal: string): string {
  return Buffer.from(hexadecimal, 'hex').toString('base64url')
}
