import type { Answer } from '../../http/answer.ts'
import { withProof } from './next-step.ts'
import { beginAuthentication, readAuthentication } from './passkeys.ts'
import type { PasswordVerdict } from './password-check.ts'
import { firstPage, type StepPage } from './step-pages.ts'
import { type LocalParts, type StepOutcome, type Turn, tooManySentence } from './turn.ts'

/** The page that asks who it is. */
export async function showFirst(
  { party }: LocalParts,
  turn: Turn,
  page: Omit<StepPage, 'passkey'> & { readonly userName?: string } = {},
): Promise<Answer> {
  const passkey = await beginAuthentication(party, turn.challenge)
  return firstPage({ userName: turn.hint, ...page, passkey })
}

/** User name and password, as they were typed. */
export async function submitPassword(
  parts: LocalParts,
  turn: Turn,
  form: URLSearchParams,
): Promise<StepOutcome> {
  const userName = (form.get('username') ?? '').trim()
  const { request } = turn
  const caller = { address: parts.addressOf(request), headers: request.rawHeaders }
  const verdict = await parts.passwords.check(userName, form.get('password') ?? '', caller)
  if ('proof' in verdict) {
    const { person, proof } = verdict
    const { passwordChangedAt: passwordOf = 0 } = await parts.authenticators.of(person.id)
    const amr = withProof([], proof)
    return { person, progress: { personId: person.id, amr, passwordOf } }
  }
  const page = { userName, ...refusalPage(verdict) }
  const { refused, person } = verdict
  return { answer: await showFirst(parts, turn, page), failed: refused, person }
}

type Refused = Extract<PasswordVerdict, { readonly refused: unknown }>

// Only whoever knows the password learns that the account is disabled.
function refusalPage(verdict: Refused): Omit<StepPage, 'passkey'> {
  if (verdict.refused === 'wrong-password') {
    return { status: 422, problem: 'The user name or the password is wrong.' }
  }
  if (verdict.refused === 'disabled') {
    return { status: 403, problem: 'This account is disabled. Ask your administrator.' }
  }
  const { retryAfterSeconds } = verdict
  return { status: 429, problem: tooManySentence(retryAfterSeconds), retryAfterSeconds }
}

/** Any passkey of this host says who it is and proves it. */
export async function submitFirstPasskey(
  parts: LocalParts,
  turn: Turn,
  form: URLSearchParams,
): Promise<StepOutcome> {
  const { party, authenticators, people, clock } = parts
  const proof = { challenge: turn.challenge, response: form.get('response') ?? '', now: clock() }
  const passkey = await readAuthentication(party, authenticators, proof)
  const person = passkey && (await people.byId(passkey.personId))
  if (!person) {
    const problem = 'This passkey is not known here. Try another one, or your password.'
    const answer = await showFirst(parts, turn, { status: 422, problem })
    return { answer, failed: 'passkey-refused' }
  }
  if (!person.enabled) {
    const problem = 'This account is disabled. Ask your administrator.'
    const answer = await showFirst(parts, turn, { status: 403, problem })
    return { answer, failed: 'disabled', person }
  }
  return { person, progress: { personId: person.id, amr: withProof([], 'passkey') } }
}
