import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

// RFC 4226 §4 recommends 160 bits; every app takes SHA-1, six digits and thirty seconds, and some take nothing else.
const secretBytes = 20
const digits = 6
const stepSeconds = 30
// RFC 6238 §5.2: one step of drift, either way.
const driftSteps = 1

const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** A new secret for an app. */
export function createCodeSecret(): Buffer {
  return randomBytes(secretBytes)
}

/** RFC 4648 §6, without padding: how people type a secret. */
export function toBase32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += base32Alphabet[(value >>> bits) & 31]
    }
  }
  return bits > 0 ? text + base32Alphabet[(value << (5 - bits)) & 31] : text
}

/** What the QR code says (the Key URI that all apps read). */
export function codeAppUri(secret: Uint8Array, issuer: string, account: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  const facts = { secret: toBase32(secret), issuer, digits: `${digits}`, period: `${stepSeconds}` }
  return `otpauth://totp/${label}?${new URLSearchParams(facts).toString().replaceAll('+', '%20')}`
}

/** The code of one time step (RFC 6238 §4, RFC 4226 §5.3). */
export function codeAt(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', secret).update(counter).digest()
  const offset = (mac.at(-1) ?? 0) & 15
  const number = mac.readUInt32BE(offset) & 0x7fffffff
  return String(number % 10 ** digits).padStart(digits, '0')
}

/** The time step of this moment, epoch milliseconds. */
export function stepAt(now: number): number {
  return Math.floor(now / 1000 / stepSeconds)
}

/**
 * The time step whose code this is, of those around now; undefined for a wrong code. Whether the step was used before
 * is for the caller to see to. Compares in constant time.
 */
export function findStep(secret: Uint8Array, typed: string, now: number): number | undefined {
  const code = typed.replace(/[\s-]/g, '')
  if (!/^\d{6}$/.test(code)) return undefined
  const given = Buffer.from(code)
  const current = stepAt(now)
  let found: number | undefined
  for (let step = current - driftSteps; step <= current + driftSteps; step++) {
    if (timingSafeEqual(Buffer.from(codeAt(secret, step)), given)) found = step
  }
  return found
}
