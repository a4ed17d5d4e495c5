import type { Answer } from '../../http/answer.ts'
import { html, pageAnswer } from '../../http/page.ts'
import { landingPath } from './landing.ts'
import { popupUrl, signInLink } from './sign-in-urls.ts'

// Calls `done` once when the person is signed in, and `hidden` when they are but the browser does not show it here: the
// window that was opened says so, or the person comes back.
const untilSignedIn = `let over
const look=told=>fetch('/.sallyport/session').then(answer=>{
if(answer.ok){if(!over)done();over=1}else if(told)hidden()})
addEventListener('message',({origin,data})=>origin===location.origin&&data==='sallyport:signed-in'&&look(1))
new BroadcastChannel('sallyport').onmessage=()=>look(1)
addEventListener('focus',()=>look())`

// Within a page of another site the browser may keep the cookie back; then a window of its own is the only way.
const frameScript = `const done=()=>location.reload()
const hidden=()=>{document.getElementById('stay').hidden=true;document.getElementById('leave').hidden=false}
${untilSignedIn}`

/** In a frame, where no provider lets itself be shown: says so, and signs in in a window of its own. [S4] [S5] */
export function signedOutFrame(url: URL): Answer {
  return pageAnswer(401, {
    title: 'You are signed out',
    mayBeFramed: true,
    body: html`<div id="stay"><p>Sign in in a window of its own; this part of the page then goes on.</p>
<p><a class="button" href="${popupUrl(url.origin)}" target="_blank" rel="opener">Sign in</a></p></div>
<div id="leave" hidden><p>You are signed in, but your browser does not show it to this part of the page.</p>
<p><a class="button" href="${url.origin}${landingPath(url)}" target="_blank">Open in a window of its own</a></p></div>`,
    script: frameScript,
    connectTo: [url.origin],
  })
}

const formScript = `const before=document.getElementById('before'),after=document.getElementById('after')
const done=()=>{before.hidden=true;after.hidden=false}
const hidden=()=>{}
document.getElementById('back').onclick=()=>history.back()
${untilSignedIn}`

/** A form that came without a session and was not passed on: it must not vanish in silence. [S5] */
export function formNotSentPage(url: URL, displayName: string): Answer {
  return pageAnswer(401, {
    title: 'Your form was not sent',
    body: html`<div id="before"><p>You are signed out, so nothing of it has reached ${displayName}. Sign in in a new
window, then go back in this one: most browsers have kept what you typed.</p>
<p><a class="button" href="${popupUrl(url.origin)}" target="_blank" rel="opener">Sign in</a></p></div>
<div id="after" hidden><p>You are signed in. Go back and send it again.</p>
<p><button id="back">Go back</button></p></div>
<p><a href="${signInLink(url.origin, landingPath(url))}">Go on without the form</a></p>`,
    script: formScript,
    connectTo: [url.origin],
  })
}

// Only this very origin is told. A page that was cut off from the window (COOP) hears the channel; a window that closed at
// once could take the message with it.
const closingScript = `const said='sallyport:signed-in'
if(opener)opener.postMessage(said,location.origin)
new BroadcastChannel('sallyport').postMessage(said)
setTimeout(close,200)`

/** The end of a sign-in in a window of its own, on the host of the page that waits: tells it, and closes. [S5] */
export function popupEndPage(): Answer {
  return pageAnswer(200, {
    title: 'You are signed in',
    body: html`<p>You can close this window and go on where you were.</p>`,
    script: closingScript,
  })
}
