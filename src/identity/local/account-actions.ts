import type { IncomingMessage } from 'node:http'
import type { Answer } from '../../http/answer.ts'
import { html } from '../../http/page.ts'
import type { Client, Demand } from '../access-gate.ts'
import { globalAdministrator } from '../roles.ts'
import { apiTokenPage, newCodeAppPage, newPasskeyPage, passwordPage } from './account-pages.ts'
import type { Visit } from './account-visit.ts'
import { beginCodeApp, byPerson, confirmCodeApp, renewRecoveryCodes } from './code-app.ts'
import { registerPasskey } from './enrol-step.ts'
import { newPasswordProblem } from './new-password-step.ts'
import { beginRegistration } from './passkeys.ts'
import { recoveryCodesPage } from './step-pages.ts'
import { type LocalParts, tooManySentence } from './turn.ts'

/** What became of a form: a page, the overview with what was done, or the overview with what went wrong. */
type ActionOutcome =
  | { readonly answer: Answer }
  | { readonly done: string }
  /** Another sign-in, that brings this. */
  | { readonly demand: Demand }
  | { readonly problem: string }

interface Action {
  /** Takes a sign-in of a moment ago. */
  readonly sensitive: boolean
  run(parts: LocalParts, visit: Visit, form: URLSearchParams): Promise<ActionOutcome>
}

/** What people do to their own account, by the path below `/account/`. */
export const accountActions: Readonly<Record<string, Action>> = {
  password: { sensitive: true, run: changePassword },
  passkeys: { sensitive: true, run: addPasskey },
  'passkeys/rename': { sensitive: false, run: renamePasskey },
  'passkeys/remove': { sensitive: true, run: removePasskey },
  'code-app': { sensitive: true, run: addCodeApp },
  'code-app/remove': { sensitive: true, run: removeCodeApp },
  'recovery-codes': { sensitive: true, run: newRecoveryCodes },
  'api-token': { sensitive: true, run: makeApiToken },
  // Whoever sees a stranger there acts at once.
  'sign-ins/end': { sensitive: false, run: endSignIn },
  'sign-ins/end-others': { sensitive: false, run: endOtherSignIns },
}

const nameMaxLength = 60

async function changePassword(
  parts: LocalParts,
  visit: Visit,
  form: URLSearchParams,
): Promise<ActionOutcome> {
  const { person, has, session, request } = visit
  const hasPassword = has.passwordChangedAt !== undefined
  const again = (status: 422 | 429, problem: string) => ({
    answer: passwordPage({ ...visit, hasPassword, status, problem }),
  })
  const problem = newPasswordProblem(person, form)
  if (problem !== undefined) return again(422, problem)
  if (hasPassword) {
    const caller = { address: parts.addressOf(request), headers: request.rawHeaders }
    const old = form.get('old') ?? ''
    const verdict = await parts.passwords.check(person.userPrincipalName, old, caller)
    if ('refused' in verdict) {
      if (!('retryAfterSeconds' in verdict)) return again(422, 'The password until now is wrong.')
      return again(429, tooManySentence(verdict.retryAfterSeconds))
    }
  }
  const chosen = form.get('new') ?? ''
  await parts.authenticators.setPassword(person.id, chosen, byPerson(person, 'changed it'))
  await parts.signIns.end({ personId: person.id, except: session.id })
  return { done: 'password' }
}

async function addPasskey(
  parts: LocalParts,
  visit: Visit,
  form: URLSearchParams,
): Promise<ActionOutcome> {
  const { person, has, challenge } = visit
  const response = form.get('response') ?? ''
  if (await registerPasskey(parts, visit, response, nameIn(form))) return { done: 'passkey-added' }
  const options = await beginRegistration(parts.party, challenge, person, has.passkeys)
  const problem = 'The passkey could not be registered. Try again.'
  return { answer: newPasskeyPage({ ...visit, options, status: 422, problem }) }
}

