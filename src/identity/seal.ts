import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../base/clock.ts'

/** What came out of a sealed text. `expired` is authentic but late: good for a hint, never for a decision. */
export type Opened<Value> =
  | { readonly kind: 'valid'; readonly value: Value }
  | { readonly kind: 'expired'; readonly value: Value }
  | { readonly kind: 'forged' }

const keyBytes = 32
const keyIdBytes = 4
// NIST SP 800-38D: 96-bit nonces; drawn at random they are good for 2^32 messages under one key.
const nonceBytes = 12
const tagBytes = 16
const headBytes = keyIdBytes + nonceBytes
// The longest text that comes back from outside is a return URL of 4 KiB and a fragment inside a state; nothing longer is
// worth decoding.
const outsideMaxLength = 16_384

interface Key {
  readonly id: Buffer
  readonly secret: Uint8Array
}

/**
 * Seals small values into opaque URL-safe texts with AES-256-GCM. The purpose is authenticated, so that a text made for
 * one use opens in no other. `keys`: 32 bytes each, the newest first; the first seals, all open. `textMaxLength`:
 * characters beyond which nothing is opened.
 */
export class Seal {
  readonly #keys: readonly Key[]
  readonly #clock: Clock
  readonly #textMaxLength: number

  constructor(keys: readonly Uint8Array[], clock: Clock, textMaxLength = outsideMaxLength) {
    if (keys.length === 0 || keys.some((key) => key.length !== keyBytes)) {
      throw new TypeError('a seal needs keys of 32 bytes')
    }
    this.#keys = keys.map((secret) => ({ id: keyIdOf(secret), secret }))
    this.#clock = clock
    this.#textMaxLength = textMaxLength
  }

  /** A text that opens for `lifetimeMs` under the same purpose. */
  seal(purpose: string, value: object, lifetimeMs: number): string {
    const key = this.#keys[0] as Key
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', key.secret, nonce)
    cipher.setAAD(Buffer.from(purpose))
    const plain = JSON.stringify({ expiresAt: this.#clock() + lifetimeMs, value })
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
    return Buffer.concat([key.id, nonce, sealed, cipher.getAuthTag()]).toString('base64url')
  }

  /** The value; its type is the one `seal` was given under that purpose, which the tag proves. */
  open<Value extends object>(
    purpose: string,
    text: string,
    maxLength: number = this.#textMaxLength,
  ): Opened<Value> {
    const plain = this.#decrypt(purpose, text, maxLength)
    if (plain === undefined) return { kind: 'forged' }
    const { expiresAt, value } = JSON.parse(plain) as { expiresAt: number; value: Value }
    return { kind: this.#clock() < expiresAt ? 'valid' : 'expired', value }
  }

  #decrypt(purpose: string, text: string, maxLength: number): string | undefined {
    if (text.length > maxLength || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined
    const bytes = Buffer.from(text, 'base64url')
    if (bytes.length < headBytes + tagBytes || bytes.toString('base64url') !== text)
      return undefined
    const id = bytes.subarray(0, keyIdBytes)
    const key = this.#keys.find((candidate) => candidate.id.equals(id))
    if (!key) return undefined
    const nonce = bytes.subarray(keyIdBytes, headBytes)
    const decipher = createDecipheriv('aes-256-gcm', key.secret, nonce, { authTagLength: tagBytes })
    decipher.setAAD(Buffer.from(purpose))
    decipher.setAuthTag(bytes.subarray(-tagBytes))
    try {
      const sealed = bytes.subarray(headBytes, -tagBytes)
      return decipher.update(sealed, undefined, 'utf8') + decipher.final('utf8')
    } catch {
      return undefined // the tag does not fit: somebody else's bytes
    }
  }
}

function keyIdOf(secret: Uint8Array): Buffer {
  return createHash('sha256')
    .update('sallyport seal key')
    .update(secret)
    .digest()
    .subarray(0, keyIdBytes)
}
