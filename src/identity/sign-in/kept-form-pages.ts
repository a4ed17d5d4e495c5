import type { Answer } from '../../http/answer.ts'
import { type Html, html, pageAnswer } from '../../http/page.ts'
import { landingPath } from './landing.ts'
import { formEndPath, formUrl, signInLink } from './sign-in-urls.ts'

// Not in the page itself: it is gone when the person signs in. Not on the edge: anybody could fill it.
const keepScript = `const {form,target,next}=JSON.parse(document.getElementById('data').textContent)
sessionStorage.setItem('sallyport-form',JSON.stringify({form,target}))
location.replace(next)`

/** Keeps a form in the tab and goes to sign in. */
export function formKeptPage(url: URL, displayName: string, form: string): Answer {
  return pageAnswer(401, {
    title: 'Signing in …',
    body: html`<noscript><p>You are signed out, so your form has not reached ${displayName}. Without script it cannot
be kept: sign in, then fill it in again.</p>
<p><a class="button" href="${signInLink(url.origin, landingPath(url))}">Sign in</a></p></noscript>
<p>Your form is kept, and sent when you have signed in.</p>`,
    script: keepScript,
    data: { form, target: url.href, next: formUrl(url.origin) },
  })
}

// A second visit, by the back button or by a bookmark, finds nothing.
const returnScript = `const kept=sessionStorage.getItem('sallyport-form'),form=document.forms[0]
sessionStorage.removeItem('sallyport-form')
if(kept){const {form:sealed,target}=JSON.parse(kept)
form.action=target
form.elements[0].value=sealed
form.submit()}
else document.getElementById('nothing').hidden=false`

/** After the sign-in: sends what is kept in the tab to where it was posted. */
export function formEndPage(): Answer {
  return pageAnswer(200, {
    title: 'Signing in …',
    head: ownReferrer,
    formLeavesHost: true,
    body: html`<form method="post" enctype="text/plain" action="${formEndPath}"><input type="hidden" name="sallyport-form"></form>
<div id="nothing" hidden><p>There is no form left to be sent.</p><p><a class="button" href="/">Go on</a></p></div>`,
    script: returnScript,
  })
}

// With `no-referrer` a browser posts with `Origin: null` (Fetch §append-a-request-origin-header).
const ownReferrer: Html = html`<meta name="referrer" content="same-origin">
`

/** Asks before a form goes out in the name of somebody who may not have filled it in. */
export function sendFormPage(url: URL, displayName: string, sealed: string): Answer {
  return pageAnswer(200, {
    title: 'Send the form?',
    head: ownReferrer,
    formLeavesHost: true,
    body: html`<p>A form was filled in before you signed in. It is sent in the name of ${displayName}.</p>
<form method="post" enctype="text/plain" action="${url.href}"><input type="hidden" name="sallyport-form" value="${sealed}">
<button name="confirmed" value="yes">Send</button></form>
<p></p><p><a href="${url.origin}${landingPath(url)}">Do not send it</a></p>`,
  })
}

/** A form that was sent before, waited too long, or was kept for another browser or address. */
export function formSpentPage(url: URL): Answer {
  return pageAnswer(409, {
    title: 'This form was not sent again',
    body: html`<p>It was sent before, or it has waited too long. Look whether it has arrived before you fill it in again.</p>
<p><a class="button" href="${url.origin}${landingPath(url)}">Go on</a></p>`,
  })
}
