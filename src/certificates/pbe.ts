import { createDecipheriv } from 'node:crypto'
import type { AsnType } from 'asn1js'
import { isSequence, numberOf, octetsOf, oidOf, partsOf } from './asn1.ts'
import { type Derivation, derivePbkdf2, derivePkcs12, keyUse } from './pkcs12-key.ts'
import { decipherRc2 } from './rc2.ts'

/** A password as the two generations of schemes want it. */
export interface PasswordBytes {
  readonly bmp: Uint8Array
  readonly utf8: Uint8Array
}

/** A scheme that is not among those of PKCS #12 or PBES2 with AES or 3DES. */
export class UnsupportedScheme extends Error {}

type Decipher = (ciphertext: Uint8Array, key: Uint8Array, iv: Uint8Array) => Buffer

interface Cipher {
  readonly keyBytes: number
  readonly ivBytes: number
  readonly decipher: Decipher
}

const desCbc: Decipher = (ciphertext, key, iv) => decipherWith('des-ede3-cbc', ciphertext, key, iv)
const rc2Cbc: Decipher = (ciphertext, key, iv) =>
  withoutPadding(decipherRc2(ciphertext, key, key.length * 8, iv))

/** RFC 7292 appendix C. The two with RC4 were never written by anything still in use. */
const pkcs12Schemes: Readonly<Record<string, Cipher>> = {
  '1.2.840.113549.1.12.1.3': { keyBytes: 24, ivBytes: 8, decipher: desCbc },
  '1.2.840.113549.1.12.1.4': {
    keyBytes: 16,
    ivBytes: 8,
    decipher: (ciphertext, key, iv) =>
      desCbc(ciphertext, Buffer.concat([key, key.subarray(0, 8)]), iv),
  },
  '1.2.840.113549.1.12.1.5': { keyBytes: 16, ivBytes: 8, decipher: rc2Cbc },
  '1.2.840.113549.1.12.1.6': { keyBytes: 5, ivBytes: 8, decipher: rc2Cbc },
}

/** RFC 8018 appendix B.2 and RFC 3565. */
const pbes2Ciphers: Readonly<Record<string, Omit<Cipher, 'ivBytes'>>> = {
  '1.2.840.113549.3.7': { keyBytes: 24, decipher: desCbc },
  '2.16.840.1.101.3.4.1.2': { keyBytes: 16, decipher: withNode('aes-128-cbc') },
  '2.16.840.1.101.3.4.1.22': { keyBytes: 24, decipher: withNode('aes-192-cbc') },
  '2.16.840.1.101.3.4.1.42': { keyBytes: 32, decipher: withNode('aes-256-cbc') },
}

/** Pseudo-random functions of PBKDF2 (RFC 8018 appendix B.1.2); SHA-1 when nothing is said. */
const prfHashes: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
}

const pbes2 = '1.2.840.113549.1.5.13'
const pbkdf2 = '1.2.840.113549.1.5.12'

/**
 * Opens what was encrypted under a password. `algorithm` is the AlgorithmIdentifier. Throws UnsupportedScheme, Asn1Error,
 * and whatever the cipher throws for a wrong password.
 */
export async function decryptWithPassword(
  algorithm: AsnType | undefined,
  ciphertext: Uint8Array,
  password: PasswordBytes,
): Promise<Buffer> {
  const [identifier, parameters] = partsOf(algorithm)
  const oid = oidOf(identifier)
  if (oid === pbes2) return decryptPbes2(parameters, ciphertext, password.utf8)
  const cipher = pkcs12Schemes[oid]
  if (!cipher) throw new UnsupportedScheme(oid)
  const [salt, iterations] = partsOf(parameters)
  const from: Derivation = {
    hash: 'sha1',
    salt: octetsOf(salt),
    iterations: numberOf(iterations),
  }
  const key = await derivePkcs12(from, password.bmp, keyUse.key, cipher.keyBytes)
  const iv = await derivePkcs12(from, password.bmp, keyUse.iv, cipher.ivBytes)
  return cipher.decipher(ciphertext, key, iv)
}

/** PBES2-params ::= SEQUENCE { keyDerivationFunc, encryptionScheme } (RFC 8018 appendix A.4). */
async function decryptPbes2(
  parameters: AsnType | undefined,
  ciphertext: Uint8Array,
  password: Uint8Array,
): Promise<Buffer> {
  const [derivation, scheme] = partsOf(parameters)
  const [kdf, kdfParameters] = partsOf(derivation)
  const [cipherOid, iv] = partsOf(scheme)
  const cipher = pbes2Ciphers[oidOf(cipherOid)]
  if (oidOf(kdf) !== pbkdf2) throw new UnsupportedScheme(oidOf(kdf))
  if (!cipher) throw new UnsupportedScheme(oidOf(cipherOid))
  const from = readPbkdf2(kdfParameters)
  const key = await derivePbkdf2(from, password, cipher.keyBytes)
  return cipher.decipher(ciphertext, key, octetsOf(iv))
}

/** PBKDF2-params ::= SEQUENCE { salt, iterationCount, keyLength OPTIONAL, prf DEFAULT } (RFC 8018 appendix A.2). */
function readPbkdf2(parameters: AsnType | undefined): Derivation {
  const [salt, iterations, ...rest] = partsOf(parameters)
  // What may stand before it is the key length, which the cipher says as well.
  const prf = rest.at(-1)
  const oid = prf && isSequence(prf) ? oidOf(partsOf(prf)[0]) : '1.2.840.113549.2.7'
  const hash = prfHashes[oid]
  if (hash === undefined) throw new UnsupportedScheme(oid)
  return { hash, salt: octetsOf(salt), iterations: numberOf(iterations) }
}

function withNode(name: string): Decipher {
  return (ciphertext, key, iv) => decipherWith(name, ciphertext, key, iv)
}

function decipherWith(name: string, ciphertext: Uint8Array, key: Uint8Array, iv: Uint8Array) {
  const decipher = createDecipheriv(name, key, iv)
  return Buffer.concat([decipher.update(ciphertext), decipher.final()])
}

/** RFC 8018 §6.1.1: n bytes of the value n. */
function withoutPadding(plain: Buffer): Buffer {
  const count = plain.at(-1) ?? 0
  if (count < 1 || count > 8 || !plain.subarray(-count).every((byte) => byte === count)) {
    throw new RangeError('no padding')
  }
  return plain.subarray(0, -count)
}
