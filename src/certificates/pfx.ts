import { createHmac, timingSafeEqual } from 'node:crypto'
import type { AsnType } from 'asn1js'
import type { Issue, Parsed } from '../base/check.ts'
import {
  Asn1Error,
  bytesOf,
  holdsSequence,
  numberOf,
  octetsOf,
  oidOf,
  parseAsn1,
  partsOf,
} from './asn1.ts'
import { decryptWithPassword, type PasswordBytes, UnsupportedScheme } from './pbe.ts'
import { bmpPassword, derivePkcs12, keyUse } from './pkcs12-key.ts'

/** What a PFX file holds, in its own order. */
export interface PfxContents {
  /** DER of X.509 certificates. */
  readonly certificates: readonly Buffer[]
  /** DER of PKCS #8 private keys. */
  readonly keys: readonly Buffer[]
}

/** A server's certificate, its key and its authorities are a handful. */
const bagsMax = 20
// Each takes a derivation of its own.
const safesMax = 8

const data = '1.2.840.113549.1.7.1'
const encryptedData = '1.2.840.113549.1.7.6'
const keyBag = '1.2.840.113549.1.12.10.1.1'
const shroudedKeyBag = '1.2.840.113549.1.12.10.1.2'
const certificateBag = '1.2.840.113549.1.12.10.1.3'
const nestedBag = '1.2.840.113549.1.12.10.1.6'
const x509Certificate = '1.2.840.113549.1.9.22.1'

const macHashes: Readonly<Record<string, { readonly name: string; readonly bytes: number }>> = {
  '1.3.14.3.2.26': { name: 'sha1', bytes: 20 },
  '2.16.840.1.101.3.4.2.4': { name: 'sha224', bytes: 28 },
  '2.16.840.1.101.3.4.2.1': { name: 'sha256', bytes: 32 },
  '2.16.840.1.101.3.4.2.2': { name: 'sha384', bytes: 48 },
  '2.16.840.1.101.3.4.2.3': { name: 'sha512', bytes: 64 },
}

class WrongPassword extends Error {}

/**
 * Opens a PFX file (PKCS #12, RFC 7292), of today or of the years in which everything was RC2 and 3DES. The issue is
 * `pfx-malformed`, `pfx-unsupported` or `pfx-password`, under the path of the one or the other.
 */
export async function openPfx(
  bytes: Uint8Array,
  password: string,
  where: { readonly pfx: string; readonly password: string },
): Promise<Parsed<PfxContents>> {
  try {
    return { value: await readPfx(bytes, password) }
  } catch (error) {
    const issue = (path: string, code: string, message: string): { issues: Issue[] } => ({
      issues: [{ path, code, message }],
    })
    if (error instanceof WrongPassword) {
      return issue(where.password, 'pfx-password', 'is not the password of this PFX file')
    }
    if (error instanceof UnsupportedScheme) {
      const message = `is encrypted in a way that is not supported (${error.message}); export it with AES-256 and SHA-256`
      return issue(where.pfx, 'pfx-unsupported', message)
    }
    if (error instanceof Asn1Error) {
      return issue(where.pfx, 'pfx-malformed', `is no PFX file that can be read: ${error.message}`)
    }
    throw error
  }
}

/** PFX ::= SEQUENCE { version, authSafe ContentInfo, macData OPTIONAL } */
async function readPfx(bytes: Uint8Array, password: string): Promise<PfxContents> {
  const [version, safe, mac] = partsOf(parseAsn1(bytes))
  if (numberOf(version) !== 3) throw new Asn1Error('its version is not 3')
  const [type, content] = partsOf(safe)
  if (oidOf(type) !== data) throw new UnsupportedScheme(oidOf(type))
  const contents = octetsOf(partsOf(content)[0])
  const secret = mac ? await checkMac(mac, contents, password) : passwordBytes(password)
  const safes = partsOf(parseAsn1(contents))
  if (safes.length > safesMax) throw new Asn1Error(`it has more than ${safesMax} parts`)
  const found: Contents = { certificates: [], keys: [], bags: 0 }
  for (const each of safes) await readSafe(each, secret, found)
  return found
}

