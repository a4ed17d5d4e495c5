import type { Answer } from '../../http/answer.ts'
import { html, pageAnswer } from '../../http/page.ts'

/** A page of the provider's with one sentence and no way on. */
export function providerPage(status: number, title: string, sentence: string): Answer {
  return pageAnswer(status, { title, body: html`<p>${sentence}</p>` })
}

/** Whoever typed an address of the login host that is none is shown the way to one that is. */
export function nothingHerePage(): Answer {
  return pageAnswer(404, {
    title: 'Nothing here',
    body: html`<p>There is no such page. People sign in by opening an application.</p>
<p><a href="/account">Your account</a></p>`,
  })
}

/** The form of an interaction that is over: signed in in another tab, or left open too long. */
export function loginExpiredPage(): Answer {
  return providerPage(
    400,
    'This page has expired',
    'The sign-in was finished elsewhere or took too long. Open the application again; you may not have to sign in again.',
  )
}

/** The provider's own confirmation form, sent at once by script when the request proves itself, else on a click. */
export function endSessionPage(providerForm: string, atOnce: boolean): Answer {
  // The form comes from the provider as markup, with its own one-time secret in it.
  const form = { markup: providerForm }
  const confirmed = html`<input type="hidden" form="op.logoutForm" name="logout" value="yes">`
  return pageAnswer(200, {
    title: atOnce ? 'Signing out …' : 'Sign out?',
    body: html`<p>You will be signed out of all applications.</p>${form}${confirmed}
<p><button form="op.logoutForm">Sign out</button></p>`,
    ...(atOnce ? { script: "document.getElementById('op.logoutForm').submit()" } : {}),
  })
}
