// Served as /.sallyport/session.js, inside a function and without what only people need (session-script.ts). For its sake
// there are no regular expressions, no quotes in strings and no comments behind code.
const script = document.currentScript
const home = script ? new URL(script.src).origin : location.origin
const send = fetch.bind(window)
let timer
let asking

const emit = (name, detail) =>
  dispatchEvent(new CustomEvent(`sallyport:${name}`, { detail, cancelable: true }))

// Who is signed in at a host of the application; asking keeps no session alive.
const look = async (host) => {
  const now = await send(`${host}/.sallyport/session`, { credentials: 'include' })
    .then((answer) => answer.json())
    .catch(() => ({}))
  clearTimeout(timer)
  const seconds = now.secondsRemaining - 120
  if (seconds > 0) timer = setTimeout(warn, seconds * 1000)
  return now
}

// It may have been renewed meanwhile.
const warn = async () => {
  const now = await look(home)
  if (now.secondsRemaining <= 120) emit('expiring', now)
}

const popupUrl = (host) =>
  `${home}/.sallyport/sign-in?${new URLSearchParams({ popup: location.origin, at: host })}`
const popUp = (url) => open(url, '', 'width=500,height=700')

// The popup tells; a page that is cut off from it (COOP) hears its own host, or looks when the person is back.
const wait = (host, done, gone) => {
  const stop = new AbortController()
  const channel = new BroadcastChannel('sallyport')
  const heard = async ({ type, data }) => {
    if (type !== 'focus' && data !== 'sallyport:signed-in') return
    const now = await look(host)
    if (now.signedIn) done(now)
    else if (!gone()) return
    stop.abort()
    channel.close()
  }
  channel.onmessage = heard
  // The third parameter takes the `signal` of any object.
  for (const type of ['focus', 'message']) addEventListener(type, heard, stop)
}

// For a click: browsers block windows that nobody asked for.
const signIn = (host = home) =>
  new Promise((resolve, reject) => {
    const signInUrl = popupUrl(host)
    const popup = popUp(signInUrl)
    const fail = (code) => reject(Object.assign(Error(code), { code, signInUrl }))
    if (popup) wait(host, resolve, () => popup.closed && !fail('popup-closed'))
    else fail('popup-blocked')
  })

const make = (parent, tag, textContent, more) =>
  parent.appendChild(Object.assign(document.createElement(tag), { textContent, ...more }))

const ask = (host) =>
  new Promise((resolve) => {
    const box = make(document.documentElement, 'div')
    const ariaLabel = 'You are signed out'
    const dialog = make(box.attachShadow({ mode: 'open' }), 'dialog', '', { ariaLabel, lang: 'en' })
    // By CSSOM: the policy of the application may forbid style elements and attributes.
    dialog.style = 'font:16px system-ui;padding:24px;border-radius:12px;color:#111;background:#fff'
    make(dialog, 'h2', ariaLabel)
    make(dialog, 'p', 'Sign in again to go on. This page stays as it is.')
    const href = popupUrl(host)
    const onclick = (event) => popUp(href) && event.preventDefault()
    make(dialog, 'a', 'Sign in again', { href, target: '_blank', onclick }).style =
      'padding:8px 16px;margin-right:12px;background:#05a;color:#fff'
    make(dialog, 'button', 'Not now', { onclick: () => dialog.close() }).style = 'font:inherit'
    dialog.onclose = () => {
      box.remove()
      resolve()
    }
    wait(
      host,
      () => resolve(true, dialog.close()),
      () => !dialog.open,
    )
    dialog.showModal()
  })

// One dialog for all calls that fail at once; none when the person has signed in elsewhere.
const again = (host) => {
  asking ??= look(host)
    .then(
      (now) => now.signedIn || (emit('signed-out', { signIn: () => signIn(host) }) && ask(host)),
    )
    .finally(() => {
      asking = null
    })
  return asking
}

const call = async (input, init) => {
  const spare = input.clone?.() ?? input
  const answer = await send(input, init)
  // Only the edge says this, and only when nothing has reached the application. A stream cannot be sent twice.
  const told =
    answer.status === 401 &&
    (await answer
      .clone()
      .json()
      .catch(() => 0))
  const ours = told?.error?.code === 'signed-out' && !(init?.body instanceof ReadableStream)
  return ours && (await again(new URL(answer.url).origin)) ? send(spare, init) : answer
}

// `again` is for session-xhr.js.
window.sallyport = { fetch: call, session: () => look(home), signIn, again }
if (script && 'patch' in script.dataset) window.fetch = call
warn()
