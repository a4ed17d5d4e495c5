import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { alice, password, startWorld, type World } from '../fixture-world.ts'

let world: World
let home: string
let login: string
before(async () => {
  world = await startWorld({ shop: ['home'], mail: ['mail'] })
  home = world.origin('home')
  login = world.origin('login')
})
after(() => world[Symbol.asyncDispose]())

/** The authorization request the edge would send, as a fresh browser has it, with changes. */
async function authorizationUrl(
  change: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const shown = await world.browser({ metadata: false }).go(`${home}/`, { follow: 1 })
  const url = new URL(String(shown.headers['location']))
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  }
  return url.href
}

test('the eleventh wrong password is 429 with a time to come back, also for the right one [S11]', async () => {
  const browser = world.browser()
  const form = await browser.open(`${home}/`)
  const guesses = Array.from({ length: 10 }, () => browser.signIn(form, 'carol@contoso.test', 'x'))
  assert.ok((await Promise.all(guesses)).every(({ status }) => status === 422))
  const next = await browser.signIn(form, 'Carol@contoso.test', password)
  assert.equal(next.status, 429)
  assert.ok(Number(next.headers['retry-after']) > 200)
})

test('a form sent by another site is refused, and one of an old browser is taken [S11]', async () => {
  const browser = world.browser()
  const form = await browser.open(`${home}/`)
  const body = new URLSearchParams({ username: alice.name, password }).toString()
  const post = (headers: Record<string, string>) =>
    browser.send(form.url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    })
  assert.equal((await post({ 'sec-fetch-site': 'same-site' })).status, 403)
  assert.equal((await post({ 'sec-fetch-site': 'cross-site' })).status, 403)
  assert.equal((await post({ origin: 'https://evil.test' })).status, 403)
  assert.equal((await post({ origin: 'null' })).status, 303)
})

for (const [what, type, body] of [
  ['JSON', 'application/json', '{}'],
  ['no form', 'text/plain', 'username=a'],
  ['too much', 'application/x-www-form-urlencoded', `username=${'a'.repeat(17_000)}`],
] as const) {
  test(`a form with ${what} is 400 [S11]`, async () => {
    const browser = world.browser()
    const form = await browser.open(`${home}/`)
    const headers = { 'content-type': type, 'sec-fetch-site': 'same-origin' }
    assert.equal((await browser.send(form.url, { method: 'POST', body, headers })).status, 400)
  })
}

test('the form in a browser without its cookie is one page that says so [S7]', async () => {
  const form = await world.browser().open(`${home}/`)
  const shown = await world.browser().go(form.url)
  assert.equal(shown.status, 400)
  assert.match(shown.body, /expired/)
})

test('what a person typed is escaped when it is shown again', async () => {
  const browser = world.browser()
  const form = await browser.open(`${home}/`)
  const shown = await browser.signIn(form, '"><script>alert(1)</script>', 'x')
  assert.doesNotMatch(shown.body, /<script>alert/)
})

for (const [what, change, shows] of [
  ['another redirect URI', { redirect_uri: 'https://evil.test/cb' }, /invalid_redirect_uri/],
  ['an unknown client', { client_id: 'other' }, /invalid_client/],
] as const) {
  test(`an authorization request with ${what} is a page, never a redirect [S11]`, async () => {
    const shown = await world.browser().go(await authorizationUrl(change), { follow: 0 })
    assert.equal(shown.status, 400)
    assert.match(shown.body, shows)
    assert.match(String(shown.headers['content-security-policy']), /frame-ancestors 'none'/)
  })
}

