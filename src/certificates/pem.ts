import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { Issue, Parsed } from '../base/check.ts'
import type { Material, MaterialPlaces } from './validate.ts'

/** More certificates than any chain has. */
const certificatesMax = 20

const certificatePattern = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g
const keyPattern = /-----BEGIN ((?:[A-Z]+ )?PRIVATE KEY)-----[^-]+-----END \1-----/g
const encryptedKey = /-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/

/** Certificates (PEM, one or several, in any order) and a private key without a password; or what cannot be read. */
export function readPem(chain: string, key: string, places: MaterialPlaces): Parsed<Material> {
  const issues: Issue[] = []
  const blocks = chain.match(certificatePattern) ?? []
  const certificates = blocks.length > certificatesMax ? undefined : blocks.map(readCertificate)
  if (blocks.length === 0 || !certificates || certificates.includes(undefined)) {
    const message = `must be 1 to ${certificatesMax} certificates in PEM`
    issues.push({ path: places.certificate, code: 'certificate-malformed', message })
  }
  const keys = readKeys(key)
  if (!keys) {
    const message = encryptedKey.test(key)
      ? 'must not be encrypted: take the password off it, it travels over TLS and is kept sealed'
      : 'must be one private key in PEM (PKCS #8, PKCS #1 or SEC 1)'
    issues.push({ path: places.key, code: 'key-malformed', message })
  }
  if (issues.length > 0 || !certificates || !keys) return { issues }
  return { value: { certificates: certificates.filter((each) => each !== undefined), keys } }
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined // OpenSSL's words about the bytes help nobody
  }
}

function readKeys(pem: string): readonly KeyObject[] | undefined {
  const blocks = pem.match(keyPattern) ?? []
  if (blocks.length !== 1 || encryptedKey.test(pem)) return undefined
  try {
    return [createPrivateKey(blocks[0] as string)]
  } catch {
    return undefined // as above; and an error must not carry a piece of a key
  }
}
