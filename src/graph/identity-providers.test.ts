import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openTestApi, type TestApi, testProviders } from './test-api.ts'

let api: TestApi
before(async () => {
  api = await openTestApi()
})
after(() => api[Symbol.asyncDispose]())

const path = '/beta/identity/identityProviders'
const secret = 'canary-9c1f'

// As the original's documents print it, with what Sallyport needs besides.
function keycloak(id: string, changes: object = {}): object {
  return {
    '@odata.type': '#microsoft.graph.openIdConnectIdentityProvider',
    ...{ id, displayName: 'Keycloak', clientId: `client-of-${id}`, clientSecret: secret },
    claimsMapping: { userId: 'sub', displayName: 'name', email: 'email' },
    metadataUrl: 'https://id.contoso.test/realms/a/.well-known/openid-configuration',
    ...{ responseType: 'code', scope: 'openid profile email' },
    ...changes,
  }
}

test('a provider is created, read, changed and deleted, and its secret never comes back [S11] [G1]', async () => {
  const created = await api.call('POST', path, keycloak('a'))
  assert.equal(created.status, 201)
  assert.deepEqual(created.body.health, { isReachable: true, problem: null })
  assert.equal(created.body.issuer, 'https://id.contoso.test/realms/a')
  assert.equal(created.body.redirectUri, 'https://login.contoso.test/.sallyport/callback/a')
  assert.equal(created.body['@odata.type'], '#microsoft.graph.openIdConnectIdentityProvider')
  const change = { displayName: 'Main', groupsClaim: 'groups', linkExistingUsers: 'verifiedEmail' }
  assert.equal((await api.call('PATCH', `${path}/a`, change)).status, 204)
  const read = await api.call('GET', `${path}/a`)
  assert.deepEqual(
    [read.body.displayName, read.body.groupsClaim, read.body.linkExistingUsers, read.body.clientId],
    ['Main', 'groups', 'verifiedEmail', 'client-of-a'],
  )
  const listed = await api.call('GET', `${path}?$select=id,displayName`)
  assert.deepEqual(
    listed.body.value.map(({ id }: { id: string }) => id),
    ['a'],
  )
  const audits = await api.call('GET', '/beta/auditLogs/directoryAudits')
  assert.ok(!JSON.stringify([created.body, read.body, audits.body]).includes(secret))
  assert.ok(!JSON.stringify([read.body, audits.body]).includes('sealed'))
  assert.equal((await api.call('DELETE', `${path}/a`)).status, 204)
  assert.equal((await api.call('GET', `${path}/a`)).status, 404)
})

test('a provider’s own word for a second factor is one value, and comes back [S8] [S11]', async () => {
  const word = { multiFactorAuthenticationContext: 'urn:okta:loa:2fa:any' }
  const { status, body } = await api.call('POST', path, keycloak('word', word))
  assert.equal(status, 201)
  assert.equal(body.multiFactorAuthenticationContext, 'urn:okta:loa:2fa:any')
  const two = { multiFactorAuthenticationContext: 'one two' }
  assert.equal((await api.call('PATCH', `${path}/word`, two)).status, 400)
  assert.equal((await api.call('DELETE', `${path}/word`)).status, 204)
})

test('one provider is the default, and another takes its place [S11]', async () => {
  await api.call('POST', path, keycloak('b', { isDefault: true }))
  await api.call('POST', path, keycloak('c', { isDefault: true }))
  const defaults = await api.call('GET', `${path}?$filter=isDefault eq true`)
  assert.deepEqual(
    defaults.body.value.map(({ id }: { id: string }) => id),
    ['c'],
  )
})

test('a client that signs gets a key, published for the provider, and a new one when told [S11]', async () => {
  const sent = { clientAuthentication: 'private_key_jwt', clientSecret: null }
  const created = await api.call('POST', path, keycloak('d', sent))
  assert.equal(created.status, 201, JSON.stringify(created.body))
  assert.equal(created.body.keysUrl, 'https://login.contoso.test/.sallyport/client-jwks/d')
  const kids = async () => {
    const all = await api.directory.identityProviders()
    const authentication = all.find(({ id }) => id === 'd')?.authentication
    assert.equal(authentication?.method, 'private_key_jwt')
    return authentication.keys.map(({ kid }) => kid)
  }
  const [first] = await kids()
  assert.equal((await api.call('POST', `${path}/d/rotateClientKey`)).status, 204)
  const [second, kept] = await kids()
  assert.notEqual(second, first)
  assert.equal(kept, first)
  await api.call('POST', `${path}/d/rotateClientKey`)
  assert.equal((await kids()).length, 2)
})

