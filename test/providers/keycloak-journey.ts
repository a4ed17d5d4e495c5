import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { Agent, fetch } from 'undici'
import { systemClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { openDirectory } from '../../src/directory/open.ts'
import { LocalCa } from '../../src/edge/local-ca.ts'
import { RelyingParty } from '../../src/identity/relying-party/relying-party.ts'
import type { Json } from '../../src/run/graph-client.ts'
import { openKeys } from '../../src/run/keys.ts'
import { openSessions } from '../../src/run/sessions.ts'
import { fillSignIn, startWorld, type World } from '../world.ts'
import { type Keycloak, startKeycloak } from './keycloak.ts'
import { ann, clientSecret, realmFor } from './realm.ts'

let world: World
let keycloak: Keycloak
const providers = '/identity/identityProviders'

before(async () => {
  world = await startWorld()
  const authority = await LocalCa.open(dirname(String(world.demo.ready['ca'])))
  const login = world.external('login').slice(0, -1)
  const identity = await authority.issue(['localhost'])
  const hosts = ['localhost', new URL(login).hostname]
  keycloak = await startKeycloak({ realm: realmFor(login), identity, ca: world.ca, hosts })
})
after(async () => {
  await keycloak?.[Symbol.asyncDispose]()
  await world?.[Symbol.asyncDispose]()
})

function providerOf(id: string): Json {
  return {
    '@odata.type': '#microsoft.graph.openIdConnectIdentityProvider',
    ...{ id, displayName: 'Contoso', clientId: id, isDefault: true },
    metadataUrl: `${keycloak.issuer}/.well-known/openid-configuration`,
    ...{ groupsClaim: 'groups', rolesClaim: 'realm_access.roles' },
    trustedCertificates: world.ca,
  }
}

async function expectKeycloak(page: Page): Promise<void> {
  await page.goto(world.home)
  await page.waitForURL(({ href }) => href.startsWith(keycloak.issuer))
}

async function signInAtKeycloak(page: Page): Promise<void> {
  await expectKeycloak(page)
  await page.locator('#username').fill(ann.username)
  await page.locator('#password').fill(ann.password)
  await page.locator('#kc-login').click()
  await untilInside(page)
}

async function untilInside(page: Page): Promise<void> {
  await page.waitForURL(({ href, pathname }) => {
    return href.startsWith(world.home) && !pathname.startsWith('/.sallyport/')
  })
}

/** What the edge says about whoever is signed in here. */
function sessionOf(page: Page): Promise<Json> {
  return page.evaluate(async () => (await (await fetch('/.sallyport/session')).json()) as Json)
}

async function groupOf(displayName: string): Promise<string> {
  const body = { displayName, mailEnabled: false, securityEnabled: true, mailNickname: 'x' }
  return String((await world.graph.call('POST', '/groups', body))?.['id'])
}

test('people of Keycloak appear with their groups, and enter by them [S1] [S8] [S11]', async () => {
  const groupId = await groupOf('Editors')
  const created = await world.graph.call('POST', providers, {
    ...providerOf('keycloak'),
    clientSecret,
    groupMappings: [{ claimValue: '/staff/editors', groupId }],
  })
  assert.deepEqual(created?.['health'], { isReachable: true, problem: null })
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signInAtKeycloak(page)
  assert.match((await page.textContent('body')) ?? '', /not assigned|no access|not allowed/i)
  const application = await world.graph.call('GET', `/applications/${world.applicationId}`)
  const principal = await world.graph.call(
    'GET',
    `/servicePrincipals(appId='${application?.['appId']}')`,
  )
  await world.graph.call('POST', `/servicePrincipals/${principal?.['id']}/appRoleAssignedTo`, {
    ...{ principalId: groupId, resourceId: principal?.['id'] },
    appRoleId: '18d14569-c3bd-439b-9a66-3a2aee01d14f',
  })
  const answer = await page.goto(world.home)
  assert.equal(answer?.status(), 200)
  const { user } = (await sessionOf(page)) as { user: Json }
  assert.equal(user['displayName'], 'Ann Lee')
  assert.equal(user['userPrincipalName'], 'ann@localhost')
  const person = await world.graph.call('GET', `/users/${user['id']}`)
  assert.equal(person?.['mail'], 'ann@contoso.example')
})

test('keys that Keycloak has just begun to use are no obstacle [S1]', async () => {
  await keycloak.call('POST', '/components', {
    ...{ name: 'newer', providerId: 'rsa-generated' },
    providerType: 'org.keycloak.keys.KeyProvider',
    config: { priority: ['1000'], enabled: ['true'], active: ['true'], keySize: ['2048'] },
  })
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signInAtKeycloak(page)
  assert.equal((await sessionOf(page))['signedIn'], true)
})

test('what Keycloak gave is renewed without a redirect, claims and all [S6]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signInAtKeycloak(page)
  const cookies = await profile.cookies(world.home)
  const session = cookies.find(({ value }) => /^[\w-]{43}\.[\w-]{43}$/.test(value))
  // As the edge does it: with the tokens that it keeps sealed in its database.
  const folder = dirname(String(world.demo.ready['ca']))
  const file = join(folder, 'sallyport.sqlite')
  await using directory = await openDirectory({ file, clock: systemClock, log: silentLog })
  const sessions = openSessions(directory, await openKeys(folder))
  const tokens = await sessions.tokensOf(session?.value.slice(0, 43) ?? '')
  assert.ok(tokens?.refreshToken)
  const dispatcher = new Agent({ connect: { ca: world.ca } })
  const settings = {
    ...{ id: 'keycloak', displayName: '', issuer: keycloak.issuer, clientId: 'keycloak' },
    authentication: { method: 'client_secret_basic', secret: clientSecret } as const,
    scope: 'openid',
    fetch: ((url: string, init: object) =>
      fetch(url, { ...init, dispatcher })) as unknown as typeof globalThis.fetch,
  }
  const party = new RelyingParty(settings, 'https://unused.test/', systemClock)
  const refreshed = await party.refresh(tokens)
  await dispatcher.close()
  assert.ok('signedIn' in refreshed && refreshed.signedIn, JSON.stringify(refreshed))
  assert.deepEqual(refreshed.signedIn.claims['groups'], ['/staff/editors'])
  assert.notEqual(refreshed.signedIn.idToken, tokens.idToken)
})

