import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { hostile } from '../fixture-redirects.ts'
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
  world = await startWorld({ shop: ['home'], mail: ['mail'] })
  home = world.origin('home')
})
after(() => world[Symbol.asyncDispose]())

for (const metadata of [true, false]) {
  const who = metadata ? 'a browser' : 'an HTTP client with a cookie jar'
  test(`${who} lands on exactly the URL asked for [S1]`, async () => {
    const url = `${home}/a%20b/c;d?x=1&y=%2F//z&x=2&empty=#/route?a=b%20c`
    const { browser, form } = await atLogin(world, url, metadata)
    const shown = await browser.signIn(form, alice.name, password)
    assert.equal(shown.body, `${alice.name} at /a%20b/c;d`)
    assert.equal(shown.url, url)
  })
}

test('a second application asks for no password again [S1]', async () => {
  const { browser, form } = await atLogin(world)
  await browser.signIn(form, alice.name, password)
  const shown = await browser.open(`${world.origin('mail')}/inbox#42`)
  assert.equal(shown.url, `${world.origin('mail')}/inbox#42`)
  assert.match(shown.body, /alice/)
  assert.equal(new Set([...world.store.rows.values()].map((s) => s.id)).size, world.store.rows.size)
})

test('what goes to the provider is made by the edge: code flow, PKCE S256, state, nonce [S1]', async () => {
  const browser = world.browser({ metadata: false })
  const shown = await browser.go(`${home}/x?scope=evil&redirect_uri=https://evil.test`, {
    follow: 1,
  })
  const sent = new URL(String(shown.headers['location'])).searchParams
  assert.deepEqual([...sent.keys()].sort(), [
    'claims',
    'client_id',
    'code_challenge',
    'code_challenge_method',
    'nonce',
    'redirect_uri',
    'response_type',
    'scope',
    'state',
  ])
  assert.equal(sent.get('response_type'), 'code')
  assert.equal(sent.get('code_challenge_method'), 'S256')
  assert.match(sent.get('code_challenge') ?? '', /^[\w-]{43}$/)
  assert.match(sent.get('nonce') ?? '', /^[\w-]{43}$/)
  assert.equal(sent.get('redirect_uri'), `${world.origin('login')}/.sallyport/callback`)
})

test('everything on the way is no-store, without referrer, and sets only __Host- cookies [S3]', async () => {
  const { browser, form } = await atLogin(world, `${home}/a`)
  const body = new URLSearchParams({ username: alice.name, password }).toString()
  for (let follow = 0; follow < 4; follow++) {
    const fresh = world.browser()
    const shown = await fresh.go(`${home}/a`, { follow })
    assert.match(String(shown.headers['cache-control']), /no-store/, shown.url)
    assert.equal(shown.headers['referrer-policy'], 'no-referrer', shown.url)
    for (const cookie of [shown.headers['set-cookie'] ?? []].flat()) {
      assert.match(cookie, /^__(?:Host|Secure)-sallyport-.*; secure; /i)
    }
  }
  const csp = String(form.headers['content-security-policy'])
  assert.match(csp, /default-src 'none'/)
  assert.match(csp, /frame-ancestors 'none'/)
  const done = await browser.go(form.url, { method: 'POST', body })
  assert.equal(done.status, 200)
})

test('a wrong password and an unknown name look the same [S11]', async () => {
  const { browser, form } = await atLogin(world)
  const wrong = await browser.signIn(form, alice.name, 'wrong')
  const unknown = await browser.signIn(form, 'nobody@contoso.test', 'wrong')
  assert.equal(wrong.status, 422)
  assert.equal(unknown.status, 422)
  assert.equal(wrong.body, unknown.body.replaceAll('nobody@contoso.test', alice.name))
  const right = await browser.signIn(form, alice.name.toUpperCase(), password)
  assert.match(right.body, /^alice@contoso.test at/)
})

