import type { Answer } from '../../http/answer.ts'
import type { Person } from '../person.ts'
import { byPerson } from './code-app.ts'
import { checkPassword, verifyPassword } from './password.ts'
import { newPasswordPage, type StepPage } from './step-pages.ts'
import type { LocalParts, PersonTurn, StepOutcome } from './turn.ts'

/** The page that asks for a new password. */
export function showNewPassword({ person }: PersonTurn, page: StepPage = {}): Answer {
  return newPasswordPage({ ...page, userName: person.userPrincipalName })
}

/** A new password, because the old one was only lent. */
export async function submitNewPassword(
  parts: LocalParts,
  turn: PersonTurn,
  form: URLSearchParams,
): Promise<StepOutcome> {
  const { person, progress } = turn
  const password = form.get('new') ?? ''
  const problem = newPasswordProblem(person, form) ?? (await sameAsBefore(parts, person, password))
  if (problem !== undefined) {
    return { answer: showNewPassword(turn, { status: 422, problem }), person }
  }
  await parts.authenticators.setPassword(person.id, password, byPerson(person, 'had to change it'))
  const { passwordChangedAt: passwordOf = 0 } = await parts.authenticators.of(person.id)
  return { person, progress: { ...progress, passwordOf } }
}

/** What is wrong with a new password, as a sentence. */
export function newPasswordProblem(person: Person, form: URLSearchParams): string | undefined {
  const password = form.get('new') ?? ''
  const [issue] = checkPassword(password, person)
  if (issue) return `${issue.message[0]?.toUpperCase()}${issue.message.slice(1)}.`
  return password === form.get('again') ? undefined : 'The two passwords are not the same.'
}

// Whoever lent the password knows it.
async function sameAsBefore(
  { people }: LocalParts,
  person: Person,
  password: string,
): Promise<string | undefined> {
  const verifier = await people.passwordOf(person.id)
  const same = await verifyPassword(verifier, password)
  return same ? 'The new password must be another one.' : undefined
}