test('signing out here signs out at Keycloak: the next sign-in asks again [S9]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signInAtKeycloak(page)
  await page.goto(new URL('/.sallyport/sign-out', world.home).href)
  await page.waitForURL(({ pathname }) => pathname === '/.sallyport/signed-out')
  await expectKeycloak(page)
  assert.ok(await page.locator('#password').isVisible())
})

test('an administrator of Keycloak who ends a session ends it here, too [S9]', async () => {
  const users = (await keycloak.call('GET', `/users?username=${ann.username}`)) as Json[]
  const endAll = () => keycloak.call('POST', `/users/${users[0]?.['id']}/logout`)
  // Of several sessions that end at once, Keycloak 26.0.7 tells of one: those of the tests before this one go first.
  await endAll()
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signInAtKeycloak(page)
  assert.equal((await sessionOf(page))['signedIn'], true)
  await endAll()
  // Keycloak's own time is in it, too.
  const deadline = Date.now() + 15_000
  while ((await sessionOf(page))['signedIn'] !== false) {
    assert.ok(Date.now() < deadline, 'the session lives on')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
})

test('the edge proves itself by a key of its own, also after it was rotated [S11]', async () => {
  const sent = { ...providerOf('signing'), clientAuthentication: 'private_key_jwt' }
  await world.graph.call('POST', providers, sent)
  for (const round of ['first', 'second']) {
    await using profile = await world.profile()
    const page = await profile.newPage()
    await signInAtKeycloak(page)
    assert.equal((await sessionOf(page))['signedIn'], true, round)
    await world.graph.call('POST', `${providers}/signing/rotateClientKey`)
    // Keycloak fetches keys again no sooner than ten seconds after it did.
    await new Promise((resolve) => setTimeout(resolve, 10_500))
  }
})

test('the embedded provider lets administrators in while Keycloak is gone [S11] [N3]', async () => {
  await keycloak[Symbol.asyncDispose]()
  await using profile = await world.profile()
  const page = await profile.newPage()
  await page.goto(new URL('/.sallyport/sign-in?provider=embedded', world.home).href)
  await fillSignIn(page, world.alice)
  await untilInside(page)
  assert.equal((await sessionOf(page))['signedIn'], true)
})
