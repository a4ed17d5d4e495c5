import type { Answer } from '../../http/answer.ts'
import { type Html, html, pageAnswer } from '../../http/page.ts'
import type { Person } from '../person.ts'
import type { Passkey, PersonAuthenticators } from './authenticators.ts'
import { browserName } from './browser-name.ts'
import type { BrowserSignIn } from './browser-sign-ins.ts'
import { passkeyScript } from './passkey-script.ts'
import { codeAppForm, newPasswordFields, passkeyForm } from './step-pages.ts'

/** What every page of an account shows or sends along. */
export interface AccountPage {
  readonly person: Person
  /** Proves that a form comes from this page in this session. */
  readonly proof: string
  readonly status?: 200 | 422 | 429
  readonly problem?: string | undefined
  /** What was just done, as a sentence. */
  readonly done?: string | undefined
}

/** Everything about an account on one page. */
export function overviewPage(
  page: AccountPage & {
    readonly has: PersonAuthenticators
    readonly signIns: readonly BrowserSignIn[]
    readonly currentSignIn: string
    readonly offersApiToken: boolean
  },
): Answer {
  const { person, has, proof } = page
  const form = (action: string, label: string, fields = html``) =>
    accountForm(proof, action, html`${fields}<button class="quiet small">${label}</button>`)
  return accountAnswer(
    'Your account',
    page,
    html`<p><strong>${person.displayName}</strong><br><span class="soft">${person.userPrincipalName}</span></p>
<h2>Password</h2>
${row(html`${passwordSentence(has)}`, html`<a class="button quiet small" href="/account/password">Change</a>`)}
<h2>Passkeys</h2>
${has.passkeys.length === 0 ? html`<p class="soft">A passkey signs you in with your fingerprint, face or device PIN instead of a password.</p>` : html``}
${has.passkeys.map((passkey) => passkeyRow(passkey, form))}
<p><a class="button quiet small" href="/account/passkeys">Add a passkey</a></p>
<h2>App for codes</h2>
${codeAppRow(has, form)}
<h2>Where you are signed in</h2>
${page.signIns.map((signIn) => signInRow(signIn, signIn.id === page.currentSignIn, form))}
${page.signIns.length > 1 ? form('sign-ins/end-others', 'Sign out everywhere else') : html``}
${page.offersApiToken ? apiTokenRow(form) : html``}
<p class="end"><a href="/session/end">Sign out</a></p>`,
  )
}

type FormOf = (action: string, label: string, fields?: Html) => Html

function row(what: Html, buttons: Html): Html {
  return html`<div class="row"><div>${what}</div><div class="buttons">${buttons}</div></div>`
}

function passwordSentence({ passwordChangedAt }: PersonAuthenticators): string {
  if (passwordChangedAt === undefined) return 'You have no password.'
  return passwordChangedAt === 0 ? 'You have a password.' : `Changed ${dayOf(passwordChangedAt)}`
}

function passkeyRow(passkey: Passkey, form: FormOf): Html {
  const { id, name, createdAt, lastUsedAt } = passkey
  const used = lastUsedAt === undefined ? 'not used yet' : `last used ${dayOf(lastUsedAt)}`
  const key = html`<input type="hidden" name="id" value="${id}">`
  const rename = form(
    'passkeys/rename',
    'Rename',
    html`${key}<label>New name <input name="name" value="${name}" maxlength="60" required></label>`,
  )
  return row(
    html`<strong>${name}</strong><br><span class="soft">added ${dayOf(createdAt)}, ${used}</span>
<details><summary>Rename</summary>${rename}</details>`,
    form('passkeys/remove', 'Remove', key),
  )
}

function codeAppRow({ codeApp, recoveryCodes }: PersonAuthenticators, form: FormOf): Html {
  if (!codeApp) {
    return row(
      html`<span class="soft">Asks for a code from your telephone after the password.</span>`,
      html`<a class="button quiet small" href="/account/code-app">Set up</a>`,
    )
  }
  const app = html`<input type="hidden" name="id" value="${codeApp.id}">`
  const codes = recoveryCodes === 1 ? '1 recovery code is' : `${recoveryCodes} recovery codes are`
  return html`${row(html`Set up ${dayOf(codeApp.createdAt)}`, form('code-app/remove', 'Remove', app))}
${row(html`${codes} left`, form('recovery-codes', 'Make new ones'))}`
}

