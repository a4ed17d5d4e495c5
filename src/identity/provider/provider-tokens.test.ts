import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { decodeJwt } from 'jose'
import { multiFactor, singleFactor } from '../authentication-context.ts'
import type { TestBrowser } from '../fixture-browser.ts'
import { alice, startWorld, type World } from '../fixture-world.ts'
import { ProviderClient } from './fixture-provider-client.ts'

let world: World
before(async () => {
  world = await startWorld({ shop: ['home'] })
})
after(() => world[Symbol.asyncDispose]())

const client = new ProviderClient(() => world)
const authorizationUrl = client.authorizationUrl.bind(client)
const askToken = client.askToken.bind(client)
const refresh = client.refresh.bind(client)
const signIn = (browser: TestBrowser) => client.signIn(browser)

test('the ID token tells truthfully when and how somebody signed in, also without being asked [S8] [S11]', async () => {
  const startedAt = Math.floor(Date.now() / 1000)
  const claims = decodeJwt((await signIn(world.browser())).id_token)
  assert.deepEqual([claims['amr'], claims['acr']], [['pwd'], singleFactor])
  assert.ok(Number(claims['auth_time']) >= startedAt)
  assert.equal(typeof claims['sid'], 'string')
})

for (const [what, change] of [
  ['acr_values', { acr_values: multiFactor }],
  ['the claims parameter', { claims: `{"id_token":{"acr":{"value":"${multiFactor}"}}}` }],
  ['an essential claim', { claims: `{"id_token":{"acr":{"essential":true,"values":["x"]}}}` }],
] as const) {
  test(`a session of one factor is not enough for more, asked for by ${what} [S8]`, async () => {
    const browser = world.browser()
    await signIn(browser)
    const silent = await browser.go(authorizationUrl({ ...change, prompt: 'none' }), { follow: 0 })
    const back = new URL(String(silent.headers['location']))
    assert.equal(back.searchParams.get('error'), 'interaction_required')
    const same = await browser.go(authorizationUrl({ acr_values: singleFactor, prompt: 'none' }), {
      follow: 0,
    })
    assert.ok(new URL(String(same.headers['location'])).searchParams.has('code'))
  })
}

test('a refresh token gives a new ID token and a new refresh token, for the same sign-in [S6]', async () => {
  const first = await signIn(world.browser())
  const second = await refresh(first)
  assert.equal(second.status, 200)
  assert.notEqual(second.refresh_token, first.refresh_token)
  const [before, after] = [first, second].map(({ id_token }) => decodeJwt(id_token))
  for (const claim of ['sub', 'sid', 'auth_time', 'acr', 'amr']) {
    assert.deepEqual(after?.[claim], before?.[claim], claim)
  }
})

test('a refresh whose answer was lost may be tried again; used again much later it ends them all [S6]', async () => {
  const first = await signIn(world.browser())
  assert.equal((await refresh(first)).status, 200)
  const second = await refresh(first)
  assert.equal(second.status, 200)
  for (const [key, { payload }] of world.records.rows) {
    if (key.startsWith('RefreshToken:') && payload['consumed']) {
      payload['consumed'] = Number(payload['consumed']) - 3600
    }
  }
  assert.equal((await refresh(first)).error, 'invalid_grant')
  assert.equal((await refresh(second)).error, 'invalid_grant')
})

test('a refresh token ends with the session of the provider, and with the account [S6] [S9]', async () => {
  const tokens = await signIn(world.browser())
  const row = world.people.rows.get(alice.id)
  assert.ok(row)
  world.people.rows.set(alice.id, { ...row, enabled: false })
  try {
    assert.equal((await refresh(tokens)).error, 'invalid_grant')
  } finally {
    world.people.rows.set(alice.id, row)
  }
  const again = await signIn(world.browser())
  assert.equal((await refresh(again)).status, 200)
  for (const key of world.records.rows.keys()) {
    if (key.startsWith('Session:')) world.records.rows.delete(key)
  }
  assert.equal((await refresh(again)).error, 'invalid_grant')
})

test('a refresh token is worthless without the secret of the client [S11]', async () => {
  const { refresh_token } = await signIn(world.browser())
  const grant = { grant_type: 'refresh_token', refresh_token, client_secret: 'wrong' }
  assert.equal((await askToken(grant)).error, 'invalid_client')
})
