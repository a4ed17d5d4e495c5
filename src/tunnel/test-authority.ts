import { createHash, webcrypto, X509Certificate } from 'node:crypto'

// @peculiar/x509 asks its dependency-injection container for metadata that only decorated classes would have; nobody
// here decorates, so answering "none" is the whole polyfill. It has to be there before the import.
if (!('getMetadata' in Reflect)) {
  Object.assign(Reflect, {
    getMetadata: () => undefined,
    getOwnMetadata: () => undefined,
    hasOwnMetadata: () => false,
    defineMetadata: () => {},
  })
}
const x509 = await import('@peculiar/x509')

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const hour = 3_600_000

/** A certificate with its key, as PEM. The certificate of a server has its authority's behind it. */
export interface TestIdentity {
  readonly certPem: string
  readonly keyPem: string
}

/** A certificate authority for tests, and what it issues. */
export interface TestAuthority {
  readonly caPem: string
  readonly fingerprint: string
  /** A server certificate for these host names and addresses. */
  issue(names: readonly string[], change?: { readonly expired?: boolean }): Promise<TestIdentity>
}

export async function createTestAuthority(name = 'Test authority'): Promise<TestAuthority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: `CN=${name}`,
    notBefore: new Date(Date.now() - 2 * hour),
    notAfter: new Date(Date.now() + 24 * hour),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  const caPem = ca.toString('pem')
  return {
    caPem,
    fingerprint: createHash('sha256').update(new X509Certificate(caPem).raw).digest('hex'),
    async issue(names, { expired = false } = {}) {
      const leafKeys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
      const leaf = await x509.X509CertificateGenerator.create({
        serialNumber: '02',
        subject: `CN=${names[0]}`,
        issuer: ca.subject,
        notBefore: new Date(Date.now() - 2 * hour),
        notAfter: new Date(Date.now() + (expired ? -hour : hour)),
        publicKey: leafKeys.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        extensions: [
          new x509.SubjectAlternativeNameExtension(
            names.map((value) => ({ type: /^[0-9.]+$/.test(value) ? 'ip' : 'dns', value })),
          ),
        ],
      })
      const key = await webcrypto.subtle.exportKey('pkcs8', leafKeys.privateKey)
      const keyPem = x509.PemConverter.encode(key, 'PRIVATE KEY')
      return { certPem: `${leaf.toString('pem')}\n${caPem}`, keyPem }
    },
  }
}
