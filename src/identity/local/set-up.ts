import type { IncomingMessage } from 'node:http'
import type { Answer } from '../../http/answer.ts'
import { html, pageAnswer } from '../../http/page.ts'
import { redirectTo } from '../answers.ts'
import { principalNameMaxLength, principalNamePattern } from '../person.ts'
import type { FirstAdministratorStore } from './first-administrator.ts'
import { isOwnForm, readForm } from './forms.ts'
import { providerPage } from './login-pages.ts'
import { newPasswordFields } from './step-pages.ts'

/** Where the first administrator is made; the printed link adds `?code=`. */
export const setUpPath = '/set-up'

const displayNameMaxLength = 256

/** The page that makes the first administrator, for whoever has the code that the edge printed. */
export class SetUp {
  readonly #store: FirstAdministratorStore
  readonly #issuer: string

  constructor(store: FirstAdministratorStore, issuer: string) {
    this.#store = store
    this.#issuer = issuer
  }

  /** Answers a request at `/set-up`. Never throws what a client can cause. */
  async answer(request: IncomingMessage): Promise<Answer> {
    if (!(await this.#store.isOpen())) {
      const sentence =
        'There is an administrator already, or the code has expired. Where the edge runs, “sallyport set-up” prints a new one.'
      return providerPage(404, 'Nothing to set up', sentence)
    }
    if (request.method === 'GET') {
      const url = new URL(request.url ?? '/', this.#issuer)
      return setUpPage({ code: url.searchParams.get('code') ?? '' })
    }
    if (request.method !== 'POST') {
      return providerPage(405, 'Not like this', 'This page cannot be used that way.')
    }
    const form = await readForm(request)
    if (!form || !isOwnForm(request, this.#issuer)) {
      return providerPage(403, 'Not from here', 'The form was sent by another site.')
    }
    return this.#submit(form)
  }

  async #submit(form: URLSearchParams): Promise<Answer> {
    const [code = '', name = '', displayName = '', password = ''] = [
      'code',
      'username',
      'displayName',
      'new',
    ].map((field) => form.get(field) ?? '')
    const filled = { code, userName: name.trim(), displayName: displayName.trim() }
    const problem = problemOf(filled, password, form.get('again') ?? '')
    if (problem !== undefined) return setUpPage({ ...filled, problem })
    const done = await this.#store.setUp(code, {
      userPrincipalName: filled.userName,
      displayName: filled.displayName,
      password,
    })
    if ('refused' in done) return setUpPage({ ...filled, problem: 'The code is wrong or used up.' })
    if ('issues' in done) {
      const message = done.issues[0]?.message ?? ''
      return setUpPage({ ...filled, problem: `${message[0]?.toUpperCase()}${message.slice(1)}.` })
    }
    // Signing in comes first; then a passkey is offered.
    return redirectTo('/account/passkeys')
  }
}

interface Filled {
  readonly code: string
  readonly userName?: string
  readonly displayName?: string
}

function problemOf(
  { userName = '', displayName = '' }: Filled,
  password: string,
  again: string,
): string | undefined {
  if (userName.length > principalNameMaxLength || !principalNamePattern.test(userName)) {
    return 'The user name has to be like name@example.com.'
  }
  if (displayName === '' || displayName.length > displayNameMaxLength) {
    return 'Your name is missing, or too long.'
  }
  return password === again ? undefined : 'The two passwords are not the same.'
}

function setUpPage(page: Filled & { readonly problem?: string }): Answer {
  const { code, userName = '', displayName = '', problem } = page
  const alert = problem === undefined ? html`` : html`<p class="bad" role="alert">${problem}</p>`
  return pageAnswer(problem === undefined ? 200 : 422, {
    title: 'Set up Sallyport',
    body: html`${alert}<p>You are the first one here. The account that you make now may change everything.</p>
<form method="post" action="${setUpPath}">
<label for="code">Code</label>
<input id="code" name="code" value="${code}" autocomplete="off" spellcheck="false" maxlength="64" required>
<p class="soft">The edge printed it when it started.</p>
<label for="displayName">Your name</label>
<input id="displayName" name="displayName" value="${displayName}" autocomplete="name" maxlength="256" required>
<label for="username">User name</label>
<input id="username" name="username" value="${userName}" autocomplete="username" autocapitalize="none"
spellcheck="false" placeholder="you@example.com" maxlength="320" required>
${newPasswordFields(undefined)}
<button>Make the account</button>
</form>`,
  })
}
