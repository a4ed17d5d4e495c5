// @peculiar/x509 expects the polyfill to be there before it is loaded.
import 'reflect-metadata'
import { createHash, webcrypto } from 'node:crypto'
import {
  BasicConstraintsExtension,
  Extension,
  PemConverter,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { OctetString } from 'asn1js'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
// RFC 8737 §3: id-pe-acmeIdentifier.
const acmeIdentifier = '1.3.6.1.5.5.7.1.31'
// Nobody but the authority looks at it, and only now; clocks differ.
const challengeLifetimeMs = 24 * 3_600_000

/** A fresh P-256 key, and the request for a certificate with it (PKCS #10, DER). */
export async function requestCertificate(
  host: string,
): Promise<{ readonly key: string; readonly request: Uint8Array }> {
  const keys = await generateKeys()
  const request = await Pkcs10CertificateRequestGenerator.create({
    keys,
    signingAlgorithm: algorithm,
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: host }])],
  })
  return { key: await exportKey(keys.privateKey), request: new Uint8Array(request.rawData) }
}

/** The certificate that answers a tls-alpn-01 challenge (RFC 8737 §3), as PEM. */
export async function createChallengeCertificate(
  host: string,
  keyAuthorization: string,
): Promise<{ readonly cert: string; readonly key: string }> {
  const keys = await generateKeys()
  const digest = createHash('sha256').update(keyAuthorization).digest()
  const value = new OctetString({ valueHex: new Uint8Array(digest).buffer }).toBER()
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=Sallyport challenge',
    notBefore: new Date(Date.now() - challengeLifetimeMs),
    notAfter: new Date(Date.now() + challengeLifetimeMs),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new SubjectAlternativeNameExtension([{ type: 'dns', value: host }]),
      new Extension(acmeIdentifier, true, value),
    ],
  })
  return { cert: certificate.toString('pem'), key: await exportKey(keys.privateKey) }
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
}
