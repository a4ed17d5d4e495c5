import '../lts-flag.ts'
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import type { Answer } from '../../http/answer.ts'
import { type Html, html, pageAnswer } from '../../http/page.ts'

type DeviceFlow = NonNullable<NonNullable<Configuration['features']>['deviceFlow']>

/** The pages on which a person lets a program in that shows them a code (RFC 8628 §3.3). */
export function devicePages(write: (ctx: KoaContextWithOIDC, answer: Answer) => void): DeviceFlow {
  return {
    enabled: true,
    // Without vowels, so that no code is a word, and without letters that are mistaken for others.
    charset: 'base-20',
    mask: '****-****',
    // Whoever asked may be anybody; where from says nothing to people.
    deviceInfo: () => ({}),
    userCodeInputSource(ctx, form, _out, error) {
      write(ctx, codePage(formSecret(form), error))
    },
    userCodeConfirmSource(ctx, form, client, _deviceInfo, userCode) {
      const name = client.clientName ?? client.clientId
      const { params } = ctx.oidc.entities.DeviceCode ?? {}
      write(ctx, confirmPage(formSecret(form), userCode, name, String(params?.['scope'] ?? '')))
    },
    successSource(ctx) {
      const name = ctx.oidc.client?.clientName ?? 'The program'
      write(ctx, donePage(name))
    },
  }
}

// oidc-provider gives its form as markup, with what proves that the page was asked for here.
function formSecret(form: string): string {
  return /name="xsrf" value="([^"]+)"/.exec(form)?.[1] ?? ''
}

const warning = html`<p class="end soft">Whoever sent you a code wants to be let in as you. Enter none but one that a program \
shows you which you started yourself.</p>`

function codePage(
  secret: string,
  error: (Error & { readonly userCode?: string }) | undefined,
): Answer {
  const said =
    error === undefined ? html`` : html`<p class="bad" role="alert">${sentenceFor(error)}</p>`
  const body = html`${said}<p>A program on one of your machines shows a code. Enter it here.</p>
<form method="post" action="/device"><input type="hidden" name="xsrf" value="${secret}">
<label for="code">Code</label>
<input id="code" name="user_code" required autofocus autocomplete="off" autocapitalize="characters" spellcheck="false" \
maxlength="20" placeholder="XXXX-XXXX">
<button>Continue</button></form>
${warning}`
  return pageAnswer(error === undefined ? 200 : 400, { title: 'Let a program in', body })
}

const sentences: Readonly<Record<string, string>> = {
  NoCodeError: 'Enter the code.',
  NotFoundError: 'There is no such code. Compare it with what the program shows.',
  ExpiredError: 'This code has expired. Start the program’s sign-in anew.',
  AlreadyUsedError: 'This code was used already. Start the program’s sign-in anew.',
  AbortedError: 'The program was not let in.',
}

function sentenceFor({ name }: Error): string {
  return sentences[name] ?? 'This did not work. Start the program’s sign-in anew.'
}

/** For whoever was wrong too often. */
export function tooManyCodesPage(retryAfterSeconds: number): Answer {
  const minutes = Math.ceil(retryAfterSeconds / 60)
  const body = html`<p>Too many codes were tried from here. Come back in ${minutes} min.</p>`
  const page = pageAnswer(429, { title: 'Too many codes', body })
  return { ...page, headers: [...page.headers, 'Retry-After', String(retryAfterSeconds)] }
}

function confirmPage(secret: string, userCode: string, client: string, scope: string): Answer {
  const fields = html`<input type="hidden" name="xsrf" value="${secret}">
<input type="hidden" name="user_code" value="${userCode}">`
  const body = html`<p><strong>${client}</strong> wants to act in your name. It shows this code:</p>
<p><strong><code>${userCode}</code></strong></p>
${allowance(scope)}
<p class="bad">Did somebody else send you here? Then do not go on.</p>
<form method="post" action="/device">${fields}<input type="hidden" name="confirm" value="yes">
<button>Sign in and let it in</button></form>
<form class="other" method="post" action="/device">${fields}<input type="hidden" name="abort" value="yes">
<button class="quiet">Do not let it in</button></form>`
  return pageAnswer(200, { title: 'Is this your program?', body })
}

// What every program gets to know, and what is no permission.
const ordinary: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'offline_access'])

function allowance(scope: string): Html {
  const asked = scope.split(' ').filter((name) => name !== '' && !ordinary.has(name))
  if (asked.length === 0) return html`<p>It will learn who you are, and nothing else.</p>`
  const isAll = asked.some((name) => name.endsWith('/.default'))
  if (isAll) return html`<p>It may do whatever you may do there, until you sign out.</p>`
  const items = asked.map((name) => html`<li>${name.slice(name.lastIndexOf('/') + 1)}</li>`)
  return html`<p>As far as you may do it yourself, and until you sign out:</p>
<ul>${items}</ul>`
}

function donePage(client: string): Answer {
  const body = html`<p>${client} goes on by itself. You can close this window.</p>
<p><a href="/account">Your account</a></p>`
  return pageAnswer(200, { title: 'The program is let in', body })
}