test('somebody disabled is told so at the form, and at the callback when it happens in between [S8]', async () => {
  const row = world.people.rows.get(alice.id)
  assert.ok(row)
  const { browser, callback } = await stopAtCallback(world)
  const { browser: other, form } = await atLogin(world)
  world.people.rows.set(alice.id, { ...row, enabled: false })
  try {
    const refused = await other.signIn(form, alice.name, password)
    assert.equal(refused.status, 403)
    const shown = await browser.open(callback)
    // The provider does not vouch for somebody disabled; no session comes of it.
    assert.ok(shown.status === 403 || /<input id="password"/.test(shown.body), shown.body)
    assert.doesNotMatch(browser.cookieField(new URL(home)), /c0ffee/)
  } finally {
    world.people.rows.set(alice.id, row)
  }
})

test('the relay sends nobody to an origin that is not served [S1]', async () => {
  const state = world.seal.seal(
    'sign-in/1',
    {
      id: 'x',
      origin: 'https://evil.test',
      path: '/',
      applicationId: 'a',
      bindHash: 'b',
      attempt: 1,
    },
    60_000,
  )
  const url = `${world.origin('login')}/.sallyport/callback?code=x&state=${state}`
  const shown = await world.browser().go(url, { follow: 0 })
  assert.equal(shown.status, 400)
  const plain = await world
    .browser()
    .go(`${world.origin('login')}/.sallyport/callback`, { follow: 0 })
  assert.equal(plain.status, 400)
})

test('no parameter of any own page leads to another host [S1]', async () => {
  const served = new Set([home, world.origin('login'), world.origin('mail')])
  const { browser, form } = await atLogin(world)
  await browser.signIn(form, alice.name, password)
  const pages = ['sign-in', 'callback', 'hand-over', 'sign-out', 'session', 'nothing']
  const names = [
    'return',
    'rd',
    'state',
    'to',
    'fragment',
    'url',
    'post_logout_redirect_uri',
    'error',
  ]
  const wanted = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary' }))
  const asked = fc.tuple(fc.constantFrom(...pages), fc.constantFrom(...names), wanted)
  await fc.assert(
    fc.asyncProperty(asked, fc.boolean(), async ([page, name, value], signedIn) => {
      const url = new URL(`${home}/.sallyport/${page}`)
      url.searchParams.set(name, value)
      const who = signedIn && page !== 'sign-out' ? browser : world.browser()
      const shown = await who.go(url.href, { follow: 0 })
      const location = shown.headers['location']
      if (location === undefined) return assert.ok(shown.status >= 200)
      assert.ok(served.has(new URL(String(location), url).origin), `${url} → ${location}`)
    }),
    { numRuns: 60 },
  )
})

test('a sign-in link lands where it says on the same host [S5]', async () => {
  const browser = world.browser()
  const form = await browser.open(
    `${home}/.sallyport/sign-in?return=${encodeURIComponent('/a?b=c')}`,
  )
  const shown = await browser.signIn(form, alice.name, password)
  assert.equal(shown.url, `${home}/a?b=c`)
  const again = await browser.go(`${home}/.sallyport/sign-in?return=/x`)
  assert.equal(again.url, `${home}/x`)
})

test('ten tabs at once all end signed in, each at its own URL [S7]', async () => {
  const browser = world.browser()
  const urls = Array.from({ length: 10 }, (_, i) => `${home}/tab${i}#${i}`)
  const forms = await Promise.all(urls.map((url) => browser.open(url)))
  const shown = await Promise.all(forms.map((form) => browser.signIn(form, alice.name, password)))
  assert.deepEqual(
    shown.map(({ url }) => url),
    urls,
  )
  assert.ok(shown.every(({ body }) => body.startsWith(alice.name)))
})

test('nine tabs that stood at the form go on when reloaded after the first has signed in [S7]', async () => {
  const browser = world.browser()
  const urls = Array.from({ length: 10 }, (_, i) => `${home}/tab${i}`)
  const forms = await Promise.all(urls.map((url) => browser.open(url)))
  assert.ok(forms[0])
  await browser.signIn(forms[0], alice.name, password)
  const reloaded = await Promise.all(forms.slice(1).map((form) => browser.open(form.url)))
  assert.deepEqual(
    reloaded.map(({ url }) => url),
    urls.slice(1),
  )
})