async function renamePasskey(
  { authenticators }: LocalParts,
  { person }: Visit,
  form: URLSearchParams,
): Promise<ActionOutcome> {
  const change = byPerson(person, 'renamed a passkey')
  const id = form.get('id') ?? ''
  const renamed = await authenticators.renamePasskey(person.id, id, nameIn(form), change)
  return renamed ? { done: 'passkey-renamed' } : { problem: goneSentence }
}

async function removePasskey(
  { authenticators }: LocalParts,
  { person, has }: Visit,
  form: URLSearchParams,
): Promise<ActionOutcome> {
  if (has.passwordChangedAt === undefined && has.passkeys.length === 1) {
    return { problem: 'This is your only way to sign in. Add another one first.' }
  }
  const change = byPerson(person, 'removed a passkey')
  const removed = await authenticators.removePasskey(person.id, form.get('id') ?? '', change)
  return removed ? { done: 'passkey-removed' } : { problem: goneSentence }
}

async function addCodeApp(
  parts: LocalParts,
  visit: Visit,
  form: URLSearchParams,
): Promise<ActionOutcome> {
  const { person } = visit
  const sealed = form.get('sealed') ?? undefined
  const codes = await confirmCodeApp(parts, person, sealed, form.get('code') ?? '')
  if (codes) return { answer: recoveryCodesPage(codes, toAccount) }
  const app = beginCodeApp(parts, person, sealed)
  const problem = 'The code is wrong. See that the clock of your device is right.'
  return { answer: newCodeAppPage({ ...visit, ...app, status: 422, problem }) }
}

async function removeCodeApp(
  { authenticators }: LocalParts,
  { person }: Visit,
  form: URLSearchParams,
): Promise<ActionOutcome> {
  const change = byPerson(person, 'removed the app for codes')
  const removed = await authenticators.removeCodeApp(person.id, form.get('id') ?? '', change)
  return removed ? { done: 'code-app-removed' } : { problem: goneSentence }
}

async function newRecoveryCodes(parts: LocalParts, { person, has }: Visit): Promise<ActionOutcome> {
  if (!has.codeApp) return { problem: 'Set up an app for codes first.' }
  return { answer: recoveryCodesPage(await renewRecoveryCodes(parts, person), toAccount) }
}

async function makeApiToken(
  { roles, createApiToken, administration, log }: LocalParts,
  visit: Visit,
): Promise<ActionOutcome> {
  const { person, session, request } = visit
  const administers = (await roles.rolesOf(person.id)).includes(globalAdministrator.id)
  if (!administers || !createApiToken) return { problem: 'Only an administrator can do that.' }
  const verdict = administration?.judge(session, clientOf(request))
  if (verdict?.allowed === false) {
    const { because } = verdict
    if ('demand' in because) return { demand: because.demand }
    return { problem: `The policy “${because.policy.displayName}” does not let you do that.` }
  }
  log.info({ personId: person.id }, 'made a token for the management API')
  const { userPrincipalName } = person
  const token = await createApiToken({ ...session, userPrincipalName })
  return { answer: apiTokenPage({ ...visit, token }) }
}

function clientOf({ socket, rawHeaders }: IncomingMessage): Client {
  return { peer: socket.remoteAddress ?? '', headers: rawHeaders }
}

async function endSignIn(
  { signIns }: LocalParts,
  { person }: Visit,
  form: URLSearchParams,
): Promise<ActionOutcome> {
  await signIns.end({ personId: person.id, only: form.get('id') ?? '' })
  return { done: 'signed-out' }
}

async function endOtherSignIns(
  { signIns }: LocalParts,
  { person, session }: Visit,
): Promise<ActionOutcome> {
  await signIns.end({ personId: person.id, except: session.id })
  return { done: 'signed-out' }
}

const goneSentence = 'It is not there any more.'

const toAccount = html`<p><a class="button" href="/account">I have kept them</a></p>`

function nameIn(form: URLSearchParams): string {
  return (form.get('name') ?? '').trim().slice(0, nameMaxLength) || 'Passkey'
}
