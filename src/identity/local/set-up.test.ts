import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { decodeJwt } from 'jose'
import type { Shown } from '../fixture-browser.ts'
import { startWorld, type World } from '../fixture-world.ts'
import { ProviderClient } from '../provider/fixture-provider-client.ts'
import { globalAdministrator } from '../roles.ts'

let world: World
let page: string
before(async () => {
  world = await startWorld({ shop: ['home'] })
  page = `${world.origin('login')}/set-up`
})
after(() => world[Symbol.asyncDispose]())
afterEach(() => {
  world.local.roles.roles.clear()
  world.local.roles.code = undefined
})

const client = new ProviderClient(() => world)
const chosen = 'a sentence for the first one'
const good = { username: 'ada@contoso.test', displayName: 'Ada', new: chosen, again: chosen }

function send(fields: Readonly<Record<string, string>>): Promise<Shown> {
  const body = new URLSearchParams(fields).toString()
  return world.browser().go(page, { method: 'POST', body, follow: 0 })
}

test('whoever has the code that was printed becomes the first administrator, once [S11] [N1]', async () => {
  const code = (await world.local.roles.createCode()) ?? ''
  const form = await world.browser().open(`${page}?code=${code}`)
  assert.match(form.body, new RegExp(`value="${code}"`))
  const made = await send({ ...good, code })
  assert.equal(made.headers['location'], '/account/passkeys')
  const browser = world.browser()
  const login = await browser.open(client.authorizationUrl())
  const fields = { username: good.username, password: chosen }
  const { callback } = await client.send(browser, login, fields)
  const claims = decodeJwt((await client.redeem(callback ?? '')).id_token)
  assert.deepEqual(claims['wids'], [globalAdministrator.id])
  assert.equal((await send({ ...good, username: 'eve@contoso.test', code })).status, 404)
})

for (const [what, change, says] of [
  ['a wrong code', { code: 'guess' }, /wrong or used up/],
  ['no user name', { username: 'ada' }, /like name@example.com/],
  ['no name', { displayName: ' ' }, /Your name is missing/],
  ['a poor password', { new: 'Password12345', again: 'Password12345' }, /common words/],
  ['two passwords', { again: 'another one' }, /not the same/],
] as const) {
  test(`with ${what} nobody is made an administrator [S11]`, async () => {
    const code = (await world.local.roles.createCode()) ?? ''
    const shown = await send({ ...good, code, ...change })
    assert.equal(shown.status, 422)
    assert.match(shown.body, says)
    assert.equal(world.local.roles.roles.size, 0)
  })
}

test('without a code that was printed there is nothing to set up, and no form of another site is taken [S11]', async () => {
  assert.equal((await world.browser().go(page)).status, 404)
  assert.equal((await send({ ...good, code: '' })).status, 404)
  const code = (await world.local.roles.createCode()) ?? ''
  const answer = await world.browser().send(page, {
    method: 'POST',
    body: new URLSearchParams({ ...good, code }).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'cross-site',
    },
  })
  assert.equal(answer.status, 403)
})

test('an administrator makes a token for the management API at the account, and nobody else does [G3]', async () => {
  const code = (await world.local.roles.createCode()) ?? ''
  await send({ ...good, username: 'root@contoso.test', code })
  const browser = world.browser()
  const account = `${world.origin('login')}/account`
  const overview = await browser.signIn(await browser.open(account), 'root@contoso.test', chosen)
  assert.match(overview.body, /Make a token/)
  const proof = /name="proof" value="([\w-]+)"/.exec(overview.body)?.[1] ?? ''
  const body = new URLSearchParams({ proof }).toString()
  const shown = await browser.open(`${account}/api-token`, { method: 'POST', body })
  assert.match(shown.body, /token of root@contoso.test/)
  world.local.roles.roles.clear()
  const refused = await browser.open(`${account}/api-token`, { method: 'POST', body })
  assert.match(refused.body, /Only an administrator/)
})

const policy = { id: 'p', displayName: 'Admins' }
const demands = [
  [
    { multiFactor: true, maxAgeSeconds: undefined },
    /acr_values=https%3A%2F%2Frefeds.org%2Fprofile%2Fmfa/,
  ],
  [{ multiFactor: false, maxAgeSeconds: 60 }, /max_age=60/],
] as const

test('whoever makes a token for the management API brings what its policies ask for [S8] [G3]', async () => {
  const code = (await world.local.roles.createCode()) ?? ''
  await send({ ...good, username: 'policed@contoso.test', code })
  const browser = world.browser()
  const account = `${world.origin('login')}/account`
  const form = await browser.open(account)
  const overview = await browser.signIn(form, 'policed@contoso.test', chosen)
  const proof = /name="proof" value="([\w-]+)"/.exec(overview.body)?.[1] ?? ''
  const body = new URLSearchParams({ proof }).toString()
  const make = { method: 'POST', body, follow: 0 }
  const { administration } = world.local
  const letIn = administration.verdict
  for (const [demand, asks] of demands) {
    administration.verdict = { allowed: false, because: { code: 'mfa-required', policy, demand } }
    const answer = await browser.go(`${account}/api-token`, make)
    assert.match(String(answer.headers.location), asks)
    assert.ok(!answer.body.includes('token of'))
  }
  administration.verdict = { allowed: false, because: { code: 'blocked-by-policy', policy } }
  const blocked = await browser.go(`${account}/api-token`, make)
  assert.match(blocked.body, /The policy “Admins” does not let you do that/)
  administration.verdict = letIn
  const made = await browser.go(`${account}/api-token`, make)
  assert.match(made.body, /token of policed@contoso.test/)
})
