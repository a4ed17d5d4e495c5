import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  alice,
  atLogin,
  password,
  startWorld,
  stopAtCallback,
  type World,
} from '../fixture-world.ts'

let world: World
let home: string
before(async () => {
  world = await startWorld({ shop: ['home'] })
  home = world.origin('home')
})
after(() => world[Symbol.asyncDispose]())

test('a callback in a browser without the binding starts once more, then says that cookies are needed [S7]', async () => {
  const { callback } = await stopAtCallback(world)
  const stranger = world.browser()
  const restarted = await stranger.open(callback)
  assert.match(restarted.body, /<input id="password"/)
  const landed = await stranger.signIn(restarted, alice.name, password)
  assert.equal(landed.url, `${home}/deep?x=1`)

  const forgetful = world.browser()
  const first = await forgetful.go(callback, { follow: 0 })
  forgetful.cookies.clear()
  const second = await forgetful.go(String(first.headers['location']))
  assert.equal(second.status, 400)
  assert.match(second.body, /cookie/)
  assert.ok(second.body.includes(`href="${home}/deep?x=1"`))
})

test('a browser that is signed in already goes on from a callback that is not its own [S7]', async () => {
  const { callback } = await stopAtCallback(world)
  const { browser, form } = await atLogin(world)
  await browser.signIn(form, alice.name, password)
  const shown = await browser.open(callback)
  assert.equal(shown.url, `${home}/deep?x=1`)
  assert.match(shown.body, /^alice/)
})

test('a replayed callback ends signed in where the session is, and nowhere else [S7]', async () => {
  const { browser, callback } = await stopAtCallback(world)
  const cookies = structuredClone([...browser.cookies])
  const first = await browser.open(callback)
  assert.match(first.body, /^alice/)
  const again = await browser.open(callback)
  assert.match(again.body, /^alice/)
  const sessions = world.store.rows.size
  // The same browser before it was signed in: the code is used up, so it signs in anew, by the provider's session.
  const before = world.browser()
  for (const [host, jar] of cookies) before.cookies.set(host, jar)
  const anew = await before.open(callback)
  assert.match(anew.body, /^alice/)
  assert.equal(world.store.rows.size, sessions + 1)
})

const broken: readonly [what: string, change: (url: URL) => void, status: number][] = [
  ['no state', (url) => url.searchParams.delete('state'), 400],
  ['an empty state', (url) => url.searchParams.set('state', ''), 400],
  [
    'a tampered state',
    (url) => url.searchParams.set('state', `${url.searchParams.get('state')}A`),
    400,
  ],
  ['two states', (url) => url.searchParams.append('state', 'x'), 400],
  ['two codes', (url) => url.searchParams.append('code', 'x'), 400],
  ['a foreign issuer', (url) => url.searchParams.set('iss', 'https://evil.test'), 400],
  ['no issuer', (url) => url.searchParams.delete('iss'), 400],
  ['no code', (url) => url.searchParams.delete('code'), 400],
]
for (const [what, change, status] of broken) {
  test(`a callback with ${what} makes no session [S1]`, async () => {
    const { browser, callback } = await stopAtCallback(world)
    const url = new URL(callback)
    change(url)
    const shown = await browser.go(url.href, { follow: 0 })
    assert.equal(shown.status, status, shown.body)
    assert.doesNotMatch(browser.cookieField(new URL(home)), /c0ffee/)
  })
}

test('a code of somebody else in my own callback makes no session [S1]', async () => {
  const mine = await stopAtCallback(world)
  const theirs = await stopAtCallback(world)
  const url = new URL(mine.callback)
  url.searchParams.set('code', new URL(theirs.callback).searchParams.get('code') ?? '')
  const shown = await mine.browser.go(url.href, { follow: 0 })
  assert.equal(shown.status, 302)
  assert.match(String(shown.headers['location']), /\/\.sallyport\/sign-in\?/)
  assert.doesNotMatch(mine.browser.cookieField(new URL(home)), /c0ffee/)
})

test('the provider saying no is a page, its words escaped and never repeated [S1]', async () => {
  const { browser, callback } = await stopAtCallback(world)
  const url = new URL(callback)
  url.searchParams.delete('code')
  url.searchParams.set('error', 'access_denied')
  url.searchParams.set('error_description', '<script>alert(1)</script>')
  const denied = await browser.go(url.href)
  assert.equal(denied.status, 403)
  assert.doesNotMatch(denied.body, /alert/)
  const again = await stopAtCallback(world)
  url.searchParams.set('state', new URL(again.callback).searchParams.get('state') ?? '')
  url.searchParams.set('error', '<b>x</b>')
  const odd = await again.browser.go(url.href)
  assert.equal(odd.status, 403)
  assert.doesNotMatch(odd.body, /<b>/)
})

test('an expired state is one page with a way on, at the relay and at the host [S7]', async () => {
  const { browser, callback } = await stopAtCallback(world)
  world.clock.aheadMs += 11 * 60 * 1000
  const relay = callback.replace(home, world.origin('login'))
  for (const url of [relay, callback]) {
    const shown = await browser.go(url)
    assert.equal(shown.status, 400)
    assert.ok(shown.body.includes(`href="${home}/deep?x=1"`), shown.body)
  }
  // The provider's clock did not run ahead, and tokens from the past are refused.
  world.clock.aheadMs = 0
  const shown = await browser.open(`${home}/deep?x=1`)
  assert.match(shown.body, /^alice/)
})
