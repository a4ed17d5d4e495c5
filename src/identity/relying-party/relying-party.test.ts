import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import type { Agent } from 'undici'
import { certificates, fetchBy, loopbackAgent, socketsOf, stop } from '../fixture-world.ts'
import type { ProviderSettings } from './provider-settings.ts'
import { type Exchanged, RelyingParty } from './relying-party.ts'

// A provider that does whatever a test tells it to. security.md §4.11.
let server: Server
let sockets: ReturnType<typeof socketsOf>
let agent: Agent
let keys: Awaited<ReturnType<typeof generateKeyPair>>
let jwks: object
let base: string

type Reply = (response: ServerResponse) => void
/** What one hostile provider answers; its name is the first path segment, so that all tests can run at once. */
const replies = new Map<
  string,
  { metadata?: object; discovery?: Reply; token?: Reply; jwks?: object }
>()

before(async () => {
  const { ca, key, cert } = await certificates()
  agent = loopbackAgent(ca)
  keys = await generateKeyPair('ES256', { extractable: true })
  jwks = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k', alg: 'ES256', use: 'sig' }] }
  server = createServer({ key, cert }, (request, response) => {
    const [, name = '', ...rest] = (request.url ?? '').split('/')
    const reply = replies.get(name) ?? {}
    const path = rest.join('/')
    if (path === 'jwks') return json(200, reply.jwks ?? jwks)(response)
    if (path === 'token') return (reply.token ?? json(500, {}))(response)
    const metadata = { ...metadataOf(`${base}/${name}`), ...reply.metadata }
    return (reply.discovery ?? json(200, metadata))(response)
  })
  // The client lets idle connections go, so that none is cut while a busy machine sends the next request on it.
  server.keepAliveTimeout = 0
  sockets = socketsOf(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  base = `https://idp.contoso.localhost:${(server.address() as AddressInfo).port}`
})
after(async () => {
  await agent.destroy()
  await stop(server, sockets)
})

function metadataOf(of: string): object {
  return {
    issuer: of,
    authorization_endpoint: `${of}/auth`,
    token_endpoint: `${of}/token`,
    jwks_uri: `${of}/jwks`,
    response_types_supported: ['code'],
    id_token_signing_alg_values_supported: ['ES256'],
    authorization_response_iss_parameter_supported: true,
  }
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body))
  }
}

const flow = { state: 'the state', nonce: 'the nonce', verifier: 'v'.repeat(43) }
let names = 0

function partyOf(
  reply: NonNullable<ReturnType<typeof replies.get>>,
  limits?: { callMs: number; stepMs: number },
  clock: () => number = Date.now,
): {
  party: RelyingParty
  at: string
} {
  const name = `hostile${names++}`
  replies.set(name, reply)
  const at = `${base}/${name}`
  const settings: ProviderSettings = {
    ...{ id: 'idp', displayName: 'IdP', issuer: at, clientId: 'edge', scope: 'openid' },
    authentication: { method: 'automatic', secret: 's' },
    fetch: fetchBy(agent),
  }
  return { party: new RelyingParty(settings, `${base}/.sallyport/callback`, clock, limits), at }
}

function exchange(token: (of: string) => Promise<Reply> | Reply, iss?: string): Promise<Exchanged> {
  const reply: { token?: Reply } = {}
  const { party, at } = partyOf(reply)
  return Promise.resolve(token(at)).then((made) => {
    reply.token = made
    const query = new URLSearchParams({ code: 'c', state: flow.state, iss: iss ?? at })
    return party.exchange(`?${query}`, flow)
  })
}

function claimsOf(at: string): JWTPayload & { exp: number } {
  const now = Math.floor(Date.now() / 1000)
  return {
    iss: at,
    aud: 'edge',
    sub: 'alice',
    nonce: flow.nonce,
    iat: now,
    exp: now + 60,
    sid: 's1',
  }
}

async function sign(payload: object, header: object = {}): Promise<string> {
  return new SignJWT({ ...payload })
    .setProtectedHeader({ alg: 'ES256', kid: 'k', ...header })
    .sign(keys.privateKey)
}