function passwordBytes(password: string): PasswordBytes {
  return { bmp: bmpPassword(password), utf8: Buffer.from(password) }
}

/** MacData ::= SEQUENCE { mac DigestInfo, macSalt, iterations DEFAULT 1 }. Says which form of the password is meant. */
async function checkMac(
  mac: AsnType,
  contents: Uint8Array,
  password: string,
): Promise<PasswordBytes> {
  const [info, salt, iterations] = partsOf(mac)
  const [algorithm, digest] = partsOf(info)
  const oid = oidOf(partsOf(algorithm)[0])
  const hash = macHashes[oid]
  if (!hash) throw new UnsupportedScheme(oid)
  const from = {
    hash: hash.name,
    salt: octetsOf(salt),
    iterations: iterations ? numberOf(iterations) : 1,
  }
  const written = passwordBytes(password)
  // No password is a zero character for some programs and no character at all for others.
  const forms = password === '' ? [written, { ...written, bmp: Buffer.alloc(0) }] : [written]
  for (const form of forms) {
    const key = await derivePkcs12(from, form.bmp, keyUse.mac, hash.bytes)
    const made = createHmac(hash.name, key).update(contents).digest()
    const expected = octetsOf(digest)
    if (made.length === expected.length && timingSafeEqual(made, expected)) return form
  }
  throw new WrongPassword()
}

interface Contents {
  certificates: Buffer[]
  keys: Buffer[]
  bags: number
}

/** One ContentInfo: bags in clear, or encrypted under the password. */
async function readSafe(safe: AsnType, password: PasswordBytes, found: Contents): Promise<void> {
  const [type, content] = partsOf(safe)
  const oid = oidOf(type)
  const [inner] = partsOf(content)
  if (oid === data) return readBags(parseAsn1(octetsOf(inner)), password, found)
  if (oid !== encryptedData) throw new UnsupportedScheme(oid)
  // EncryptedData ::= SEQUENCE { version, SEQUENCE { contentType, algorithm, [0] IMPLICIT OCTET STRING } }
  const [, info] = partsOf(inner)
  const [, algorithm, ciphertext] = partsOf(info)
  await readBags(
    parseAsn1(await decrypt(algorithm, octetsOf(ciphertext), password)),
    password,
    found,
  )
}

async function readBags(bags: AsnType, password: PasswordBytes, found: Contents): Promise<void> {
  for (const bag of partsOf(bags)) {
    found.bags += 1
    if (found.bags > bagsMax) throw new Asn1Error(`it holds more than ${bagsMax} things`)
    const [type, value] = partsOf(bag)
    const [inner] = partsOf(value)
    await readBag(oidOf(type), inner, password, found)
  }
}

async function readBag(
  type: string,
  value: AsnType | undefined,
  password: PasswordBytes,
  found: Contents,
): Promise<void> {
  if (type === keyBag) found.keys.push(bytesOf(value))
  if (type === nestedBag && value) await readBags(value, password, found)
  if (type === shroudedKeyBag) {
    const [algorithm, ciphertext] = partsOf(value)
    found.keys.push(await decrypt(algorithm, octetsOf(ciphertext), password))
  }
  if (type === certificateBag) {
    const [kind, certificate] = partsOf(value)
    if (oidOf(kind) === x509Certificate) {
      found.certificates.push(octetsOf(partsOf(certificate)[0]))
    }
  }
}

async function decrypt(
  algorithm: AsnType | undefined,
  ciphertext: Uint8Array,
  password: PasswordBytes,
): Promise<Buffer> {
  let plain: Buffer
  try {
    plain = await decryptWithPassword(algorithm, ciphertext, password)
  } catch (error) {
    if (error instanceof UnsupportedScheme || error instanceof Asn1Error) throw error
    // The cipher's own complaint: bytes that are no padding.
    throw new WrongPassword('', { cause: error })
  }
  // Under a wrong password one text in 256 ends in what looks like padding.
  if (!holdsSequence(plain)) throw new WrongPassword()
  return plain
}
