import assert from 'node:assert/strict'
import { before, beforeEach, test } from 'node:test'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { Fault } from '../../base/fault.ts'
import { silentLog } from '../../base/log.ts'
import type { PageRequest } from '../../http/answer.ts'
import { signedInAs } from '../fixture-signed-in.ts'
import { MemorySessions } from '../fixture-stores.ts'
import { Sessions } from '../session/sessions.ts'
import { TokenVault } from '../session/token-vault.ts'
import { embeddedProviderId } from '../signed-in.ts'
import { BackChannelLogout, backChannelLogoutPrefix } from './back-channel-logout.ts'
import type { ProviderSettings } from './provider-settings.ts'
import { RelyingParties } from './relying-parties.ts'

const issuer = 'https://idp.test'
const clientId = 'the edge'
const loginOrigin = 'https://login.test'
const event = 'http://schemas.openid.net/event/backchannel-logout'

let key: CryptoKey
let foreignKey: CryptoKey
let jwk: JWK
before(async () => {
  const pair = await generateKeyPair('ES256')
  key = pair.privateKey
  jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }
  foreignKey = (await generateKeyPair('ES256')).privateKey
})

let store: MemorySessions
let sessions: Sessions
let logout: BackChannelLogout
let keysAsked: number
let spend: (id: string) => boolean
beforeEach(async () => {
  store = new MemorySessions()
  keysAsked = 0
  const clock = () => Date.now()
  const vault = new TokenVault([new Uint8Array(32)], clock)
  sessions = new Sessions({ store, macKey: new Uint8Array(32), vault, clock })
  const providers = new RelyingParties({
    embedded: settingsOf(embeddedProviderId),
    loginOrigin,
    clock,
  })
  const others = ['idp', 'other'].map(settingsOf)
  providers.apply({ providers: others, defaultId: undefined })
  const spent = new Set<string>()
  spend = (id) => !spent.has(id) && spent.add(id).has(id)
  const spentTokens = { spend: async (id: string) => spend(id) }
  logout = new BackChannelLogout({ providers, sessions, spentTokens, log: silentLog })
  for (const [personId, providerId, sid] of [
    ['ann', 'idp', 'sid-1'],
    ['ann', 'idp', 'sid-2'],
    ['bob', 'idp', 'sid-3'],
    ['ann', 'other', 'sid-1'],
  ] as const) {
    await sessions.create({
      person: {
        id: personId,
        userPrincipalName: '',
        displayName: '',
        mail: undefined,
        enabled: true,
      },
      applicationId: 'app',
      signedIn: signedInAs(personId, { providerId, providerSessionId: sid }),
      lifetimeSeconds: 600,
    })
  }
})

function settingsOf(id: string): ProviderSettings {
  return {
    ...{ id, displayName: id, issuer, clientId, scope: 'openid' },
    authentication: { method: 'automatic', secret: 'secret' },
    fetch: async (input) => {
      const { pathname } = new URL(String(input))
      if (pathname !== '/keys') return Response.json(metadata)
      keysAsked++
      return Response.json({ keys: [jwk] })
    },
  }
}

