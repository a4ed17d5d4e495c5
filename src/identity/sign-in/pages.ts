import type { Answer } from '../../http/answer.ts'
import type { RawHeaders } from '../../http/headers.ts'
import { type Html, html, pageAnswer } from '../../http/page.ts'

// Every page here must do without script; script only spares a click or keeps the fragment.

/** Shows where sign-in went wrong, with one way on. `next` must be a URL made by us. */
export function problemPage(
  status: 400 | 403 | 404 | 405 | 503,
  title: string,
  sentence: string,
  next?: { readonly url: string; readonly label: string },
  headers: RawHeaders = [],
): Answer {
  const link = next ? html`<p><a class="button" href="${next.url}">${next.label}</a></p>` : html``
  return pageAnswer(status, { title, body: html`<p>${sentence}</p>${link}` }, headers)
}

/** The sign-in took too long or was opened twice; one click starts again. */
export function retryPage(url: string): Answer {
  return problemPage(
    400,
    'Please try once more',
    'This sign-in has expired or was already used. Nothing is lost: continue, and you may not even have to sign in again.',
    { url, label: 'Continue' },
  )
}

/** The answer of the provider fits no sign-in of ours. */
export function unknownSignInPage(): Answer {
  return problemPage(
    400,
    'This sign-in is not known here',
    'The address does not belong to a sign-in that was started here. Open the application again.',
  )
}

/** The browser came back without the cookie it was given, twice. */
export function cookiesNeededPage(url: string): Answer {
  return problemPage(
    400,
    'Your browser did not keep a cookie',
    'Signing in needs cookies. Allow them for this site, then try again.',
    { url, label: 'Try again' },
  )
}

/** The provider does not answer. */
export function providerUnavailablePage(url: string): Answer {
  return problemPage(
    503,
    'Sign-in is not available right now',
    'The identity provider does not answer. People who are signed in can go on working. Try again in a moment.',
    { url, label: 'Try again' },
    ['Retry-After', '10'],
  )
}

/** Somebody the directory does not know or has disabled. */
export function noAccountPage(): Answer {
  return problemPage(
    403,
    'You cannot sign in here',
    'Your account is disabled or not known to this system. Ask your administrator.',
    { url: '/.sallyport/sign-out', label: 'Sign out' },
  )
}

/** The provider said no; `code` is its word for it. */
export function refusedByProviderPage(code: string, url: string): Answer {
  return problemPage(
    403,
    'You were not signed in',
    `The identity provider refused the sign-in (${code}).`,
    { url, label: 'Try again' },
  )
}

const keepFragmentScript = `location.replace(location.pathname+location.search+'&fragment='+\
encodeURIComponent(location.hash))`

/** Reads the fragment, which browsers never send but carry along redirects, and comes back with it. [S1] */
export function fragmentPage(urlWithoutFragment: string): Answer {
  return pageAnswer(200, {
    title: 'Signing in …',
    head: refreshWithoutScript(urlWithoutFragment),
    body: html`<p><a href="${urlWithoutFragment}">Continue</a></p>`,
    script: keepFragmentScript,
  })
}

// A host that is down must not hold the person up; three seconds are what people bear before they wonder.
const handOverScript = `const {tickets,target}=JSON.parse(document.getElementById('data').textContent)
const go=()=>location.replace(target)
const hand=([url,ticket])=>fetch(url,{method:'POST',credentials:'include',redirect:'error',body:ticket})
Promise.race([Promise.allSettled(tickets.map(hand)),new Promise(done=>setTimeout(done,3000))]).then(go,go)`

/** Hands the session to every sibling host at once and goes on when all have answered or three seconds are over. [S2] */
export function handOverPage(parts: {
  /** Endpoint and ticket of each sibling. */
  readonly tickets: readonly (readonly [url: string, ticket: string])[]
  readonly target: string
  /** Where browsers without script go: a chain of redirects over the hosts that ends at the target. */
  readonly chainUrl: string
}): Answer {
  return pageAnswer(200, {
    title: 'Signing in …',
    head: refreshWithoutScript(parts.chainUrl),
    body: html`<p><a href="${parts.target}">Continue</a></p>`,
    script: handOverScript,
    data: { tickets: parts.tickets, target: parts.target },
    connectTo: parts.tickets.map(([url]) => new URL(url).origin),
  })
}

function refreshWithoutScript(url: string): Html {
  return html`<noscript><meta http-equiv="refresh" content="0;url=${url}"></noscript>
`
}

/** Asks before signing out, when the request may come from another site. */
export function confirmSignOutPage(proof: string): Answer {
  return pageAnswer(200, {
    title: 'Sign out?',
    formLeavesHost: true,
    body: html`<p>You will be signed out of all applications.</p>
<form method="post" action="/.sallyport/sign-out"><input type="hidden" name="proof" value="${proof}">
<button>Sign out</button></form>`,
  })
}

/** The end of a sign-out. */
export function signedOutPage(homeUrl: string | undefined, headers: RawHeaders = []): Answer {
  const back = homeUrl === undefined ? html`` : html`<p><a href="${homeUrl}">Sign in again</a></p>`
  const body = html`<p>You can close this window.</p>${back}`
  return pageAnswer(200, { title: 'You are signed out', body }, headers)
}

/** Another method than those that the page has. */
export function methodNotAllowed(methods: readonly string[]): Answer {
  const allow = ['Allow', methods.join(', ')]
  return problemPage(405, 'Not like this', 'This page cannot be used that way.', undefined, allow)
}
