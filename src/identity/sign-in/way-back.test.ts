import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TestBrowser } from '../fixture-browser.ts'
import { hostile } from '../fixture-redirects.ts'
import { alice, atLogin, password, startWorld, type World } from '../fixture-world.ts'

let world: World
let home: string
let signedIn: TestBrowser
before(async () => {
  world = await startWorld({ shop: ['home', 'api'], mail: ['mail'] })
  home = world.origin('home')
  const { browser, form } = await atLogin(world)
  await browser.signIn(form, alice.name, password)
  signedIn = browser
})
after(() => world[Symbol.asyncDispose]())

const signInAt = (origin: string, query: Record<string, string>) =>
  `${origin}/.sallyport/sign-in?${new URLSearchParams(query)}`

test('a sign-in for a popup ends on the host of the page that waits, wherever it began [S5]', async () => {
  const browser = world.browser()
  const form = await browser.open(signInAt(home, { popup: home, at: world.origin('api') }))
  const end = await browser.signIn(form, alice.name, password)
  assert.equal(new URL(end.url).origin, home)
  assert.match(end.body, /You are signed in/)
  assert.match(end.body, /postMessage\(said,location\.origin\)/)
  // Begun at the other host, it has readied both. [S2]
  for (const host of ['home', 'api']) {
    const { status } = await browser.send(`${world.origin(host)}/.sallyport/session`)
    assert.equal(status, 200)
  }
})

test('a popup that another application opens ends where it was opened at, and tells nobody else [S3] [S5]', async () => {
  for (const popup of [world.origin('mail'), 'https://evil.test', 'null', '*', `${home}/`]) {
    const end = await signedIn.open(signInAt(home, { popup }))
    assert.equal(new URL(end.url).origin, home, popup)
    assert.match(end.body, /You are signed in/)
  }
})

// Open redirects: `at` and `popup` lead to hosts of the application and nowhere else.
const elsewhere = [...hostile, 'https://evil.test', 'https://home.contoso.localhost.evil.test']
for (const target of elsewhere) {
  test(`neither parameter of the sign-in leads to ${JSON.stringify(target)} [S1]`, async () => {
    for (const query of [{ popup: home, at: target }, { popup: target }, { return: target }]) {
      for (const browser of [signedIn, world.browser()]) {
        const shown = await browser.go(signInAt(home, query), { follow: 0 })
        const location = shown.headers['location']
        const at = location === undefined ? home : new URL(String(location), home).origin
        assert.equal(at, home, JSON.stringify(query))
      }
    }
    const end = `${home}/.sallyport/signed-in?${new URLSearchParams({ popup: target })}`
    const shown = await signedIn.go(end, { follow: 0 })
    assert.equal(shown.headers['location'], undefined)
  })
}

test('the popup may not begin at a host of another application [S3]', async () => {
  const shown = await signedIn.go(signInAt(home, { popup: home, at: world.origin('mail') }))
  assert.equal(shown.status, 400)
})

const markup = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`
test('no parameter of an own page comes back as markup [S5]', async () => {
  const names = ['return', 'popup', 'at', 'state', 'to', 'fragment', 'error', 'code', 'proof']
  for (const path of ['sign-in', 'signed-in', 'callback', 'hand-over', 'sign-out', 'session']) {
    for (const name of names) {
      const url = `${home}/.sallyport/${path}?${new URLSearchParams({ [name]: markup })}`
      const { body } = await world.browser().go(url, { follow: 0 })
      assert.ok(!body.includes('<img'), url)
      assert.ok(!body.includes('alert(1)</script>'), url)
    }
  }
})

test('a browser that loses the cookie is not sent round for ever [S5]', async () => {
  const end = `${home}/.sallyport/signed-in?${new URLSearchParams({ popup: home })}`
  const shown = await world.browser().go(end)
  assert.equal(shown.status, 400)
  assert.match(shown.body, /did not keep a cookie/)
})

test('repeated and overlong parameters are refused [S1]', async () => {
  const popup = encodeURIComponent(home)
  for (const query of [`popup=${popup}&popup=${popup}`, `popup=https://${'a'.repeat(300)}.test`]) {
    const shown = await signedIn.go(`${home}/.sallyport/sign-in?${query}`, { follow: 0 })
    assert.equal(shown.status, 400, query)
  }
  const shown = await signedIn.go(`${home}/.sallyport/signed-in`, { follow: 0 })
  assert.equal(shown.status, 400)
})

test('the session endpoint says who, until when and why not, and never redirects or is stored [S5]', async () => {
  const there = await signedIn.send(`${home}/.sallyport/session`)
  assert.equal(there.status, 200)
  assert.match(String(there.headers['cache-control']), /no-store/)
  const told = JSON.parse(there.body)
  assert.equal(told.user.userPrincipalName, alice.name)
  assert.ok(told.secondsRemaining > 3500 && told.secondsRemaining <= 3600)
  assert.equal(there.headers['set-cookie'], undefined)
  const nobody = await world.browser().send(`${home}/.sallyport/session`)
  assert.deepEqual(
    [nobody.status, JSON.parse(nobody.body)],
    [401, { signedIn: false, because: 'no-cookie', signInUrl: `${home}/.sallyport/sign-in` }],
  )
})

test('the session of one application says nothing at another [S3]', async () => {
  const cookie = signedIn.cookieField(new URL(home))
  const there = await world.browser().send(`${world.origin('mail')}/.sallyport/session`, {
    headers: { cookie },
  })
  assert.equal(there.status, 401)
})
