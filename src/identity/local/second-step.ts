import type { Answer } from '../../http/answer.ts'
import { type Proof, withProof } from './next-step.ts'
import { findStep } from './one-time-codes.ts'
import { beginAuthentication, readAuthentication } from './passkeys.ts'
import type { SignInReason } from './sign-in-event.ts'
import { type StepPage, secondPage } from './step-pages.ts'
import { type LocalParts, type PersonTurn, type StepOutcome, tooManySentence } from './turn.ts'

/** What a recovery code is hashed for. */
export const recoveryUse = 'recovery code/1'

/** What the secret of a person's app is sealed for. */
export function codeSecretUse(personId: string): string {
  return `code app/1 ${personId}`
}

/** The page that asks for one more factor, of those that the person has. */
export async function showSecond(
  { party }: LocalParts,
  { person, has, challenge }: PersonTurn,
  page: Omit<StepPage, 'passkey'> = {},
): Promise<Answer> {
  const { userPrincipalName: userName } = person
  const facts = { ...page, userName, codes: has.codeApp !== undefined }
  const recovery = has.recoveryCodes > 0
  if (has.passkeys.length === 0) return secondPage({ ...facts, recovery })
  const passkey = await beginAuthentication(party, challenge, has.passkeys)
  return secondPage({ ...facts, recovery, passkey })
}

/** A code of the app, or a recovery code. Both are counted together: they open the same door. */
export async function submitCode(
  parts: LocalParts,
  turn: PersonTurn,
  form: URLSearchParams,
  proof: 'code' | 'recoveryCode',
): Promise<StepOutcome> {
  const { codeAttempts, addressOf, log } = parts
  const { person, request } = turn
  const attempt = { account: person.id, address: addressOf(request) }
  const verdict = await codeAttempts.begin(attempt)
  if (!verdict.allowed) {
    log.warn({ personId: person.id }, 'too many wrong codes')
    const { retryAfterSeconds } = verdict
    const problem = tooManySentence(retryAfterSeconds)
    return refuse(parts, turn, 'too-many-attempts', { status: 429, problem, retryAfterSeconds })
  }
  const typed = form.get('code') ?? ''
  const wrong =
    proof === 'code' ? await useCode(parts, turn, typed) : await useRecovery(parts, turn, typed)
  if (wrong) {
    const problem =
      wrong === 'used-code'
        ? 'This code was used already. Wait until the app shows the next one.'
        : 'The code is wrong.'
    return refuse(parts, turn, wrong, { status: 422, problem })
  }
  await codeAttempts.succeed(attempt)
  return further(turn, proof)
}

async function useCode(
  { authenticators, vault, clock }: LocalParts,
  { person, has }: PersonTurn,
  typed: string,
): Promise<'wrong-code' | 'used-code' | undefined> {
  const { codeApp } = has
  const secret = codeApp && vault.open(codeSecretUse(person.id), codeApp.sealedSecret)
  const step = secret && findStep(secret, typed, clock())
  if (!codeApp || step === undefined) return 'wrong-code'
  return (await authenticators.useCodeStep(codeApp.id, step)) ? undefined : 'used-code'
}

async function useRecovery(
  { authenticators, vault }: LocalParts,
  { person }: PersonTurn,
  typed: string,
): Promise<'wrong-code' | undefined> {
  const used = await authenticators.useRecoveryCode(person.id, vault.hash(recoveryUse, typed))
  return used ? undefined : 'wrong-code'
}

/** A passkey of this very person. */
export async function submitSecondPasskey(
  parts: LocalParts,
  turn: PersonTurn,
  form: URLSearchParams,
): Promise<StepOutcome> {
  const { party, authenticators, clock } = parts
  const shown = { challenge: turn.challenge, response: form.get('response') ?? '', now: clock() }
  const passkey = await readAuthentication(party, authenticators, shown)
  if (passkey?.personId !== turn.person.id) {
    const problem = 'This passkey is not one of yours. Try another one.'
    return refuse(parts, turn, 'passkey-refused', { status: 422, problem })
  }
  return further(turn, 'passkey')
}

function further({ progress, person }: PersonTurn, proof: Proof): StepOutcome {
  const { provenAt, ...rest } = progress
  // A passkey is a whole sign-in by itself; a code only adds to what was proven then.
  const kept = proof === 'passkey' || provenAt === undefined ? {} : { provenAt }
  return { person, progress: { ...rest, ...kept, amr: withProof(progress.amr, proof) } }
}

async function refuse(
  parts: LocalParts,
  turn: PersonTurn,
  failed: SignInReason,
  page: Omit<StepPage, 'passkey'>,
): Promise<StepOutcome> {
  return { answer: await showSecond(parts, turn, page), failed, person: turn.person }
}