function signInRow(signIn: BrowserSignIn, isThis: boolean, form: FormOf): Html {
  const { applications, address, lastSeenAt } = signIn
  const visited = applications.length === 0 ? '' : ` · ${applications.join(', ')}`
  const key = html`<input type="hidden" name="id" value="${signIn.id}">`
  return row(
    html`<strong>${browserName(signIn.userAgent)}</strong>${isThis ? ' (this browser)' : ''}<br>
<span class="soft">${address} · ${momentOf(lastSeenAt)}${visited}</span>`,
    isThis ? html`` : form('sign-ins/end', 'Sign out', key),
  )
}

function apiTokenRow(form: FormOf): Html {
  return html`<h2>Management API</h2>
${row(html`<span class="soft">A token acts in your name for an hour.</span>`, form('api-token', 'Make a token'))}`
}

/** A token of the management API, which is shown this once. */
export function apiTokenPage(page: AccountPage & { readonly token: string }): Answer {
  return accountAnswer(
    'A token for the management API',
    page,
    html`<p>Send it as <code>Authorization: Bearer …</code>. It is good for an hour and not shown again.</p>
<p><code>${page.token}</code></p>${back}`,
  )
}

/** The old password and the new one; without the old one for somebody who has none. */
export function passwordPage(page: AccountPage & { readonly hasPassword: boolean }): Answer {
  const old = html`<label for="old">Password until now</label>
<input id="old" name="old" type="password" autocomplete="current-password" required autofocus>`
  const fields = html`${page.hasPassword ? old : html``}${newPasswordFields(page.person.userPrincipalName)}
<button>Change the password</button>`
  const note = html`<p>You will be signed out everywhere else.</p>`
  return accountAnswer(
    'Change your password',
    page,
    html`${note}${accountForm(page.proof, 'password', fields)}${back}`,
  )
}

/** Starts the browser's dialogue for a new passkey; that takes script. */
export function newPasskeyPage(page: AccountPage & { readonly options: object }): Answer {
  const fields = html`${proofField(page.proof)}<label for="name">A name for it</label>
<input id="name" name="name" maxlength="60" value="My passkey" required>`
  return accountAnswer(
    'Add a passkey',
    page,
    html`<p>Your device keeps it and opens it with your fingerprint, face or PIN.</p>
<noscript><p class="bad">Passkeys need JavaScript.</p></noscript>
${passkeyForm({ passkey: page.options }, 'Create the passkey', fields)}${back}`,
    { script: passkeyScript, data: { options: page.options, create: true } },
  )
}

/** Shows the picture for the app and asks for its first code. */
export function newCodeAppPage(
  page: AccountPage & { readonly secret: string; readonly picture: Html; readonly sealed: string },
): Answer {
  const fields = html`${proofField(page.proof)}<input type="hidden" name="sealed" value="${page.sealed}">`
  return accountAnswer(
    'Set up an app for codes',
    page,
    html`${codeAppForm(page.secret, page.picture, fields)}${back}`,
  )
}

const back = html`<p class="end"><a href="/account">Back to your account</a></p>`

function proofField(proof: string): Html {
  return html`<input type="hidden" name="proof" value="${proof}">`
}

function accountForm(proof: string, action: string, fields: Html): Html {
  return html`<form method="post" action="/account/${action}">${proofField(proof)}${fields}</form>`
}

function accountAnswer(
  title: string,
  page: AccountPage,
  body: Html,
  script: { readonly script?: string; readonly data?: object } = {},
): Answer {
  const problem = page.problem ? html`<p class="bad" role="alert">${page.problem}</p>` : html``
  const done = page.done ? html`<p class="good" role="status">${page.done}</p>` : html``
  return pageAnswer(page.status ?? 200, {
    title,
    wide: true,
    // Where a sign-in has to come first, the answer to a form leads there.
    body: html`${problem}${done}${body}`,
    ...script,
  })
}

function dayOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10)
}

function momentOf(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