function tokens(idToken: string): Reply {
  return json(200, { access_token: 'a', token_type: 'Bearer', id_token: idToken })
}

function unsigned(payload: JWTPayload): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none' })}.${part(payload)}.`
}

function signedWithPublicKey(payload: JWTPayload): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'HS256', kid: 'k' })}.${part(payload)}`
  return `${text}.${createHmac('sha256', JSON.stringify(jwks)).update(text).digest('base64url')}`
}

test('an honest answer is taken, with the session of the provider [S1]', async () => {
  const got = await exchange(async (at) => tokens(await sign(claimsOf(at))))
  assert.ok(!('refused' in got))
  assert.equal(got.subject, 'alice')
  assert.equal(got.providerSessionId, 's1')
})

const badTokens: readonly [what: string, make: (at: string) => Promise<string> | string][] = [
  ['alg none', (at) => unsigned(claimsOf(at))],
  ['the public key as a secret', (at) => signedWithPublicKey(claimsOf(at))],
  ['another audience', (at) => sign({ ...claimsOf(at), aud: 'other' })],
  [
    'several audiences and a foreign azp',
    (at) => sign({ ...claimsOf(at), aud: ['edge', 'x'], azp: 'x' }),
  ],
  ['an issuer one character off', (at) => sign({ ...claimsOf(at), iss: `${at}x` })],
  ['an issuer with a slash more', (at) => sign({ ...claimsOf(at), iss: `${at}/` })],
  ['no nonce', (at) => sign({ ...claimsOf(at), nonce: undefined })],
  ['another nonce', (at) => sign({ ...claimsOf(at), nonce: 'x' })],
  ['no expiry', (at) => sign({ ...claimsOf(at), exp: undefined })],
  ['an expiry two minutes ago', (at) => sign({ ...claimsOf(at), exp: claimsOf(at).exp - 180 })],
  ['no subject', (at) => sign({ ...claimsOf(at), sub: undefined })],
  ['an unknown critical header', (at) => sign(claimsOf(at), { crit: ['b64'], b64: true })],
  ['a changed signature', async (at) => (await sign(claimsOf(at))).replace(/.{4}$/, 'AAAA')],
]
for (const [what, make] of badTokens) {
  test(`an ID token with ${what} is refused [S1]`, async () => {
    const got = await exchange(async (at) => tokens(await make(at)))
    assert.ok('refused' in got && got.refused === 'rejected')
  })
}

test('a key that is not known is looked for once more, as soon as the sign-in is tried again [S1]', async () => {
  let now = Date.now()
  const reply: NonNullable<ReturnType<typeof replies.get>> = { jwks: { keys: [] } }
  const { party, at } = partyOf(reply, undefined, () => now)
  reply.token = tokens(await sign(claimsOf(at)))
  const query = `?${new URLSearchParams({ code: 'c', state: flow.state, iss: at })}`
  const exchangeAgain = async () => {
    const got = await party.exchange(query, flow)
    return 'refused' in got ? got.refused : got.subject
  }
  assert.equal(await exchangeAgain(), 'stale-code', 'which is tried again')
  delete reply.jwks
  assert.equal(
    await exchangeAgain(),
    'stale-code',
    'keys are not fetched as often as somebody likes',
  )
  now += 1_001
  assert.equal(await exchangeAgain(), 'stale-code')
  assert.equal(await exchangeAgain(), 'alice')
})

test('a code that was used is told apart from a broken rule [S7]', async () => {
  const used = await exchange(() => json(400, { error: 'invalid_grant' }))
  assert.ok('refused' in used && used.refused === 'stale-code')
  const wrongSecret = await exchange(() => json(401, { error: 'invalid_client' }))
  assert.ok('refused' in wrongSecret && wrongSecret.refused === 'rejected')
})

test('an answer from another issuer is refused before the code is sent anywhere [S1]', async () => {
  const got = await exchange(() => () => assert.fail('asked'), 'https://evil.test')
  assert.ok('refused' in got && got.refused === 'rejected')
})

const outages: readonly [what: string, token: Reply][] = [
  ['rubbish for an ID token', tokens('a.b.c')],
  ['an error page with 200', json(200, '<html>', { 'content-type': 'text/html' })],
  ['a server error', json(500, {})],
  ['a server error in words of OAuth', json(503, { error: 'temporarily_unavailable' })],
  ['broken JSON', json(200, '{"access_token":')],
  ['a redirect', json(302, '', { location: 'https://evil.test/' })],
  [
    'a gzip bomb',
    (response) =>
      json(200, gzipSync(Buffer.alloc(50_000_000, 32)), { 'content-encoding': 'gzip' })(response),
  ],
  ['a closed connection', (response) => response.destroy()],
]
for (const [what, token] of outages) {
  test(`${what} from the token endpoint is an outage of the provider [N3]`, async () => {
    await assert.rejects(
      exchange(() => token),
      { code: 'provider-unavailable' },
    )
  })
}

const badDiscoveries: readonly [what: string, reply: { metadata?: object; discovery?: Reply }][] = [
  ['another issuer', { metadata: { issuer: 'https://evil.test' } }],
  [
    'an authorization endpoint without https',
    { metadata: { authorization_endpoint: 'http://evil.test/' } },
  ],
  [
    'a script as the endpoint for signing out',
    { metadata: { end_session_endpoint: 'javascript:alert(1)' } },
  ],
  ['a redirect', { discovery: json(302, '', { location: 'https://evil.test/' }) }],
  ['HTML', { discovery: json(200, '<html>', { 'content-type': 'text/html' }) }],
  ['two MiB', { discovery: json(200, JSON.stringify({ issuer: 'x'.repeat(2 << 20) })) }],
  ['not found', { discovery: json(404, {}) }],
]
for (const [what, reply] of badDiscoveries) {
  test(`a discovery document with ${what} is an outage, asked for again two seconds later [S11]`, async () => {
    let now = Date.now()
    const { party } = partyOf(reply, undefined, () => now)
    await assert.rejects(party.authorizationUrl(flow), { code: 'provider-unavailable' })
    delete reply.metadata
    delete reply.discovery
    await assert.rejects(party.authorizationUrl(flow), { code: 'provider-unavailable' })
    now += 2_001
    assert.match((await party.authorizationUrl(flow)).href, /\/auth\?/)
  })
}

for (const [what, limits] of [
  ['a call', { callMs: 50, stepMs: 9000 }],
  ['a step of several calls', { callMs: 9000, stepMs: 50 }],
] as const) {
  test(`a provider that hangs is an outage once ${what} takes too long [N3]`, async () => {
    const { party } = partyOf({ discovery: () => {} }, limits)
    await assert.rejects(party.authorizationUrl(flow), { code: 'provider-unavailable' })
  })
}

test('the secret is sent in the form, or by Basic where nothing else is taken [S11]', async () => {
  const seen: (string | undefined)[] = []
  server.on('request', (request) => {
    if (request.url?.includes('/token')) seen.push(request.headers.authorization)
  })
  await exchange(() => json(400, { error: 'invalid_grant' }))
  const { party, at } = partyOf({
    metadata: { token_endpoint_auth_methods_supported: ['client_secret_basic'] },
    token: json(400, { error: 'invalid_grant' }),
  })
  await party.exchange(`?code=c&state=the+state&iss=${encodeURIComponent(at)}`, flow)
  assert.ok(seen.includes(undefined))
  assert.ok(seen.includes(`Basic ${Buffer.from('edge:s').toString('base64')}`))
})

test('claims are asked for only where the provider takes the parameter [S11]', async () => {
  const plain = await partyOf({}).party.authorizationUrl(flow)
  assert.equal(plain.searchParams.get('claims'), null)
  const { party } = partyOf({ metadata: { claims_parameter_supported: true } })
  const url = await party.authorizationUrl(flow)
  assert.equal(
    url.searchParams.get('claims'),
    '{"id_token":{"sid":null,"auth_time":null,"acr":null,"amr":null}}',
  )
})