test('old bindings are cleared away when a browser carries too many [S7]', async () => {
  const browser = world.browser()
  for (let i = 0; i < 25; i++) await browser.go(`${home}/${i}`, { follow: 0 })
  const cookies = browser.cookieField(new URL(home)).split('; ')
  assert.ok(cookies.length <= 12, String(cookies.length))
})

test('the form that was already used is one page that says so [S7]', async () => {
  const { browser, form } = await atLogin(world)
  await browser.signIn(form, alice.name, password)
  const back = await browser.signIn(form, alice.name, password)
  assert.equal(back.status, 400)
  assert.match(back.body, /expired/)
})

test('a browser that loses the session cookie is not sent round for ever [S7]', async () => {
  const { browser, form } = await atLogin(world)
  await browser.signIn(form, alice.name, password)
  const lose = (): void => {
    const jar = browser.cookies.get('home.contoso.localhost') ?? []
    browser.cookies.set(
      'home.contoso.localhost',
      jar.filter(({ name }) => !name.includes('c0ffee')),
    )
  }
  let turns = 0
  for (; turns < 10; turns++) {
    lose()
    const shown = await browser.open(`${home}/`)
    if (shown.status === 400) break
  }
  assert.ok(turns < 6, `${turns} turns`)
})

test('background requests are never sent to sign in [S4]', async () => {
  const browser = world.browser()
  const headers = { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }
  const shown = await browser.go(`${home}/api`, { headers, follow: 0 })
  assert.equal(shown.status, 401)
  assert.equal(shown.headers['set-cookie'], undefined)
})

test('a form post signs in and lands on GET of the same URL', async () => {
  const browser = world.browser()
  const form = await browser.open(`${home}/form?a=b`, { method: 'POST', body: 'x=y' })
  const shown = await browser.signIn(form, alice.name, password)
  assert.equal(shown.url, `${home}/form?a=b`)
})

test('a provider that is down is a 503 page, and sign-in works again when it is back [N3]', async () => {
  const { callback, browser } = await stopAtCallback(world)
  await using lonely = await startWorld({ shop: ['home'] })
  lonely.provider.down = true
  const stoppedAt = Date.now()
  lonely.clock.stoppedAt = stoppedAt
  const url = `${lonely.origin('home')}/x`
  const down = await lonely.browser().open(url)
  assert.equal(down.status, 503)
  assert.ok(down.body.includes(`href="${url}"`))
  assert.equal(down.headers['retry-after'], '10')
  lonely.provider.down = false
  assert.equal((await lonely.browser().open(url)).status, 503, 'it is not asked all the time')
  lonely.clock.stoppedAt = stoppedAt + 2_001
  assert.match((await lonely.browser().open(url)).body, /<input id="password"/)

  world.provider.down = true
  const atCallback = await browser.go(callback)
  world.provider.down = false
  assert.equal(atCallback.status, 503)
  const later = await browser.open(callback)
  assert.match(later.body, /^alice/)
})

for (const [method, path, allow] of [
  ['POST', 'callback', 'GET'],
  ['PUT', 'hand-over', 'GET, POST'],
  ['HEAD', 'sign-out', 'GET, POST'],
  ['constructor', 'session', 'GET, HEAD'],
] as const) {
  test(`${method} of ${path} is 405`, async () => {
    const request = {
      method,
      url: new URL(`${home}/.sallyport/${path}`),
      headers: [],
      peer: '127.0.0.1',
      body: '',
    }
    const app = {
      id: 'a',
      appId: 'a',
      displayName: '',
      origins: [],
      cookie: plain,
      sessionLifetimeSeconds: 60,
    }
    const answer = await world.signIn.handle(app, request)
    assert.equal(answer.status, 405)
    assert.equal(answer.headers[answer.headers.indexOf('Allow') + 1], allow)
  })
}
const plain = { httpOnly: true, secure: true, persistent: false, sameSite: 'Lax' } as const

test('any other own path is 404, on application hosts and on the login host', async () => {
  assert.equal((await world.browser().go(`${home}/.sallyport/nothing`)).status, 404)
  assert.equal(
    (await world.browser().go(`${world.origin('login')}/.sallyport/nothing`)).status,
    404,
  )
})
