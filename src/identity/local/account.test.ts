import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, afterEach, before, test } from 'node:test'
import type { Shown, TestBrowser } from '../fixture-browser.ts'
import { alice, password, startWorld, type World } from '../fixture-world.ts'
import { ProviderClient } from '../provider/fixture-provider-client.ts'
import { TestDevice } from './fixture-device.ts'
import { codeAt, stepAt } from './one-time-codes.ts'
import { codeSecretUse } from './second-step.ts'
import { SecretVault } from './vault.ts'

let world: World
let login: string
before(async () => {
  world = await startWorld({ shop: ['home'] })
  login = world.origin('login')
})
after(() => world[Symbol.asyncDispose]())
afterEach(() => {
  const { authenticators } = world.local
  authenticators.apps.clear()
  authenticators.passkeys.clear()
  world.local.signIns.rows.clear()
  world.clock.aheadMs = 0
})

const client = new ProviderClient(() => world)
const chosen = 'a whole new sentence'

async function atAccount(path = ''): Promise<{ browser: TestBrowser; shown: Shown }> {
  const browser = world.browser()
  const form = await browser.open(`${login}/account${path}`)
  assert.match(form.body, /<input id="password"/)
  return { browser, shown: await browser.signIn(form, alice.name, password) }
}

function proofIn({ body }: Shown): string {
  return /name="proof" value="([\w-]+)"/.exec(body)?.[1] ?? ''
}

async function proofOf(browser: TestBrowser): Promise<string> {
  return proofIn(await browser.open(`${login}/account/password`))
}

function post(browser: TestBrowser, action: string, fields: Readonly<Record<string, string>>) {
  const body = new URLSearchParams(fields).toString()
  return browser.open(`${login}/account/${action}`, { method: 'POST', body })
}

const actions = [
  'password',
  'passkeys',
  'passkeys/rename',
  'passkeys/remove',
  'code-app',
  'code-app/remove',
  'recovery-codes',
  'api-token',
  'sign-ins/end',
  'sign-ins/end-others',
] as const

test('a person sees their account after signing in, and where else they are signed in [S11]', async () => {
  const { shown } = await atAccount()
  assert.equal(shown.url, `${login}/account`)
  assert.match(shown.body, /Alice &lt;Example&gt;/)
  assert.match(shown.body, /\(this browser\)/)
  const other = await atAccount()
  const [ended] = world.local.signIns.rows.keys()
  const fields = { proof: await proofOf(other.browser), id: ended ?? '' }
  assert.equal(world.local.signIns.rows.size, 2)
  await post(other.browser, 'sign-ins/end', fields)
  assert.equal(world.local.signIns.rows.size, 1)
})