for (const [what, change, error] of [
  ['no PKCE', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
  ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
  ['another flow', { response_type: 'id_token' }, 'unsupported_response_type'],
  ['prompt=none and nobody signed in', { prompt: 'none' }, 'login_required'],
] as const) {
  test(`an authorization request with ${what} goes back as ${error} [S11]`, async () => {
    const shown = await world.browser().go(await authorizationUrl(change), { follow: 0 })
    const back = new URL(String(shown.headers['location']))
    assert.equal(back.origin, login)
    assert.equal(
      back.searchParams.get('error') ?? new URLSearchParams(back.hash.slice(1)).get('error'),
      error,
    )
  })
}

test('prompt=login asks again although somebody is signed in [S11]', async () => {
  const browser = world.browser()
  const form = await browser.open(`${home}/`)
  await browser.signIn(form, alice.name, password)
  const silent = await browser.go(await authorizationUrl({ prompt: 'none' }), { follow: 0 })
  assert.ok(new URL(String(silent.headers['location'])).searchParams.has('code'))
  const asked = await browser.go(await authorizationUrl({ prompt: 'login' }))
  assert.match(asked.body, /<input id="password"/)
})

test('somebody disabled while signed in at the provider is asked, and told [S8]', async () => {
  const browser = world.browser()
  const form = await browser.open(`${home}/`)
  await browser.signIn(form, alice.name, password)
  const row = world.people.rows.get(alice.id)
  assert.ok(row)
  world.people.rows.set(alice.id, { ...row, enabled: false })
  try {
    const shown = await browser.open(`${world.origin('mail')}/`)
    assert.match(shown.body, /<input id="password"/)
    assert.equal((await browser.signIn(shown, alice.name, password)).status, 403)
  } finally {
    world.people.rows.set(alice.id, row)
  }
})

test('somebody else signing in over a session takes its place [S9]', async () => {
  const row = world.people.rows.get(alice.id)
  assert.ok(row)
  const bob = {
    ...row,
    id: 'b0b00000-0000-4000-8000-000000000002',
    userPrincipalName: 'bob@contoso.test',
  }
  world.people.rows.set(bob.id, bob)
  const browser = world.browser()
  const tabs = [await browser.open(`${home}/`), await browser.open(`${world.origin('mail')}/x`)]
  assert.ok(tabs[0] && tabs[1])
  await browser.signIn(tabs[0], alice.name, password)
  const switching = await browser.signIn(tabs[1], 'bob@contoso.test', password)
  const action = /<form[^>]* action="([^"]+)"/.exec(switching.body)?.[1] ?? ''
  const inputs = [...switching.body.matchAll(/name="([^"]+)" value="([^"]*)"/g)]
  const body = new URLSearchParams(inputs.map(([, n, v]) => [n ?? '', v ?? ''])).toString()
  const shown = await browser.open(new URL(action, switching.url).href, { method: 'POST', body })
  assert.match(shown.body, /^bob@contoso.test at \/x/)
})

test('an address of the login host that is none is a page for people, and stays short for programs', async () => {
  const typed = await world.browser().go(`${login}/nothing`, { headers: { accept: 'text/html' } })
  assert.equal(typed.status, 404)
  assert.match(typed.body, /<h1>Nothing here<\/h1>.*<a href="\/account">/s)
  const called = await world.browser().send(`${login}/nothing`, {
    headers: { accept: 'application/json' },
  })
  assert.equal(called.status, 404)
  assert.doesNotMatch(called.body, /</)
})

test('discovery names what the edge needs and the keys hold nothing secret [S11]', async () => {
  const found = JSON.parse(
    (await world.browser().go(`${login}/.well-known/openid-configuration`)).body,
  )
  assert.equal(found.issuer, login)
  assert.ok(found.claims_parameter_supported)
  assert.deepEqual(found.code_challenge_methods_supported, ['S256'])
  assert.deepEqual(found.response_types_supported, ['code'])
  const { keys } = JSON.parse((await world.browser().go(found.jwks_uri)).body)
  assert.equal(keys.length, 1)
  assert.equal(keys[0].d, undefined)
})

test('loading the provider writes nothing to stderr [D4]', async () => {
  const file = fileURLToPath(new URL('provider.ts', import.meta.url))
  const run = promisify(execFile)
  const { stderr } = await run(process.execPath, [
    '--input-type=module',
    '-e',
    `await import('file://${file}')`,
  ])
  assert.equal(stderr, '')
})
