import { createHmac, randomInt, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import { Seal } from '../seal.ts'

// 80 bits each, and a keyed hash is all that is kept: nobody guesses one, not even with the database in hand.
const codeCharacters = 16
const groupLength = 4
// Without I, L, O, U and 0, 1: nobody has to ask which is which.
const alphabet = 'ABCDEFGHJKMNPQRSTVWXYZ23456789'
/** As many as other systems give. */
const recoveryCodeCount = 10

/** Keeps what the embedded provider must remember of people's secrets, by a key that is not in the database. */
export class SecretVault {
  readonly #seal: Seal
  readonly #key: Uint8Array

  /** `key`: 32 bytes for nothing else. */
  constructor(key: Uint8Array, clock: Clock) {
    this.#key = key
    this.#seal = new Seal([key], clock)
  }

  /** A secret as it may be kept; opens for the same use only. */
  seal(use: string, secret: Uint8Array): string {
    const text = Buffer.from(secret).toString('base64')
    return this.#seal.seal(use, { text }, Number.MAX_SAFE_INTEGER / 2) // it ends by being removed
  }

  /** undefined for what another key or another use has sealed. */
  open(use: string, sealed: string): Buffer | undefined {
    const opened = this.#seal.open<{ readonly text: string }>(use, sealed)
    return opened.kind === 'valid' ? Buffer.from(opened.value.text, 'base64') : undefined
  }

  /** The hash under which a code of many bits is kept. */
  hash(use: string, code: string): string {
    return createHmac('sha256', this.#key)
      .update(`${use}\n${plainCode(code)}`)
      .digest('base64url')
  }

  /** A text that proves `facts`: nobody else can make it. */
  prove(use: string, facts: string): string {
    return createHmac('sha256', this.#key).update(`${use}\n\n${facts}`).digest('base64url')
  }

  /** Is `proof` the one of these facts? */
  isProof(use: string, facts: string, proof: string): boolean {
    const expected = Buffer.from(this.prove(use, facts))
    const given = Buffer.from(proof)
    return given.length === expected.length && timingSafeEqual(given, expected)
  }
}

/** A code that a person can read out and type: `K7WQ-…`. */
export function createCode(): string {
  const characters = Array.from(
    { length: codeCharacters },
    () => alphabet[randomInt(alphabet.length)],
  )
  const groups: string[] = []
  for (let at = 0; at < codeCharacters; at += groupLength) {
    groups.push(characters.slice(at, at + groupLength).join(''))
  }
  return groups.join('-')
}

/** Ten codes for the day when the telephone is gone. */
export function createRecoveryCodes(): readonly string[] {
  return Array.from({ length: recoveryCodeCount }, createCode)
}

function plainCode(typed: string): string {
  return typed.replace(/[\s-]/g, '').toUpperCase()
}
