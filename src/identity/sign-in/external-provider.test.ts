import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { CompactSign, generateKeyPair, SignJWT } from 'jose'
import { startWorld, type World } from '../fixture-world.ts'
import {
  forge,
  json,
  type Lies,
  type LyingProvider,
  startProvider,
} from '../relying-party/fixture-provider.ts'

let world: World
let provider: LyingProvider
let other: LyingProvider
let home: string

before(async () => {
  world = await startWorld({ shop: ['home'] })
  provider = await startProvider(world, 'idp')
  other = await startProvider(world, 'other')
  home = world.origin('home')
})
after(async () => {
  await world[Symbol.asyncDispose]()
  await provider[Symbol.asyncDispose]()
  await other[Symbol.asyncDispose]()
})
beforeEach(() => {
  // Settings of today, so that nothing is remembered of the lies before.
  const fresh = (settings: LyingProvider['settings']) => ({ ...settings, scope: `openid x${n++}` })
  const providers = [fresh(provider.settings), fresh(other.settings)]
  world.providers.apply({ providers, defaultId: 'idp' })
})
afterEach(() => {
  provider.lies = {}
  other.lies = {}
  other.codes.length = 0
  provider.codes.length = 0
  world.store.rows.clear()
})
let n = 0

test('people are sent to the default provider and come back signed in, to the URL they asked for [S1] [S11]', async () => {
  const shown = await world.browser().open(`${home}/deep?x=1#there`)
  assert.equal(shown.url, `${home}/deep?x=1#there`)
  assert.match(shown.body, /^ann@idp\.test/)
  const callback = `${world.origin('login')}/.sallyport/callback/idp?`
  assert.ok(
    shown.hops.some((hop) => hop.startsWith(callback)),
    shown.hops.join('\n'),
  )
  const [session] = world.store.rows.values()
  assert.equal(session?.providerId, 'idp')
})

test('the embedded provider stays within reach when another is the default [S11]', async () => {
  const link = `${home}/.sallyport/sign-in?provider=embedded`
  const form = await world.browser().open(link)
  assert.match(form.body, /<input id="password"/)
  assert.equal(new URL(form.url).origin, world.origin('login'))
})

test('without a default people choose, and come back to the URL they asked for [S11]', async () => {
  world.providers.apply({ providers: [provider.settings, other.settings], defaultId: undefined })
  const browser = world.browser()
  const page = await browser.open(`${home}/deep#there`)
  const links = [...page.body.matchAll(/href="([^"]+)">Sign in with ([^<]+)</g)]
  assert.deepEqual(
    links.map(([, , name]) => name),
    ['The idp', 'The other', 'Sallyport'],
  )
  const link = links[1]?.[1]?.replaceAll('&amp;', '&') ?? ''
  const shown = await browser.open(new URL(link, page.url).href)
  assert.equal(shown.url, `${home}/deep#there`)
  assert.match(shown.body, /^ann@other\.test/)
})

test('a provider that is taken away lets nobody in any more, and no page is lost [S11]', async () => {
  const browser = world.browser()
  const callback = await stopBefore(browser, `${home}/.sallyport/callback`)
  world.providers.apply({ providers: [], defaultId: undefined })
  const shown = await browser.open(callback)
  assert.equal(shown.status, 400)
  assert.match(shown.body, /Please try once more/)
  assert.equal(world.store.rows.size, 0)
})

test('the code of one provider never reaches another: each has a redirect URI of its own [S1]', async () => {
  // A person begins at `idp`, which is hostile and hands the sign-in on to `other`, where the code is theirs.
  const browser = world.browser()
  const toProvider = await stopBefore(browser, provider.issuer)
  const mixed = new URL(toProvider.replace(provider.issuer, other.issuer))
  mixed.searchParams.set('redirect_uri', `${world.origin('login')}/.sallyport/callback/other`)
  other.lies = { callback: { iss: undefined } }
  const shown = await browser.open(mixed.href)
  assert.equal(shown.status, 400)
  assert.match(shown.body, /not known here/)
  assert.deepEqual([provider.codes, other.codes], [[], []])
})

test('an answer that another provider signed with its name is refused before the code is used [S1]', async () => {
  provider.lies = { callback: { iss: other.issuer } }
  await expectRefused()
  assert.deepEqual(provider.codes, [])
})

async function stopBefore(browser: ReturnType<World['browser']>, prefix: string): Promise<string> {
  let at = `${home}/deep`
  for (let hops = 0; hops < 20; hops++) {
    const shown = await browser.go(at, { follow: 0 })
    const fragment = shown.body.includes("'&fragment='")
    at = fragment ? `${at}&fragment=` : new URL(String(shown.headers['location']), at).href
    if (at.startsWith(prefix)) return at
  }
  throw new Error(`never came to ${prefix}`)
}

