import {
  authenticationMethods,
  contextOf,
  multiFactor,
  reachesContext,
} from '../authentication-context.ts'
import type { PersonAuthenticators } from './authenticators.ts'

/** What somebody showed of themselves, in one go. */
export type Proof = 'password' | 'code' | 'recoveryCode' | 'passkey' | 'temporaryPass'

const { password, oneTimeCode, keyProof, userPresence, recoveryCode, temporaryPass } =
  authenticationMethods

// A passkey is something one has, opened by what one knows or is. A temporary pass stands for everything that a person
// has lost or does not have yet; the administrator who made it vouches for that.
const methodsOf: Readonly<Record<Proof, readonly string[]>> = {
  password: [password],
  code: [oneTimeCode],
  recoveryCode: [recoveryCode],
  passkey: [keyProof, userPresence, authenticationMethods.multiFactor],
  temporaryPass: [temporaryPass, authenticationMethods.multiFactor],
}

/** `amr` after one more proof: with a second one of another kind it says `mfa`. */
export function withProof(amr: readonly string[], proof: Proof): readonly string[] {
  const shown = new Set([...amr, ...methodsOf[proof]])
  const isSecond = amr.includes(password) && (proof === 'code' || proof === 'recoveryCode')
  if (isSecond) shown.add(authenticationMethods.multiFactor)
  return [...shown]
}

/** What a sign-in still lacks. */
export type Step =
  /** Nothing is proven. */
  | 'first'
  /** One more factor, of those that the person has. */
  | 'second'
  /** One more factor, but the person has none: they set one up. */
  | 'enrol'
  | 'new-password'
  | 'done'
  /** What was asked for is nothing that can be proven here. */
  | 'impossible'

export interface SignInState {
  readonly amr: readonly string[]
  /** The contexts of which one is asked for (`acr_values`); none if nothing was said. */
  readonly asked: readonly string[]
  readonly has: Pick<PersonAuthenticators, 'passkeys' | 'codeApp' | 'mustChangePassword'>
}

/**
 * The next step of a sign-in. Whoever has set up an app for codes is asked for one after the password always; a passkey
 * is asked for as a second factor where somebody asks for two.
 */
export function nextStep({ amr, asked, has }: SignInState): Step {
  if (amr.length === 0) return 'first'
  if (!reachesContext(multiFactor, asked)) return 'impossible'
  const context = contextOf(amr)
  if (context !== multiFactor && has.codeApp) return 'second'
  if (!reachesContext(context, asked)) return has.passkeys.length > 0 ? 'second' : 'enrol'
  if (has.mustChangePassword && amr.includes(password)) return 'new-password'
  return 'done'
}
