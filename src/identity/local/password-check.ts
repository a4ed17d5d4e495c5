import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { RawHeaders } from '../../http/headers.ts'
import type { PeopleStore, Person } from '../person.ts'
import type { Attempt, Attempts } from './attempts.ts'
import type { Authenticators } from './authenticators.ts'
import { knownBrowser } from './known-browser.ts'
import { hashPassword, isOutdated, verifyPassword } from './password.ts'
import type { SecretVault } from './vault.ts'

// Each takes 19 MiB and 45 ms of a core; more at once would only wait for one another.
const maxChecksAtOnce = 16
const busySeconds = 2

/** What a temporary pass is hashed for. */
export const temporaryPassUse = 'temporary pass/1'

export interface PasswordCheckOptions {
  readonly people: PeopleStore
  readonly authenticators: Authenticators
  readonly attempts: Attempts
  readonly vault: SecretVault
  readonly clock: Clock
  readonly log: Log
}

/** From where a password comes. */
export interface Caller {
  readonly address: string
  readonly headers: RawHeaders
}

export type PasswordVerdict =
  | { readonly person: Person; readonly proof: 'password' | 'temporaryPass' }
  | { readonly refused: 'wrong-password'; readonly person: Person | undefined }
  | { readonly refused: 'disabled'; readonly person: Person }
  | {
      readonly refused: 'too-many-attempts'
      readonly person: Person | undefined
      readonly retryAfterSeconds: number
    }

/**
 * Checks passwords, slowly for whoever guesses. Neither words nor time tell whether there is somebody of that name: a
 * name that is nobody's costs the same work. [S11]
 */
export class PasswordCheck {
  readonly #options: PasswordCheckOptions
  #running = 0

  constructor(options: PasswordCheckOptions) {
    this.#options = options
  }

  /** Is this the password, or the temporary pass, of the person called `userName` in whatever spelling? */
  async check(userName: string, password: string, caller: Caller): Promise<PasswordVerdict> {
    const person = await this.#options.people.byUserPrincipalName(userName)
    if (this.#running >= maxChecksAtOnce) {
      return { refused: 'too-many-attempts', person, retryAfterSeconds: busySeconds }
    }
    this.#running++
    try {
      return await this.#checkCounted(person, userName, password, caller)
    } finally {
      this.#running--
    }
  }

  async #checkCounted(
    person: Person | undefined,
    userName: string,
    password: string,
    { address, headers }: Caller,
  ): Promise<PasswordVerdict> {
    const { attempts, vault, log } = this.#options
    const attempt: Attempt = {
      // One account, however its name is spelt; a name that is nobody's is counted like one.
      account: person?.id ?? userName.normalize('NFC').trim().toLowerCase(),
      address,
      knownBrowser: person && knownBrowser(vault, headers, person.id),
    }
    const verdict = await attempts.begin(attempt)
    if (!verdict.allowed) {
      log.warn({ address }, 'too many failed sign-ins')
      const { retryAfterSeconds } = verdict
      return { refused: 'too-many-attempts', person, retryAfterSeconds }
    }
    const proof = await this.#prove(person, password)
    if (!person || !proof) {
      log.info({ address }, 'password refused')
      return { refused: 'wrong-password', person }
    }
    await attempts.succeed(attempt)
    return person.enabled ? { person, proof } : { refused: 'disabled', person }
  }

  async #prove(person: Person | undefined, password: string) {
    const { people, authenticators, vault, clock } = this.#options
    const verifier = await people.passwordOf(person?.id ?? '')
    const right = await verifyPassword(person ? verifier : undefined, password)
    if (person && right && verifier !== undefined) {
      if (isOutdated(verifier)) {
        await authenticators.upgradePassword(person.id, verifier, await hashPassword(password))
      }
      return 'password'
    }
    // Looked for also where there is nobody, so that this takes no time that tells.
    const hash = vault.hash(temporaryPassUse, password)
    const used = await authenticators.useTemporaryPass(person?.id ?? '', hash, clock())
    return used ? 'temporaryPass' : undefined
  }
}
