import type { Answer } from '../../http/answer.ts'
import { html } from '../../http/page.ts'
import { beginCodeApp, byPerson, confirmCodeApp } from './code-app.ts'
import { withProof } from './next-step.ts'
import { beginRegistration, readRegistration } from './passkeys.ts'
import type { Progress } from './progress.ts'
import { enrolPage, recoveryCodesPage, type StepPage } from './step-pages.ts'
import type { LocalParts, PersonTurn, StepOutcome } from './turn.ts'

/** The page on which somebody sets up the second factor that is asked for. */
export async function showEnrol(
  parts: LocalParts,
  { person, has, progress, challenge }: PersonTurn,
  page: Omit<StepPage, 'passkey'> = {},
): Promise<{ readonly answer: Answer; readonly progress: Progress }> {
  const app = beginCodeApp(parts, person, progress.newCodeSecret)
  const passkey = await beginRegistration(parts.party, challenge, person, has.passkeys)
  const { secret, picture } = app
  const answer = enrolPage({
    ...{ ...page, secret, picture },
    userName: person.userPrincipalName,
    passkey,
  })
  return { answer, progress: { ...progress, newCodeSecret: app.sealed } }
}

/** The first code of the new app, which counts for this sign-in, too. */
export async function submitNewApp(
  parts: LocalParts,
  turn: PersonTurn,
  form: URLSearchParams,
): Promise<StepOutcome> {
  const { person, progress } = turn
  const codes = await confirmCodeApp(parts, person, progress.newCodeSecret, form.get('code') ?? '')
  if (!codes) {
    const problem = 'The code is wrong. See that the clock of your device is right.'
    const again = await showEnrol(parts, turn, { status: 422, problem })
    return { ...again, failed: 'wrong-code', person }
  }
  const { newCodeSecret: _, ...rest } = progress
  const goOn = html`<form method="post"><input type="hidden" name="step" value="continue"><button>Continue</button></form>`
  return {
    person,
    progress: { ...rest, amr: withProof(progress.amr, 'code') },
    answer: recoveryCodesPage(codes, goOn),
  }
}

/** A new passkey; making it has proven that it is there. */
export async function submitNewPasskey(
  parts: LocalParts,
  turn: PersonTurn,
  form: URLSearchParams,
): Promise<StepOutcome> {
  const { person, progress } = turn
  if (!(await registerPasskey(parts, turn, form.get('response') ?? '', 'Passkey'))) {
    const problem = 'The passkey could not be registered. Try again.'
    const again = await showEnrol(parts, turn, { status: 422, problem })
    return { ...again, failed: 'passkey-refused', person }
  }
  const { newCodeSecret: _, ...rest } = progress
  return { person, progress: { ...rest, amr: withProof(progress.amr, 'passkey') } }
}

/** Keeps the passkey that the browser made for the person; false when it is none that can be kept. */
export async function registerPasskey(
  { party, authenticators, clock }: LocalParts,
  { person, challenge }: Pick<PersonTurn, 'person' | 'challenge'>,
  response: string,
  name: string,
): Promise<boolean> {
  const made = await readRegistration(party, challenge, response)
  if (!made || (await authenticators.passkey(made.id))) return false
  const createdAt = clock()
  await authenticators.addPasskey(
    { ...made, personId: person.id, name, createdAt, lastUsedAt: undefined },
    byPerson(person, 'registered a passkey'),
  )
  return true
}