async function expectRefused(): Promise<void> {
  const shown = await world.browser().open(`${home}/`)
  assert.ok([400, 403, 503].includes(shown.status), `${shown.status} ${shown.body}`)
  assert.match(shown.body, /<h1>[^<]+<\/h1>\s*<p>[^<]{20,}/, 'a page with a sentence')
  assert.doesNotMatch(shown.body, /<script>alert|canary/)
  assert.equal(world.store.rows.size, 0, 'nobody is signed in')
  const own = [home, world.origin('login')]
  assert.ok(own.includes(new URL(shown.url).origin), shown.url)
}

const seconds = Math.floor(Date.now() / 1000)
const html = '<script>alert(1)</script>'

const lies: readonly [what: string, lie: () => Lies | Promise<Lies>][] = [
  ['another issuer', () => ({ claims: { iss: other.issuer } })],
  ['no issuer', () => ({ claims: { iss: undefined } })],
  ['another audience', () => ({ claims: { aud: 'somebody' } })],
  ['a foreign azp', () => ({ claims: { aud: ['edge', 'x'], azp: 'x' } })],
  ['another nonce', () => ({ claims: { nonce: 'x' } })],
  ['no nonce', () => ({ claims: { nonce: undefined } })],
  ['a time that is over', () => ({ claims: { exp: seconds - 120 } })],
  ['no end', () => ({ claims: { exp: undefined } })],
  ['a time to come', () => ({ claims: { iat: seconds + 3600 } })],
  ['an age', () => ({ claims: { iat: seconds - 3600 } })],
  ['a beginning to come', () => ({ claims: { nbf: seconds + 3600 } })],
  ['no subject', () => ({ claims: { sub: undefined } })],
  ['a number for a subject', () => ({ claims: { sub: 7 } })],
  ['an object for a subject', () => ({ claims: { sub: { a: 1 } } })],
  ['the hash of another access token', () => ({ claims: { at_hash: 'x' } })],
  ['a key nobody published', () => ({ header: { kid: 'other' } })],
  ['an unknown critical header', () => ({ header: { crit: ['b64'], b64: true } })],
  ['alg none', () => ({ sign: (claims) => forge({ alg: 'none' }, claims) })],
  [
    'the public key as a secret',
    () => ({
      metadata: { id_token_signing_alg_values_supported: ['ES256', 'HS256'] },
      sign: (claims) => forge({ alg: 'HS256', kid: 'k' }, claims, JSON.stringify(provider.jwks)),
    }),
  ],
  [
    'the client secret as a key',
    () => ({ sign: (claims) => forge({ alg: 'HS256', kid: 'k' }, claims, 's') }),
  ],
  [
    'the signature of somebody else',
    async () => {
      const { privateKey } = await generateKeyPair('ES256')
      return {
        sign: (claims, header) =>
          new SignJWT(claims).setProtectedHeader({ alg: 'ES256', ...header }).sign(privateKey),
      }
    },
  ],
  [
    'the subject twice',
    () => ({
      sign: (claims, header) => {
        const payload = JSON.stringify({ ...claims, sub: 'first' })
        const text = payload.replace('"sub":"first"', '"sub":"first","sub":"second"')
        return signRaw(text, header)
      },
    }),
  ],
  ['another person at userinfo', () => ({ userInfo: { sub: 'somebody' } })],
  ['a megabyte of groups', () => ({ claims: { groups: Array(60_000).fill('/some/group') } })],
  ['no ID token', () => ({ token: json(200, { access_token: 'a', token_type: 'Bearer' }) })],
  [
    'tokens that name something twice',
    () => ({ token: json(200, '{"id_token":"a","id_token":"b"}') }),
  ],
  ['HTML for tokens', () => ({ token: json(200, html, { 'content-type': 'text/html' }) })],
  ['a redirect for tokens', () => ({ token: json(302, '', { location: 'https://evil.test/' }) })],
  ['tokens without an end', () => ({ token: json(200, ' '.repeat(2 << 20)) })],
  ['a closed connection', () => ({ token: (response) => void response.destroy() })],
  ['an error in HTML', () => ({ token: json(400, { error: html, error_description: 'canary' }) })],
  ['no client', () => ({ token: json(401, { error: 'invalid_client' }) })],
  ['keys that are none', () => ({ jwks: json(200, { keys: 'none' }) })],
  ['keys in HTML', () => ({ jwks: json(200, html, { 'content-type': 'text/html' }) })],
  ['keys elsewhere', () => ({ jwks: json(302, '', { location: 'https://evil.test/' }) })],
  ['another issuer in its description', () => ({ metadata: { issuer: other.issuer } })],
  ['the issuer twice in its description', () => ({ discovery: twoIssuers() })],
  [
    'a script to sign in at',
    () => ({ metadata: { authorization_endpoint: 'javascript:alert(1)' } }),
  ],
  [
    'a place without https to sign in at',
    () => ({ metadata: { authorization_endpoint: 'http://idp.test/' } }),
  ],
  [
    'a place without https for codes',
    () => ({ metadata: { token_endpoint: 'http://127.0.0.1:1/' } }),
  ],
  ['a place without https for keys', () => ({ metadata: { jwks_uri: 'http://127.0.0.1:1/' } })],
  ['a description that is none', () => ({ discovery: json(200, 'null') })],
  ['a refusal in HTML', () => ({ callback: { code: undefined, error: html } })],
  [
    'a refusal with a story',
    () => ({ callback: { error: 'access_denied', error_description: html } }),
  ],
  ['no issuer in its answer, which it promised', () => ({ callback: { iss: undefined } })],
  ['a code and no state', () => ({ callback: { state: undefined } })],
  ['a token in the answer', () => ({ callback: { id_token: 'e30.e30.', code: undefined } })],
]

