import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Answer } from '../../http/answer.ts'
import type { Administration, ProvenPerson } from '../administration.ts'
import type { PeopleStore, Person } from '../person.ts'
import type { ProviderRecords } from '../provider-records.ts'
import type { RoleStore } from '../roles.ts'
import type { Attempts } from './attempts.ts'
import type { Authenticators, PersonAuthenticators } from './authenticators.ts'
import type { BrowserSignIns } from './browser-sign-ins.ts'
import type { PasskeyParty } from './passkeys.ts'
import type { PasswordCheck } from './password-check.ts'
import type { Progress } from './progress.ts'
import type { OnSignInEvent, SignInReason } from './sign-in-event.ts'
import type { SecretVault } from './vault.ts'

/** Makes a token of the management API that acts in their name. */
export type CreateApiToken = (
  owner: ProvenPerson & { readonly userPrincipalName: string },
) => Promise<string>

/** What the embedded provider's own pages stand on. */
export interface LocalParts {
  readonly people: PeopleStore
  readonly authenticators: Authenticators
  readonly signIns: BrowserSignIns
  readonly roles: RoleStore
  readonly records: ProviderRecords
  readonly passwords: PasswordCheck
  /** For one-time and recovery codes. */
  readonly codeAttempts: Attempts
  readonly vault: SecretVault
  readonly party: PasskeyParty
  readonly addressOf: (request: IncomingMessage) => string
  readonly onSignInEvent: OnSignInEvent
  readonly createApiToken: CreateApiToken | undefined
  readonly administration: Administration | undefined
  readonly clock: Clock
  readonly log: Log
}

/** One request to the page of a sign-in. */
export interface Turn {
  readonly request: IncomingMessage
  readonly progress: Progress
  /** For a passkey, good for this sign-in only. */
  readonly challenge: string
  /** What the relying party knows of the person (`login_hint`). */
  readonly hint: string
}

/** The same once it is known who it is. */
export interface PersonTurn extends Turn {
  readonly person: Person
  readonly has: PersonAuthenticators
}

/** What became of a form: one step further, or the page again. */
export type StepOutcome =
  | {
      readonly progress: Progress
      readonly person: Person
      /** Shown before it goes on, once. */
      readonly answer?: Answer
    }
  | {
      readonly answer: Answer
      readonly progress?: Progress
      readonly failed?: SignInReason
      readonly person?: Person | undefined
    }

/** How many seconds until the next try, as a sentence. */
export function tooManySentence(retryAfterSeconds: number): string {
  const minutes = Math.ceil(retryAfterSeconds / 60)
  if (retryAfterSeconds < 30) return 'Too much is going on. Try again in a moment.'
  const time = minutes === 1 ? 'a minute' : `${minutes} minutes`
  return `Too many failed attempts. Wait ${time}, then try again.`
}