const metadata = {
  issuer,
  authorization_endpoint: `${issuer}/auth`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/keys`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['ES256'],
}

interface Making {
  readonly header?: Record<string, unknown>
  readonly claims?: Record<string, unknown>
  readonly key?: CryptoKey | Uint8Array
}

let made = 0
function make({ header, claims, key: other }: Making = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const whole = {
    ...{ iss: issuer, aud: clientId, iat: now, exp: now + 120, jti: `t${made++}` },
    ...{ sid: 'sid-1', sub: 'ann', events: { [event]: {} } },
    ...claims,
  }
  const protectedHeader = { alg: 'ES256', kid: 'k1', typ: 'logout+jwt', ...header }
  return new SignJWT(JSON.parse(JSON.stringify(whole)))
    .setProtectedHeader(JSON.parse(JSON.stringify(protectedHeader)))
    .sign(other ?? key)
}

function post(token: string, change: Partial<PageRequest> = {}, provider = 'idp') {
  return logout.receive({
    method: 'POST',
    url: new URL(`${loginOrigin}${backChannelLogoutPrefix}${provider}`),
    headers: ['Content-Type', 'application/x-www-form-urlencoded'],
    peer: '',
    body: new URLSearchParams({ logout_token: token }).toString(),
    ...change,
  })
}

function left(): string[] {
  return [...store.rows.values()].map(
    (row) => `${row.personId} ${row.providerId} ${row.providerSessionId}`,
  )
}

test('a provider ends one sign-in, of its own and no other provider’s, without the browser [S9]', async () => {
  const answer = await post(await make())
  assert.deepEqual([answer.status, answer.body], [200, ''])
  assert.ok(answer.headers.join().includes('no-store'))
  assert.deepEqual(left(), ['ann idp sid-2', 'bob idp sid-3', 'ann other sid-1'])
})

test('without a session id a provider ends all that somebody has from it [S9]', async () => {
  const answer = await post(await make({ claims: { sid: undefined } }))
  assert.equal(answer.status, 200)
  assert.deepEqual(left(), ['bob idp sid-3', 'ann other sid-1'])
})

test('a provider that signs out somebody who is not here is told that all is well [S9]', async () => {
  assert.equal((await post(await make({ claims: { sid: 'unknown' } }))).status, 200)
  assert.equal(left().length, 4)
})

test('a logout token counts once [S9]', async () => {
  const token = await make({ claims: { sid: 'sid-2' } })
  assert.equal((await post(token)).status, 200)
  assert.equal((await post(token)).status, 400)
})

const now = Math.floor(Date.now() / 1000)
const forgeries: readonly (readonly [string, Making])[] = [
  ['another issuer', { claims: { iss: 'https://evil.test' } }],
  ['another audience', { claims: { aud: 'somebody else' } }],
  ['no audience', { claims: { aud: undefined } }],
  ['no event: an ID token', { claims: { events: undefined } }],
  ['another event', { claims: { events: { 'http://example.test/event': {} } } }],
  ['an event that is no object', { claims: { events: { [event]: true } } }],
  ['events in a list', { claims: { events: [event] } }],
  ['a nonce', { claims: { nonce: 'n' } }],
  ['no id', { claims: { jti: undefined } }],
  ['an id that is a number', { claims: { jti: 7 } }],
  ['an endless id', { claims: { jti: 'x'.repeat(513) } }],
  ['no time', { claims: { iat: undefined } }],
  ['a time long ago, and no end', { claims: { iat: now - 3600, exp: undefined } }],
  ['a time long ago, and a distant end', { claims: { iat: now - 3600, exp: now + 3600 } }],
  ['a time to come', { claims: { iat: now + 3600, exp: now + 7200 } }],
  ['an end in the past', { claims: { iat: now - 100, exp: now - 70 } }],
  ['neither session nor person', { claims: { sid: undefined, sub: undefined } }],
  ['an empty session id', { claims: { sid: '' } }],
  ['a session id that is a list', { claims: { sid: ['sid-1', 'sid-2'] } }],
  ['the type of an access token', { header: { typ: 'at+jwt' } }],
  ['a foreign key under the known name', {}],
  ['an unknown key', { header: { kid: 'k2' } }],
  [
    'a shared secret',
    { header: { alg: 'HS256' }, key: new TextEncoder().encode('secret'.repeat(8)) },
  ],
]
for (const [what, making] of forgeries) {
  test(`a logout token with ${what} ends nothing [S9]`, async () => {
    const token = await make(what.startsWith('a foreign key') ? { key: foreignKey } : making)
    const answer = await post(token)
    assert.equal(answer.status, 400)
    assert.equal(JSON.parse(answer.body).error, 'invalid_request')
    assert.equal(left().length, 4)
  })
}

test('a logout token without a signature ends nothing [S9]', async () => {
  const [, payload] = (await make()).split('.')
  const header = Buffer.from('{"alg":"none","typ":"logout+jwt"}').toString('base64url')
  assert.equal((await post(`${header}.${payload}.`)).status, 400)
  assert.equal(left().length, 4)
})

test('what is no form with one token, no POST or for no external provider ends nothing [S9]', async () => {
  const token = await make()
  assert.equal((await post(token, { method: 'GET' })).status, 405)
  assert.equal((await post(token, { headers: ['Content-Type', 'application/json'] })).status, 400)
  assert.equal((await post(token, { body: '' })).status, 400)
  const twice = `logout_token=${token}&logout_token=${token}`
  assert.equal((await post(token, { body: twice })).status, 400)
  assert.equal((await post(token, {}, embeddedProviderId)).status, 404)
  assert.equal((await post(token, {}, 'unknown')).status, 404)
  assert.equal(left().length, 4)
})

test('a flood of tokens with unknown keys asks the provider for its keys once [S9]', async () => {
  const tokens = await Promise.all(Array.from({ length: 30 }, () => make({ header: { kid: 'x' } })))
  await Promise.all(tokens.map((token) => post(token)))
  assert.ok(keysAsked <= 2, `${keysAsked}`)
})

test('while the store cannot be written to the provider is asked to come again [S9] [N3]', async () => {
  spend = () => {
    throw new Fault('storage-busy', 'locked')
  }
  const answer = await post(await make())
  assert.equal(answer.status, 503)
  assert.equal(JSON.parse(answer.body).error, 'temporarily_unavailable')
})
