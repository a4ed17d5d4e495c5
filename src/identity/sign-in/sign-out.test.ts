import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import type { TestBrowser } from '../fixture-browser.ts'
import { signedInAs } from '../fixture-signed-in.ts'
import { alice, password, startWorld, type World } from '../fixture-world.ts'
import type { Person } from '../person.ts'

let world: World
let home: string
beforeEach(async () => {
  world = await startWorld({ shop: ['home', 'api'], mail: ['mail'] })
  home = world.origin('home')
})
afterEach(() => world[Symbol.asyncDispose]())

async function signedIn(): Promise<TestBrowser> {
  const browser = world.browser()
  const form = await browser.open(`${home}/`)
  await browser.signIn(form, alice.name, password)
  assert.match((await browser.open(`${world.origin('mail')}/`)).body, /^alice/)
  return browser
}

/** Sends the form that the provider shows, which browsers with script send by themselves. */
async function sendForm(browser: TestBrowser, page: { body: string; url: string }) {
  const action = /<form[^>]* action="([^"]+)"/.exec(page.body)?.[1] ?? ''
  const inputs = [...page.body.matchAll(/<input type="hidden"[^>]*name="([^"]+)" value="([^"]*)"/g)]
  const body = new URLSearchParams(
    inputs.map(([, name, value]) => [name ?? '', value ?? '']),
  ).toString()
  return browser.go(new URL(action, page.url).href, { method: 'POST', body })
}

test("signing out ends every session of the sign-in and the provider's own [S9]", async () => {
  const browser = await signedIn()
  const other = world.browser()
  const form = await other.open(`${home}/`)
  await other.signIn(form, alice.name, password)
  const ended: string[] = []
  world.sessions.onEnded((ids) => void ended.push(...ids))
  assert.equal(world.store.rows.size, 3)

  const page = await browser.open(`${home}/.sallyport/sign-out`)
  assert.match(
    page.body,
    /getElementById\('op.logoutForm'\)\.submit/,
    'no question for a proven request',
  )
  assert.equal(ended.length, 2)
  const out = await sendForm(browser, page)
  assert.equal(out.url, `${world.origin('login')}/.sallyport/signed-out`)
  assert.match(out.body, /signed out/)

  for (const host of ['home', 'api', 'mail']) {
    const shown = await browser.open(`${world.origin(host)}/`)
    assert.match(shown.body, /<input id="password"/, host)
  }
  assert.match((await other.open(`${home}/`)).body, /^alice/, 'another sign-in goes on')
})

test('a link on another site asks first, and the answer needs its proof [S9]', async () => {
  const browser = await signedIn()
  const asked = await browser.go(`${home}/.sallyport/sign-out`, {
    headers: { 'sec-fetch-site': 'cross-site' },
  })
  assert.match(asked.body, /<form method="post" action="\/\.sallyport\/sign-out">/)
  assert.equal(world.store.rows.size, 2)

  const forged = await browser.go(`${home}/.sallyport/sign-out`, {
    method: 'POST',
    body: 'proof=x',
  })
  assert.match(forged.body, /name="proof"/)
  assert.equal(world.store.rows.size, 2)

  const end = await sendForm(browser, forged)
  assert.equal(world.store.rows.size, 0)
  assert.match(end.body, /op\.logoutForm/)
})

for (const [sameSite, status] of [
  ['None', 200],
  ['Lax', 302],
] as const) {
  const asked = status === 200 ? 'asked' : 'signed out'
  test(`a browser that does not tell where the click was is ${asked} when the cookie is ${sameSite} [S9]`, async () => {
    const app = {
      id: 'app',
      appId: 'c0ffee77-0000-4000-8000-00000000000b',
      displayName: 'App',
      origins: [home],
      cookie: { httpOnly: true, secure: true, persistent: false, sameSite },
      sessionLifetimeSeconds: undefined,
    }
    const session = await world.sessions.create({
      person: await personOf(alice.id),
      applicationId: app.id,
      signedIn: signedInAs(alice.id),
      lifetimeSeconds: 60,
    })
    const url = new URL(`${home}/.sallyport/sign-out`)
    const [cookie = ''] = world.sessions.cookieFor(app, session, url.host).split(';')
    const request = { method: 'GET', url, headers: ['Cookie', cookie], peer: '127.0.0.1', body: '' }
    assert.equal((await world.signIn.handle(app, request)).status, status)
  })
}

async function personOf(id: string): Promise<Person> {
  const person = await world.people.byId(id)
  assert.ok(person)
  return person
}

test('signing out ends the sessions here even while the provider is down [S9] [N3]', async () => {
  const browser = await signedIn()
  world.provider.down = true
  const shown = await browser.go(`${home}/.sallyport/sign-out`, { follow: 0 })
  assert.equal(shown.status, 302)
  assert.equal(world.store.rows.size, 0)
  assert.equal(browser.cookieField(new URL(home)), '')
})

test('a session ended at the provider alone is over at the edge too [S9]', async () => {
  const browser = await signedIn()
  const page = await browser.go(`${world.origin('login')}/session/end`)
  assert.doesNotMatch(page.body, /submit\(\)/, 'asks: nothing proves the request')
  await sendForm(browser, page)
  assert.equal(world.store.rows.size, 0)
})

test('the session endpoint says who, and how long still; 401 without a session [S5]', async () => {
  const browser = await signedIn()
  const there = await browser.send(`${home}/.sallyport/session`)
  assert.equal(there.status, 200)
  const { signedIn: yes, user, secondsRemaining } = JSON.parse(there.body)
  assert.ok(yes)
  assert.deepEqual(user, {
    id: alice.id,
    userPrincipalName: alice.name,
    displayName: 'Alice <Example>',
  })
  assert.ok(secondsRemaining > 3500 && secondsRemaining <= 3600)
  const gone = await world.browser().send(`${home}/.sallyport/session`)
  assert.equal(gone.status, 401)
  assert.equal(gone.headers['cache-control'], 'no-store')
  assert.deepEqual(JSON.parse(gone.body), {
    signedIn: false,
    because: 'no-cookie',
    signInUrl: `${home}/.sallyport/sign-in`,
  })
})

test('signing out without a session leads to the provider all the same [S9]', async () => {
  const browser = await signedIn()
  await world.sessions.end({ personId: alice.id })
  const page = await browser.go(`${home}/.sallyport/sign-out`)
  assert.match(page.url, /\/session\/end\?/)
  await sendForm(browser, page)
  assert.match((await browser.open(`${home}/`)).body, /<input id="password"/)
})
