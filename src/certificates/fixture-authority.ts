// @peculiar/x509 expects the polyfill to be there before it is loaded.
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import {
  BasicConstraintsExtension,
  type ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralNames,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'

export const dayMs = 86_400_000

type KeyParameters = EcKeyGenParams | RsaHashedKeyGenParams | Algorithm

interface EcKeyGenParams extends Algorithm {
  readonly namedCurve: string
}

interface RsaHashedKeyGenParams extends Algorithm {
  readonly modulusLength: number
  readonly publicExponent: Uint8Array
  readonly hash: string
}

interface Algorithm {
  readonly name: string
}

export const p256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** RSA of that many bits. */
export function rsa(modulusLength: number): KeyParameters {
  const publicExponent = new Uint8Array([1, 0, 1])
  return { name: 'RSASSA-PKCS1-v1_5', modulusLength, publicExponent, hash: 'SHA-256' }
}

/** What is to be unusual about a certificate. */
export interface Wish {
  readonly subject?: string
  readonly notBefore?: number
  readonly notAfter?: number
  readonly key?: KeyParameters
  readonly authority?: boolean
  readonly usages?: readonly (ExtendedKeyUsage | string)[]
}

export interface IssuedPem {
  readonly certificate: string
  readonly key: string
}

/** An authority for tests, which issues whatever it is asked for. */
export class TestAuthority {
  readonly pem: string
  readonly #certificate: X509Certificate
  readonly #key: webcrypto.CryptoKey

  constructor(certificate: X509Certificate, key: webcrypto.CryptoKey) {
    this.pem = `${certificate.toString('pem')}\n`
    this.#certificate = certificate
    this.#key = key
  }

  static async create(name = 'Test root'): Promise<TestAuthority> {
    const keys = await generateKeys(p256)
    const certificate = await X509CertificateGenerator.createSelfSigned({
      serialNumber: serialNumber(),
      name: `CN=${name}`,
      notBefore: new Date(Date.now() - 365 * dayMs),
      notAfter: new Date(Date.now() + 3650 * dayMs),
      keys,
      signingAlgorithm: p256,
      extensions: [new BasicConstraintsExtension(true, undefined, true)],
    })
    return new TestAuthority(certificate, keys.privateKey)
  }

  /** A certificate for these names and addresses. */
  async issue(names: readonly string[], wish: Wish = {}): Promise<IssuedPem> {
    const keys = await generateKeys(wish.key ?? p256)
    const certificate = await this.#certify(names, keys.publicKey, wish)
    return {
      certificate: `${certificate.toString('pem')}\n`,
      key: await exportKey(keys.privateKey),
    }
  }

  /** An authority below this one. */
  async issueAuthority(name: string, wish: Wish = {}): Promise<TestAuthority> {
    const keys = await generateKeys(p256)
    const all: Wish = { authority: true, subject: `CN=${name}`, ...wish }
    return new TestAuthority(await this.#certify([], keys.publicKey, all), keys.privateKey)
  }

  #certify(names: readonly string[], publicKey: webcrypto.CryptoKey, wish: Wish) {
    const alternatives = names.map((value) => {
      return { type: isIP(value) === 0 ? 'dns' : 'ip', value }
    }) as JsonGeneralNames
    return X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: wish.subject ?? `CN=${names[0] ?? 'nobody'}, O=Contoso`,
      issuer: this.#certificate.subject,
      notBefore: new Date(wish.notBefore ?? Date.now() - dayMs),
      notAfter: new Date(wish.notAfter ?? Date.now() + 90 * dayMs),
      publicKey,
      signingKey: this.#key,
      signingAlgorithm: p256,
      extensions: [
        new BasicConstraintsExtension(wish.authority ?? false, undefined, true),
        ...(names.length > 0 ? [new SubjectAlternativeNameExtension(alternatives)] : []),
        ...(wish.usages ? [new ExtendedKeyUsageExtension([...wish.usages])] : []),
      ],
    })
  }
}

async function generateKeys(parameters: KeyParameters): Promise<webcrypto.CryptoKeyPair> {
  const made = await webcrypto.subtle.generateKey(parameters, true, ['sign', 'verify'])
  return made as webcrypto.CryptoKeyPair
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
}

function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16))
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01
  return Buffer.from(bytes).toString('hex')
}