test('no form of another site, without proof or of another session does anything [S11]', async () => {
  const { browser } = await atAccount()
  const stranger = await atAccount()
  const own = await proofOf(browser)
  const others = await proofOf(stranger.browser)
  const send = async (
    action: string,
    proof: string,
    headers: Readonly<Record<string, string>> = { 'sec-fetch-site': 'same-origin' },
  ) => {
    const answer = await browser.send(`${login}/account/${action}`, {
      method: 'POST',
      body: new URLSearchParams({ proof, new: chosen, again: chosen, old: password }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    })
    return answer.status
  }
  for (const action of actions) {
    assert.equal(await send(action, own, { 'sec-fetch-site': 'cross-site' }), 403, action)
    assert.equal(await send(action, own, { 'sec-fetch-site': 'same-site' }), 403, action)
    assert.equal(await send(action, own, { origin: 'https://evil.test' }), 403, action)
    assert.equal(await send(action, ''), 403, action)
    assert.equal(await send(action, others), 403, action)
  }
})

test('a password is changed by whoever knows the old one, and signs out everybody else [S11] [S9]', async () => {
  const row = world.people.rows.get(alice.id)
  assert.ok(row)
  const elsewhere = await atAccount()
  const { browser } = await atAccount()
  const page = await browser.open(`${login}/account/password`)
  const change = (old: string, first = chosen, again = first) =>
    post(browser, 'password', { proof: proofIn(page), old, new: first, again })
  assert.match((await change('a wrong password')).body, /until now is wrong/)
  assert.match((await change(password, 'short')).body, /at least 12/)
  assert.match((await change(password, chosen, 'another')).body, /not the same/)
  assert.match((await change(password)).body, /Your password is changed/)
  assert.equal(world.local.signIns.rows.size, 1, 'the other sign-in is ended')
  assert.ok(elsewhere.shown)
  const again = await world.browser().open(`${login}/account`)
  assert.equal((await world.browser().go(again.url)).status, 400)
  world.people.rows.set(alice.id, row)
})

test('the old password cannot be guessed at there either [S11]', async () => {
  world.clock.aheadMs = 3_600_000 // what the tests before got wrong is forgiven
  const { browser } = await atAccount()
  world.clock.aheadMs = 0
  const proof = await proofOf(browser)
  const guess = () => post(browser, 'password', { proof, old: 'x', new: chosen, again: chosen })
  for (let i = 0; i < 10; i++) assert.equal((await guess()).status, 422)
  assert.equal((await guess()).status, 429)
  world.clock.aheadMs = 7_200_000
})

test('what changes the ways to sign in asks for a sign-in of a moment ago [S11]', async () => {
  const { browser } = await atAccount()
  const proof = await proofOf(browser)
  world.clock.aheadMs = 11 * 60_000
  const { authenticators } = world.local
  for (const path of ['/password', '/passkeys', '/code-app']) {
    const asked = await browser.go(`${login}/account${path}`, { follow: 0 })
    const to = new URL(String(asked.headers['location']))
    assert.equal(to.searchParams.get('max_age'), '600', path)
    assert.equal(to.searchParams.get('state'), `/account${path}`)
  }
  const id = randomUUID()
  await authenticators.setCodeApp(alice.id, appOf(id), [])
  for (const action of [
    'password',
    'passkeys',
    'passkeys/remove',
    'code-app/remove',
    'recovery-codes',
  ]) {
    const body = new URLSearchParams({ proof, id }).toString()
    const answer = await browser.go(`${login}/account/${action}`, {
      method: 'POST',
      body,
      follow: 0,
    })
    assert.match(String(answer.headers['location']), /\/auth\?/, action)
  }
  assert.ok(authenticators.apps.has(alice.id))
})

function appOf(id: string) {
  const vault = new SecretVault(world.local.secretKey, Date.now)
  return {
    id,
    sealedSecret: vault.seal(codeSecretUse(alice.id), Buffer.alloc(20, 1)),
    lastStep: 0,
    createdAt: 0,
  }
}

test('a password alone does not take off the second factor that it stands beside [S11]', async () => {
  const { browser } = await atAccount()
  const proof = await proofOf(browser)
  const made = new TestDevice({ origin: login, host: new URL(login).hostname })
  await world.local.authenticators.addPasskey({
    ...{ id: made.id, personId: alice.id, name: 'key', publicKey: made.publicKey, counter: 0 },
    ...{ transports: [], backedUp: false, createdAt: 0, lastUsedAt: undefined },
  })
  const asked = await post(browser, 'passkeys/remove', { proof, id: made.id })
  assert.match(asked.body, /One more step/)
  assert.ok(world.local.authenticators.passkeys.has(made.id))
  const challenge = /"challenge":"([\w-]+)"/.exec(asked.body)?.[1] ?? ''
  const fields = { step: 'passkey', response: made.get(challenge, alice.id) }
  const back = await browser.open(asked.url, {
    method: 'POST',
    body: new URLSearchParams(fields).toString(),
  })
  assert.equal(back.url, `${login}/account`)
  const removed = await post(browser, 'passkeys/remove', { proof: proofIn(back), id: made.id })
  assert.match(removed.body, /The passkey is removed/)
})

test('a passkey is renamed by its owner, whatever the name is made of [S11]', async () => {
  const { browser } = await atAccount()
  const proof = await proofOf(browser)
  await world.local.authenticators.addPasskey({
    ...{ id: 'key', personId: alice.id, name: 'key', publicKey: '', counter: 0 },
    ...{ transports: [], backedUp: false, createdAt: 0, lastUsedAt: undefined },
  })
  const name = '<b>key</b>'
  const other = await post(browser, 'passkeys/rename', { proof, id: 'of-somebody-else', name })
  assert.match(other.body, /not there any more/)
  const renamed = await post(browser, 'passkeys/rename', { proof, id: 'key', name })
  assert.match(renamed.body, /&lt;b&gt;key&lt;\/b&gt;/)
})

test('a passkey is registered by the device that is there, once, and by no other page [S11]', async () => {
  const { browser } = await atAccount()
  const page = await browser.open(`${login}/account/passkeys`)
  const challenge = /"challenge":"([\w-]+)"/.exec(page.body)?.[1] ?? ''
  const made = new TestDevice({ origin: login, host: new URL(login).hostname })
  const add = (response: string) =>
    post(browser, 'passkeys', { proof: proofIn(page), name: 'My key', response })
  for (const lie of [{ verified: false }, { origin: 'https://evil.test' }, { challenge: 'AAAA' }]) {
    assert.equal((await add(made.create(challenge, lie))).status, 422)
  }
  assert.match((await add(made.create(challenge))).body, /The passkey is ready/)
  assert.match((await add(made.create(challenge))).body, /One more step/, 'now it is asked for')
  assert.equal(world.local.authenticators.passkeys.get(made.id)?.name, 'My key')
})

test('an app for codes is set up with its first code, and its recovery codes are shown once [S11]', async () => {
  const { browser } = await atAccount()
  const page = await browser.open(`${login}/account/code-app`)
  const sealed = /name="sealed" value="([\w-]+)"/.exec(page.body)?.[1] ?? ''
  const vault = new SecretVault(world.local.secretKey, Date.now)
  const secret = vault.open(`new code app/1 ${alice.id}`, sealed)
  assert.ok(secret)
  const set = (code: string) => post(browser, 'code-app', { proof: proofIn(page), sealed, code })
  assert.equal((await set('000')).status, 422)
  const shown = await set(codeAt(secret, stepAt(Date.now())))
  assert.equal([...shown.body.matchAll(/<li><code>/g)].length, 10)
  const overview = await browser.open(`${login}/account`)
  assert.match(overview.body, /10 recovery codes are left/)
  assert.doesNotMatch(overview.body, /<li><code>/)
})

for (const state of [
  'https://evil.test/',
  '//evil.test',
  '/account/../auth',
  '/interaction/x',
  '',
]) {
  test(`a sign-in for the account leads back to the account, not to "${state}" [S11]`, async () => {
    const query = new URLSearchParams({ state, code: 'x' }).toString()
    const answer = await world.browser().go(`${login}/account/signed-in?${query}`, { follow: 0 })
    assert.equal(answer.headers['location'], '/account')
  })
}

test('the host alone and a slash too many lead to the account, too [S11]', async () => {
  const host = await world.browser().go(`${login}/`, { follow: 0 })
  assert.equal(host.headers['location'], '/account')
  assert.equal((await atAccount('/')).shown.url, `${login}/account`)
})

test('what every object has is neither something done nor something to do [S11]', async () => {
  const { browser } = await atAccount()
  const proof = await proofOf(browser)
  for (const name of ['constructor', '__proto__', 'toString', 'valueOf']) {
    const overview = await browser.open(`${login}/account?done=${name}`)
    assert.equal(overview.status, 200, name)
    assert.doesNotMatch(overview.body, /role="status"/)
    assert.equal((await post(browser, name, { proof })).status, 404, name)
  }
})

test('a password manager finds the page where a password is changed, and reads whose it is [S11]', async () => {
  const { shown } = await atAccount('/password')
  const field = new RegExp(`<input name="username" value="${alice.name}" autocomplete="username"`)
  assert.match(shown.body, field)
  const answer = await world.browser().go(`${login}/.well-known/change-password`, { follow: 0 })
  assert.equal(answer.headers['location'], '/account/password')
})

test('the account pages cannot be framed, and what is not there is 404 [S11]', async () => {
  const { browser, shown } = await atAccount()
  assert.match(String(shown.headers['content-security-policy']), /frame-ancestors 'none'/)
  assert.match(String(shown.headers['content-security-policy']), /form-action 'self'/)
  assert.equal(shown.headers['x-frame-options'], 'DENY')
  assert.equal((await browser.go(`${login}/account/nothing`)).status, 404)
  assert.equal((await browser.go(`${login}/accountx`)).status, 404)
})

test('nobody redeems the code of the account’s own sign-in [S11]', async () => {
  const { browser } = await atAccount()
  const url = await browser.go(`${login}/account/password`, { follow: 0 })
  assert.equal(url.status, 200)
  const answer = await client.askToken({
    grant_type: 'authorization_code',
    client_id: 'sallyport-account',
    code: 'anything',
    redirect_uri: `${login}/account/signed-in`,
    code_verifier: 'v'.repeat(43),
  })
  assert.ok(answer.status >= 400)
})
