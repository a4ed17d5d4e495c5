import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { Issue } from '../../base/check.ts'
import { isEasilyGuessed, type PasswordOwner } from './password-policy.ts'

/** NIST SP 800-63B asks for eight at least; twelve withstand guessing by whoever stole the verifiers. */
const MIN_PASSWORD_CHARACTERS = 12
/** Long enough for any sentence; hashing a megabyte would be somebody's attack. */
const MAX_PASSWORD_BYTES = 1024

/** OWASP's first choice for argon2id: 19 MiB and two passes, about 45 ms. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const
const SALT_BYTES = 16
const TAG_BYTES = 32
/** Of a verifier that somebody imported: more would let one sign-in take the machine. */
const MAX_COST = { memory: 262_144, passes: 16, parallelism: 16 } as const

const derive = promisify(
  (parameters: Argon2Parameters, done: (error: Error | null, tag: Buffer) => void): void =>
    argon2('argon2id', parameters, done),
)

/** What a new password lacks; empty when it will do. Knowing whose it is, it may not be made of their names. */
export function checkPassword(password: string, owner?: PasswordOwner): readonly Issue[] {
  const tooShort = Array.from(password.normalize('NFC')).length < MIN_PASSWORD_CHARACTERS
  const issue = (code: string, message: string) => [{ path: '/password', code, message }]
  if (tooShort) {
    return issue('too-short', `a password needs at least ${MIN_PASSWORD_CHARACTERS} characters`)
  }
  if (!fits(password)) {
    return issue('too-long', `a password may have at most ${MAX_PASSWORD_BYTES} bytes`)
  }
  if (isEasilyGuessed(password, owner)) {
    return issue(
      'too-common',
      'a password must not be made of names, common words and rows of keys',
    )
  }
  return []
}

/** An argon2id verifier with a fresh salt, as a PHC string. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(SALT_BYTES)
  const tag = await derive({ ...COST, nonce, tagLength: TAG_BYTES, message: encode(password) })
  const cost = `m=${COST.memory},t=${COST.passes},p=${COST.parallelism}`
  return `$argon2id$v=19$${cost}$${toBase64(nonce)}$${toBase64(tag)}`
}

/**
 * Is this the password of the verifier? Compares in constant time. Without a verifier (nobody of that name, or no
 * password set) it takes as long and says no, so that time does not tell who exists.
 */
export async function verifyPassword(phc: string | undefined, password: string): Promise<boolean> {
  if (!fits(password)) return false
  const known = phc === undefined ? undefined : parseVerifier(phc)
  const { cost, nonce, tag } = known ?? decoy
  const found = await derive({ ...cost, nonce, tagLength: tag.length, message: encode(password) })
  return timingSafeEqual(found, tag) && known !== undefined
}

/** Was it made with other costs than today's? Then it is made anew when the password is known, at a sign-in. */
export function isOutdated(phc: string): boolean {
  const known = parseVerifier(phc)
  return known === undefined || JSON.stringify(known.cost) !== JSON.stringify(COST)
}

interface Verifier {
  readonly cost: { readonly memory: number; readonly passes: number; readonly parallelism: number }
  readonly nonce: Buffer
  readonly tag: Buffer
}

const decoy: Verifier = {
  cost: COST,
  nonce: randomBytes(SALT_BYTES),
  tag: randomBytes(TAG_BYTES),
}

// https://github.com/P-H-C/phc-string-format, the form every argon2 library writes.
const phcString =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,86})$/

function parseVerifier(phc: string): Verifier | undefined {
  const [, memory, passes, parallelism, nonce, tag] = phcString.exec(phc) ?? []
  if (nonce === undefined || tag === undefined) return undefined
  const cost = {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  }
  const tooCostly =
    cost.memory > MAX_COST.memory ||
    cost.passes > MAX_COST.passes ||
    cost.parallelism > MAX_COST.parallelism
  if (tooCostly || cost.memory < 8 * cost.parallelism || cost.passes < 1 || cost.parallelism < 1) {
    return undefined
  }
  return { cost, nonce: Buffer.from(nonce, 'base64'), tag: Buffer.from(tag, 'base64') }
}

function fits(password: string): boolean {
  return Buffer.byteLength(password) <= MAX_PASSWORD_BYTES
}

/** One password however the keyboard composed its accents (RFC 8265 §4.2.2). */
function encode(password: string): string {
  return password.normalize('NFC')
}

function toBase64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