test('a provider that is down is saved all the same, and the answer says so [S11] [N3]', async () => {
  const providers = { ...testProviders, probe: async () => 'ECONNREFUSED' }
  await using lonely = await openTestApi(Date.now, { providers })
  const created = await lonely.call('POST', path, keycloak('e'))
  assert.equal(created.status, 201)
  assert.deepEqual(created.body.health, { isReachable: false, problem: 'ECONNREFUSED' })
  const asked = await lonely.call('GET', `${path}/e/health`)
  assert.deepEqual([asked.body.isReachable, asked.body.problem], [false, 'ECONNREFUSED'])
})

const refusals: readonly [what: string, change: object, target: string][] = [
  ['an issuer without https', { issuer: 'http://id.contoso.test' }, 'issuer'],
  ['an issuer with a query', { issuer: 'https://id.contoso.test/?a' }, 'issuer'],
  ['an issuer with a user', { issuer: 'https://a@id.contoso.test' }, 'issuer'],
  [
    'a script as metadata address',
    { metadataUrl: 'javascript:alert(1)', issuer: 'https://a.test' },
    'metadataUrl',
  ],
  ['neither issuer nor metadata address', { metadataUrl: null }, 'issuer'],
  ['no secret', { clientSecret: null }, 'clientSecret'],
  ['a secret and a key', { clientAuthentication: 'private_key_jwt' }, 'clientSecret'],
  ['scopes without openid', { scope: 'profile' }, 'scope'],
  ['another claim for who it is', { claimsMapping: { userId: 'email' } }, 'claimsMapping/userId'],
  ['another response type', { responseType: 'id_token' }, 'responseType'],
  [
    'a kind of provider that is none',
    { '@odata.type': '#microsoft.graph.samlOrWsFedProvider' },
    '@odata.type',
  ],
  ['the name of the embedded one', { id: 'embedded' }, 'id'],
  [
    'a group that is not there',
    { groupMappings: [{ claimValue: 'x', groupId: crypto.randomUUID() }] },
    'groupMappings/0/groupId',
  ],
  ['certificates that are none', { trustedCertificates: 'x' }, 'trustedCertificates'],
  ['no name for people', { displayName: undefined }, 'displayName'],
]
for (const [what, change, target] of refusals) {
  test(`a provider with ${what} is refused, and says where [G4]`, async () => {
    const answer = await api.call('POST', path, keycloak('x', change))
    assert.equal(answer.status, 400, JSON.stringify(answer.body))
    const targets = answer.body.error.details.map((detail: { target: string }) => detail.target)
    assert.deepEqual(targets, [target])
    assert.equal((await api.call('GET', `${path}/x`)).status, 404)
  })
}

test('the same client of the same issuer is there once [G4]', async () => {
  await api.call('POST', path, keycloak('f'))
  const again = await api.call('POST', path, { ...keycloak('f'), id: 'g' })
  assert.equal(again.status, 400)
  assert.equal((await api.call('POST', path, { ...keycloak('f'), clientId: 'z' })).status, 400)
})

test('form and meaning of a provider are told together [G4] [S11]', async () => {
  const { status, body } = await api.call('POST', '/beta/identity/identityProviders', {
    displayName: 7,
    scope: ['openid'],
    clientAuthentication: 'client_secret_post',
    isDefault: 'yes',
    unknown: 1,
  })
  assert.equal(status, 400)
  assert.deepEqual(body.error.details.map(({ target }: { target: string }) => target).sort(), [
    'clientId',
    'clientSecret',
    'displayName',
    'isDefault',
    'issuer',
    'scope',
    'unknown',
  ])
})
