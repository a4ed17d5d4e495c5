import assert from 'node:assert/strict'
import { createHash, pbkdf2 } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Asn1Error } from './asn1.ts'

/** What the bytes derived are for (RFC 7292 appendix B.3). */
export const keyUse = { key: 1, iv: 2, mac: 3 } as const

/** How a key comes out of a password. */
export interface Derivation {
  readonly hash: string
  readonly salt: Uint8Array
  readonly iterations: number
}

// Windows and OpenSSL make 2 000 iterations, Java 10 000; what asks for more is slow for us and safe for nobody.
const iterationsMax = 200_000
// PBKDF2 is native code on another thread; today's advice is 600 000.
const nativeIterationsMax = 2_000_000
// Half a millisecond of hashing, then everybody else's turn.
const iterationsPerTurn = 500

const hashBlockBytes: Readonly<Record<string, number>> = {
  sha1: 64,
  sha224: 64,
  sha256: 64,
  sha384: 128,
  sha512: 128,
}

/** PKCS #12's own way (RFC 7292 appendix B.2). `password`: see `bmpPassword`. Throws Asn1Error for absurd iterations. */
export async function derivePkcs12(
  { hash, salt, iterations }: Derivation,
  password: Uint8Array,
  use: number,
  length: number,
): Promise<Buffer> {
  const v = hashBlockBytes[hash]
  checkIterations(iterations, iterationsMax)
  assert(v !== undefined, `unknown hash ${hash}`)
  const diversifier = Buffer.alloc(v, use)
  const input = Buffer.concat([repeat(salt, v), repeat(password, v)])
  const made: Buffer[] = []
  for (let bytes = 0; bytes < length; ) {
    let digest = createHash(hash).update(diversifier).update(input).digest()
    for (let i = 1; i < iterations; i++) {
      digest = createHash(hash).update(digest).digest()
      if (i % iterationsPerTurn === 0) await nextTurn()
    }
    made.push(digest)
    bytes += digest.length
    addToBlocks(input, repeat(digest, v).subarray(0, v), v)
  }
  return Buffer.concat(made).subarray(0, length)
}

/** PBKDF2 (RFC 8018 §5.2), off the main thread. Throws Asn1Error for absurd iterations. */
export async function derivePbkdf2(
  { hash, salt, iterations }: Derivation,
  password: Uint8Array,
  length: number,
): Promise<Buffer> {
  checkIterations(iterations, nativeIterationsMax)
  return pbkdf2OnThread(password, salt, iterations, length, hash)
}

const pbkdf2OnThread = promisify(pbkdf2)

/** UTF-16 with the high byte first and a zero at the end (RFC 7292 appendix B.1). */
export function bmpPassword(password: string): Buffer {
  return Buffer.from(`${password}\0`, 'utf16le').swap16()
}

function checkIterations(iterations: number, most: number): void {
  if (!(iterations >= 1 && iterations <= most)) {
    throw new Asn1Error(`${iterations} iterations are not among 1 to ${most}`)
  }
}

/** Step 2 and 3: the bytes over and over, up to a whole number of blocks; nothing stays nothing. */
function repeat(bytes: Uint8Array, v: number): Buffer {
  const length = v * Math.ceil(bytes.length / v)
  return Buffer.alloc(length, bytes)
}

/** Step 6 C: I_j = (I_j + B + 1) mod 2^v, byte by byte from the end. */
function addToBlocks(input: Buffer, block: Buffer, v: number): void {
  for (let start = 0; start < input.length; start += v) {
    let carry = 1
    for (let i = v - 1; i >= 0; i--) {
      carry += (input[start + i] as number) + (block[i] as number)
      input[start + i] = carry & 0xff
      carry >>= 8
    }
  }
}
