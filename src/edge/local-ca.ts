// @peculiar/x509 expects the polyfill to be there before it is loaded.
import 'reflect-metadata'
import { createHash, X509Certificate as NodeCertificate, webcrypto } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { createSecureContext, type SecureContext } from 'node:tls'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { Fault } from '../base/fault.ts'
import { readSecretFile } from '../base/secret-file.ts'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const dayMs = 86_400_000
const caLifetimeDays = 3650
// Browsers refuse server certificates that are valid for longer than 398 days.
const leafLifetimeDays = 90
// Clocks differ between machines; a certificate from the future is refused.
const backdateMs = 5 * 60_000
// A name costs one signature and some 50 kB; only published names get this far.
const contextsMax = 1_000

interface CachedContext {
  readonly context: Promise<SecureContext>
  readonly renewAt: number
}

/** The built-in certificate authority of one data directory: for development, and for connectors to pin. [P11] */
export class LocalCa {
  readonly #certificate: X509Certificate
  readonly #key: webcrypto.CryptoKey
  readonly #leafKeys: webcrypto.CryptoKeyPair
  readonly #contexts = new Map<string, CachedContext>()

  private constructor(
    certificate: X509Certificate,
    key: webcrypto.CryptoKey,
    leafKeys: webcrypto.CryptoKeyPair,
  ) {
    this.#certificate = certificate
    this.#key = key
    this.#leafKeys = leafKeys
  }

  /** Reads `ca.pem` and `ca.key` in `folder`, or makes them (key mode 0600). Rejects with the file system's error, or `storage-failed`. */
  static async open(folder: string): Promise<LocalCa> {
    const leafKeys = await generateKeys()
    const kept = await readCa(folder)
    if (kept) return new LocalCa(kept.certificate, kept.key, leafKeys)
    const made = await createCa()
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeNew(join(folder, 'ca.key'), await exportKey(made.keys.privateKey), 0o600)
    await writeNew(join(folder, 'ca.pem'), made.certificate.toString('pem'), 0o644)
    return new LocalCa(made.certificate, made.keys.privateKey, leafKeys)
  }

  get pem(): string {
    return this.#certificate.toString('pem')
  }

  /** SHA-256 of the certificate in hexadecimal: what an enrolment token pins. [K1] */
  get fingerprint(): string {
    return createHash('sha256').update(new NodeCertificate(this.pem).raw).digest('hex')
  }

  /** A TLS context for one host name or address, made once and renewed at two thirds of its lifetime. */
  contextFor(name: string): Promise<SecureContext> {
    const cached = this.#contexts.get(name)
    if (cached && cached.renewAt > Date.now()) return cached.context
    if (this.#contexts.size >= contextsMax) this.#contexts.clear()
    const context = this.issue([name]).then(createSecureContext)
    this.#contexts.set(name, { context, renewAt: Date.now() + (leafLifetimeDays * dayMs * 2) / 3 })
    return context
  }

  /** A server certificate for these names, with the CA behind it in the chain. */
  async issue(names: readonly string[]): Promise<{ cert: string; key: string }> {
    const alternatives = names.map((name) => ({ type: isIP(name) ? 'ip' : 'dns', value: name }))
    const leaf = await X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      // A common name holds 64 characters at most; names that count stand in the extension.
      subject: 'CN=Sallyport edge',
      issuer: this.#certificate.subject,
      notBefore: new Date(Date.now() - backdateMs),
      notAfter: new Date(Date.now() + leafLifetimeDays * dayMs),
      publicKey: this.#leafKeys.publicKey,
      signingKey: this.#key,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(alternatives as JsonGeneralNames, false),
        await SubjectKeyIdentifierExtension.create(this.#leafKeys.publicKey),
        await AuthorityKeyIdentifierExtension.create(this.#certificate.publicKey),
      ],
    })
    const key = await exportKey(this.#leafKeys.privateKey)
    return { cert: `${leaf.toString('pem')}\n${this.pem}\n`, key }
  }
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}

async function createCa() {
  const keys = await generateKeys()
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: 'CN=Sallyport local CA',
    notBefore: new Date(Date.now() - backdateMs),
    notAfter: new Date(Date.now() + caLifetimeDays * dayMs),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate, keys }
}

async function readCa(folder: string) {
  const path = join(folder, 'ca.pem')
  let pem: string
  try {
    pem = await readFile(path, 'utf8')
  } catch (error) {
    // The key is written first: without the certificate nobody has trusted it yet.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const certificate = new X509Certificate(pem)
    const der = PemConverter.decodeFirst(await readSecretFile(join(folder, 'ca.key')))
    const key = await webcrypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign'])
    return { certificate, key }
  } catch (cause) {
    const sentence = `${path} or the ca.key beside it is damaged or missing. Restore both from a backup.`
    throw new Fault('storage-failed', sentence, { cause })
  }
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
}

// RFC 5280 §4.1.2.2: positive, at most 20 octets.
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16))
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01
  return Buffer.from(bytes).toString('hex')
}

async function writeNew(path: string, text: string, mode: number): Promise<void> {
  const file = await open(`${path}.new`, 'w', mode)
  await file.writeFile(text)
  await file.sync()
  await file.close()
  await rename(`${path}.new`, path)
}