function twoIssuers() {
  const text = JSON.stringify({ issuer: provider.issuer })
  return json(200, text.replace('{', '{"issuer":"https://evil.test",'))
}

/** Signs a payload as it is written. */
function signRaw(payload: string, header: object): Promise<string> {
  const signing = new CompactSign(new TextEncoder().encode(payload))
  return signing.setProtectedHeader({ alg: 'ES256', ...header }).sign(provider.key)
}

for (const [what, lie] of lies) {
  test(`a provider that gives ${what} gets a page with a sentence, and nobody in [S1] [S11]`, async () => {
    provider.lies = await lie()
    // Names that only userinfo has make the edge ask there.
    if (provider.lies.userInfo) provider.lies.claims = { preferred_username: undefined }
    await expectRefused()
  })
}

test('a code counts once, whoever hands it in again [S7]', async () => {
  const browser = world.browser()
  const callback = await stopBefore(browser, `${home}/.sallyport/callback`)
  const first = await browser.open(callback)
  assert.match(first.body, /^ann@idp\.test/)
  const stranger = world.browser()
  const replayed = await stranger.go(callback, { follow: 0 })
  assert.equal(replayed.status, 302, 'a sign-in of its own, since the cookie is missing')
  assert.ok(String(replayed.headers['location']).startsWith(`${home}/.sallyport/sign-in?state=`))
  assert.equal(provider.codes.length, 1)
})

test('what the ID token leaves out is fetched from userinfo, and what it says counts more [S11]', async () => {
  provider.lies = {
    claims: { preferred_username: undefined, name: 'Ann of the token' },
    userInfo: { preferred_username: 'from@userinfo.test', name: 'Ann of userinfo' },
  }
  const shown = await world.browser().open(`${home}/`)
  assert.match(shown.body, /^from@userinfo\.test/)
  const [session] = world.store.rows.values()
  assert.equal(session?.displayName, 'Ann of the token')
})

test('a provider that is down keeps new people out with a page, and the embedded one works on [N3]', async () => {
  provider.lies = { discovery: (response) => void response.destroy() }
  await expectRefused()
  const form = await world.browser().open(`${home}/.sallyport/sign-in?provider=embedded`)
  assert.match(form.body, /<input id="password"/)
  provider.lies = {}
  world.clock.aheadMs = 2_001
  const shown = await world.browser().open(`${home}/`)
  world.clock.aheadMs = 0
  assert.match(shown.body, /^ann@idp\.test/, 'it recovers by itself')
})

test('many who come at once ask a provider once for its description [N3]', async (t) => {
  // Two seconds later it would be asked again.
  world.clock.stoppedAt = Date.now()
  t.after(() => {
    world.clock.stoppedAt = undefined
  })
  let asked = 0
  provider.lies = {
    discovery: (response) => {
      asked++
      response.destroy()
    },
  }
  await Promise.all(Array.from({ length: 10 }, () => world.browser().open(`${home}/`)))
  assert.equal(asked, 1)
})

test('an application may send its people elsewhere than the others do [S11]', async () => {
  const url = new URL(`${home}/`)
  const app = {
    ...{ id: 'bank', appId: 'c0ffee88-0000-4000-8000-00000000000b', displayName: 'Bank' },
    ...{ origins: [home], sessionLifetimeSeconds: undefined, identityProviderId: 'other' },
    cookie: { httpOnly: true, secure: true, persistent: false, sameSite: 'Lax' },
  } as const
  const begun = world.signIn.begin(app, { url, headers: [] })
  const field = (name: string) => String(begun.headers[begun.headers.indexOf(name) + 1])
  const cookie = field('Set-Cookie').split(';')[0] ?? ''
  const next = new URL(field('Location'))
  const request = {
    method: 'GET',
    url: next,
    headers: ['Cookie', cookie],
    body: '',
    peer: '127.0.0.1',
  }
  const sent = await world.signIn.handle(app, request)
  const location = String(sent.headers[sent.headers.indexOf('Location') + 1])
  assert.ok(location.startsWith(`${other.issuer}/authorize?`), location)
})
