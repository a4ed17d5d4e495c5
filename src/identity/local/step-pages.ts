import type { Answer } from '../../http/answer.ts'
import { type Html, html, pageAnswer } from '../../http/page.ts'
import { passkeyScript } from './passkey-script.ts'

/** What every page of a sign-in can say: what went wrong, and what the browser is to ask a passkey for. */
export interface StepPage {
  readonly status?: 200 | 400 | 403 | 422 | 429
  readonly problem?: string | undefined
  readonly retryAfterSeconds?: number
  /** Options of a ceremony; without, the page offers no passkey. */
  readonly passkey?: object | undefined
}

/** User name and password, or a passkey. */
export function firstPage(page: StepPage & { readonly userName: string }): Answer {
  // After a wrong password it is nearly always the password that is typed again.
  const [nameFocus, passwordFocus] =
    page.userName === '' ? [html` autofocus`, html``] : [html``, html` autofocus`]
  const body = html`<form method="post">
<label for="username">User name</label>
<input id="username" name="username" value="${page.userName}" autocomplete="username webauthn" autocapitalize="none"
spellcheck="false" maxlength="320" required${nameFocus}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${passwordFocus}>
<button>Sign in</button>
</form>${passkeyForm(page, 'Use a passkey')}`
  return stepAnswer('Sign in', body, page, { suggest: true })
}

/** A code after the password: of the app, or one of those kept for when it is gone; or a passkey. */
export function secondPage(
  page: StepPage & {
    readonly userName: string
    readonly codes: boolean
    readonly recovery: boolean
  },
): Answer {
  const codes = html`<p>Enter the code that your app shows now.</p>
<form method="post"><input type="hidden" name="step" value="code">
<label for="code">Code</label>
<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="20" required autofocus>
<button>Continue</button>
</form>`
  const recovery = html`<details><summary>The app is not at hand</summary>
<form method="post"><input type="hidden" name="step" value="recovery">
<label for="recovery">Recovery code</label>
<input id="recovery" name="code" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="40" required>
<button>Use a recovery code</button>
</form></details>`
  const body = html`${whoIsIt(page.userName)}${page.codes ? codes : html``}${passkeyForm(page, 'Use a passkey')}
${page.recovery ? recovery : html``}${startOver}`
  return stepAnswer('One more step', body, page)
}

/** A second factor for somebody who has none: an app for codes, or a passkey. */
export function enrolPage(
  page: StepPage & {
    readonly userName: string
    readonly secret: string
    readonly picture: Html
  },
): Answer {
  const body = html`${whoIsIt(page.userName)}
<p>What you open needs more than a password. Set up a second way to prove that it is you.</p>
${passkeyForm(page, 'Create a passkey on this device')}
<h2>An app for codes</h2>${codeAppForm(page.secret, page.picture)}${startOver}`
  return stepAnswer('Set up a second step', body, page, { create: true })
}

/** The picture for the app, the secret for whoever types, and the field for the first code. */
export function codeAppForm(secret: string, picture: Html, fields = html``): Html {
  return html`<ol><li>Open your authenticator app and scan this picture.<div class="picture">${picture}</div>
<p class="soft">Or type this key: <code>${(secret.match(/.{1,4}/g) ?? []).join(' ')}</code></p></li>
<li>Enter the code that it shows.</li></ol>
<form method="post"><input type="hidden" name="step" value="code-app">${fields}
<label for="code">Code</label>
<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="20" required>
<button>Set up the app</button>
</form>`
}

/** The recovery codes, which are shown this once. */
export function recoveryCodesPage(codes: readonly string[], goOn: Html): Answer {
  const items = codes.map((code) => html`<li><code>${code}</code></li>`)
  return pageAnswer(200, {
    title: 'Keep these recovery codes',
    formLeavesHost: true,
    body: html`<p>Each of them lets you in once when your app is not at hand. They are not shown again: print them, or
put them where you keep passwords.</p><ul class="codes">${items}</ul>${goOn}`,
  })
}

/** A new password, in the middle of a sign-in. */
export function newPasswordPage(page: StepPage & { readonly userName: string }): Answer {
  const body = html`${whoIsIt(page.userName)}<p>Your password has to be changed before you go on.</p>
<form method="post"><input type="hidden" name="step" value="new-password">${newPasswordFields(page.userName)}
<button>Change the password</button>
</form>${startOver}`
  return stepAnswer('Choose a new password', body, page)
}

/** Twice the new password; password managers are told whose it is, where no field for the name does. */
export function newPasswordFields(userName: string | undefined): Html {
  // Browsers pass over fields of type hidden when they look for whose password it is.
  const owner = html`<input name="username" value="${userName ?? ''}" autocomplete="username" readonly hidden>`
  return html`${userName === undefined ? html`` : owner}
<label for="new">New password</label>
<input id="new" name="new" type="password" autocomplete="new-password" minlength="12" aria-describedby="advice" required>
<p class="soft" id="advice">Twelve characters or more; a few words that only you would put together are best.</p>
<label for="again">New password, once more</label>
<input id="again" name="again" type="password" autocomplete="new-password" minlength="12" required>`
}

/** The form that the script sends; browsers without script or passkeys do not show it. */
export function passkeyForm(page: StepPage, label: string, fields = html``): Html {
  if (page.passkey === undefined) return html``
  return html`<form method="post" id="passkey" class="other" hidden><input type="hidden" name="step" value="passkey">
<input type="hidden" name="response">${fields}<button class="quiet">${label}</button>
<p class="bad" role="alert" id="passkey-problem" hidden>That did not work. Try again, or use another way.</p></form>`
}

function whoIsIt(userName: string): Html {
  return html`<p class="soft">${userName}</p>`
}

const startOver = html`<form method="post" class="other"><input type="hidden" name="step" value="restart">
<button class="link">Sign in as somebody else</button></form>`

function stepAnswer(
  title: string,
  body: Html,
  page: StepPage,
  passkey: { readonly create?: boolean; readonly suggest?: boolean } = {},
): Answer {
  const problem = page.problem ? html`<p class="bad" role="alert">${page.problem}</p>` : html``
  const seconds = page.retryAfterSeconds
  const script = { script: passkeyScript, data: { options: page.passkey, ...passkey } }
  return pageAnswer(
    page.status ?? 200,
    {
      title,
      formLeavesHost: true, // the answer to the last form leads to the application's host
      body: html`${problem}${body}`,
      ...(page.passkey === undefined ? {} : script),
    },
    seconds === undefined ? [] : ['Retry-After', String(seconds)],
  )
}
