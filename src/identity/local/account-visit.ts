import type { IncomingMessage } from 'node:http'
import type { Person } from '../person.ts'
import type { PersonAuthenticators } from './authenticators.ts'
import type { ProviderSession } from './provider-session.ts'

/** Somebody at their account. */
export interface Visit {
  readonly request: IncomingMessage
  readonly session: ProviderSession
  readonly person: Person
  readonly has: PersonAuthenticators
  /** Proves that a form comes from a page of this session. */
  readonly proof: string
  /** For a new passkey. */
  readonly challenge: string
}
