import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { type RequestOptions, request } from 'node:https'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { decodeJwt } from 'jose'
import * as openid from 'openid-client'
import { Agent, fetch } from 'undici'
import type { Json } from '../../src/run/graph-client.ts'
import { openSignInForm, signInByForms } from '../form-sign-in.ts'
import { parseForms } from '../html-form.ts'
import { HttpClient, lookupLocalhost, type TestResponse } from '../http-client.ts'
import { startWorld, type World } from '../world.ts'

// What the edge answers itself to people who signed in: the portal with its API, My Apps.

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world[Symbol.asyncDispose]())

async function makeAdministrator(
  role: string,
  user = world.alice,
): Promise<{ id: string; roleId: string }> {
  const person = await world.graph.call('GET', `/users/${user.userPrincipalName}`)
  const roles = await world.graph.call('GET', `/directoryRoles?$filter=displayName eq '${role}'`)
  const [found] = (roles?.['value'] ?? []) as readonly Json[]
  const id = String(person?.['id'])
  const roleId = String(found?.['id'])
  const body = { '@odata.id': `https://graph/v1.0/directoryObjects/${id}` }
  await world.graph.call('POST', `/directoryRoles/${roleId}/members/$ref`, body)
  return { id, roleId }
}

const own = { 'sec-fetch-site': 'same-origin', 'x-sallyport-portal': '1' }
const json = { ...own, 'content-type': 'application/json' }

test('the portal is signed in to like any application, and its API acts for the person of the session [G3] [G5]', async () => {
  await using client = new HttpClient({ ca: world.ca })
  const portal = world.external('portal')
  const signedOut = await client.request(`${portal}api/beta/me`)
  assert.equal(signedOut.status, 401)
  assert.match(signedOut.text, /"signInUrl"/)
  const page = await signInByForms(client, portal, world.alice)
  assert.equal(page.status, 403)
  assert.match(page.text, /You have no role here/)

  const { id, roleId } = await makeAdministrator('Application Administrator')
  assert.notEqual((await client.navigate(portal)).status, 403)
  const me = await client.request(`${portal}api/beta/me`)
  assert.equal(me.status, 200)
  const { permissions, ...person } = JSON.parse(me.text)
  assert.equal(person.id, id)
  assert.ok(permissions.includes('Application.ReadWrite.All'))

  // No token, no field of the portal, another origin: nothing changes.
  const body = JSON.stringify({ displayName: 'From the portal' })
  const change = (headers: Record<string, string>) =>
    client.request(`${portal}api/beta/applications`, { method: 'POST', headers, body })
  const type = { 'content-type': 'application/json' }
  for (const headers of [
    type,
    { ...type, 'sec-fetch-site': 'same-origin' },
    { ...json, 'sec-fetch-site': 'same-site' },
    { ...json, origin: world.home.slice(0, -1) },
  ]) {
    assert.equal((await change(headers)).status, 403, JSON.stringify(headers))
  }
  const made = await change(json)
  assert.equal(made.status, 201, made.text)
  const audits = await world.graph.call('GET', '/auditLogs/directoryAudits?$top=1')
  assert.match(JSON.stringify(audits), new RegExp(world.alice.userPrincipalName))

  const listed = await client.request(`${portal}api/beta/applications?$top=1`)
  const next = JSON.parse(listed.text)['@odata.nextLink']
  assert.ok(String(next).startsWith(`${portal}api/beta/applications?`), next)
  assert.equal((await client.request(next)).status, 200)
  assert.ok(!listed.text.includes('Sallyport Portal'))

  // A role that is taken away counts at once.
  await world.graph.call('DELETE', `/directoryRoles/${roleId}/members/${id}/$ref`)
  assert.equal((await client.request(`${portal}api/beta/applications`)).status, 403)
  assert.equal((await client.navigate(portal)).status, 403)
})

test('live requests reach the portal as they happen, and end with the session of who watches [D4] [S9]', async () => {
  await using client = new HttpClient({ ca: world.ca })
  const portal = world.external('portal')
  const { id, roleId } = await makeAdministrator('Global Reader')
  await signInByForms(client, portal, world.alice)
  const url = new URL(`${portal}api/beta/requests/live`)
  const cookie = client.cookies.header(url) ?? ''
  const headers = { cookie, accept: 'text/event-stream', 'sec-fetch-site': 'same-origin' }
  const live = await openStream(url, { ca: world.ca, lookup: lookupLocalhost, headers })
  assert.equal(live.statusCode, 200)
  assert.match(String(live.headers['content-type']), /^text\/event-stream/)
  const told = once(live, 'data')
  await client.request(`${world.home}nothing`)
  assert.ok(String((await told)[0]).length > 0)
  const cut = once(live, 'error')
  live.resume()
  await world.graph.call('POST', `/users/${id}/revokeSignInSessions`)
  // Tokens have whole seconds, and one of this second would count as given before: the next test gets one.
  await setTimeout(1000 - (Date.now() % 1000))
  await cut
  await world.graph.call('DELETE', `/directoryRoles/${roleId}/members/${id}/$ref`)
})

function openStream(url: URL, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, options, resolve).once('error', reject).end()
  })
}

test('My Apps shows what its person may enter, says what is closed, and leads back after a sign-out [G5]', async () => {
  await using client = new HttpClient({ ca: world.ca })
  const url = world.external('myapps')
  const first = await signInByForms(client, url, world.alice)
  assert.equal(first.status, 200, first.text)
  assert.match(first.text, new RegExp(`href="${world.home}"`))
  assert.doesNotMatch(first.text, /Sallyport Portal|>Portal</)
  const path = `/applications/${world.applicationId}`
  const { onPremisesPublishing: _, displayName } = (await world.graph.call('GET', path)) as Json
  const searched = async (query: string) => (await client.navigate(`${url}?q=${query}`)).text
  assert.match(await searched(String(displayName).slice(0, 4).toUpperCase()), /class="tiles"/)
  assert.match(await searched('<script>'), /None of your applications is called “&lt;script&gt;”/)
  await world.graph.call('PATCH', path, { onPremisesPublishing: { isInMaintenance: true } })
  assert.match((await client.navigate(url)).text, /Closed for maintenance/)
  await world.graph.call('PATCH', path, { onPremisesPublishing: { isInMaintenance: false } })
  await world.graph.call('PATCH', path, { tags: ['HideApp'] })
  assert.doesNotMatch((await client.navigate(url)).text, new RegExp(`href="${world.home}"`))
  await world.graph.call('PATCH', path, { tags: [] })
  assert.equal((await client.navigate(`${url}nothing`)).status, 404)
  const out = await client.navigate(`${url}.sallyport/sign-out`)
  const last = /You are signed out/.test(out.text) ? out : await client.submit(out, {})
  assert.match(last.text, new RegExp(`href="${url}">Sign in again`))
})

test('no application is published on a host of the edge itself [P6] [G5]', async () => {
  const made = await world.graph.call('POST', '/applications', { displayName: 'Usurper' })
  for (const host of ['portal', 'myapps', 'login', 'graph']) {
    const publishing = { externalUrl: world.external(host), internalUrl: 'http://a.test/' }
    await assert.rejects(
      world.graph.call('PATCH', `/applications/${made?.['id']}`, {
        onPremisesPublishing: publishing,
      }),
      /is a host of Sallyport itself/,
    )
  }
})

test('a program shows a code, its person lets it in, and it may what both may, as long as they do [G3] [S9]', async () => {
  const { id, roleId } = await makeAdministrator('Reports Reader')
  await using client = new HttpClient({ ca: world.ca })
  const config = await discoverCli()
  const device = await openid.initiateDeviceAuthorization(config, {
    scope: 'openid offline_access AuditLog.Read.All Application.ReadWrite.All',
  })
  const codePage = await client.navigate(device.verification_uri)
  const wrong = await client.submit(codePage, { user_code: 'BBBB-BBBB' })
  assert.match(wrong.text, /There is no such code/)
  const asked = await client.submit(wrong, { user_code: device.user_code.toLowerCase() })
  assert.match(asked.text, /AuditLog\.Read\.All/)
  assert.match(asked.text, new RegExp(device.user_code))
  const done = await signInAt(client, await client.submit(asked, {}))
  assert.match(done.text, /The program is let in/)
  const tokens = await openid.pollDeviceAuthorizationGrant(config, { ...device, interval: 0.1 })
  const entry = await signInOf(client, tokens.access_token, 'deviceCode')
  assert.deepEqual(
    [entry['appDisplayName'], entry['clientAppUsed'], entry['isInteractive'], entry['status']],
    ['Sallyport command line', 'Mobile Apps and Desktop clients', true, signedIn],
  )
  assert.deepEqual(entry['authenticationMethodsUsed'], ['pwd'])
  const claims = decodeJwt(tokens.access_token)
  assert.equal(claims['scp'], 'Application.ReadWrite.All AuditLog.Read.All')
  assert.equal((claims.exp ?? 0) - (claims.iat ?? 0), 600)
  const me = await callGraph(client, '/me', tokens.access_token)
  assert.equal(me.status, 200, me.text)
  // Asked for more than the person may, and less than the person may.
  assert.deepEqual(JSON.parse(me.text).permissions, ['AuditLog.Read.All'])
  assert.equal((await callGraph(client, '/auditLogs/signIns', tokens.access_token)).status, 200)
  assert.equal((await callGraph(client, '/applications', tokens.access_token)).status, 403)
  assert.equal((await callGraph(client, '/users', tokens.access_token)).status, 403)

  const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
  assert.equal((await callGraph(client, '/auditLogs/signIns', renewed.access_token)).status, 200)
  await world.graph.call('DELETE', `/directoryRoles/${roleId}/members/${id}/$ref`)
  assert.equal((await callGraph(client, '/auditLogs/signIns', renewed.access_token)).status, 403)
  await world.graph.call('POST', `/users/${id}/revokeSignInSessions`)
  assert.equal((await callGraph(client, '/me', renewed.access_token)).status, 401)
  await assert.rejects(openid.refreshTokenGrant(config, renewed.refresh_token ?? ''))
})

const signedIn = { errorCode: 0, failureReason: 'Other.', additionalDetails: 'signed-in' }

/** The newest sign-in by this protocol; the log is written once a second. */
async function signInOf(client: HttpClient, token: string, protocol: string): Promise<Json> {
  for (;;) {
    const path = `/auditLogs/signIns?$top=1&$filter=authenticationProtocol eq '${protocol}'`
    const { status, text } = await callGraph(client, encodeURI(path), token)
    assert.equal(status, 200, text)
    const [entry] = JSON.parse(text).value as readonly Json[]
    if (entry) return entry
    await setTimeout(100)
  }
}

test('a code that its person does not let in is worth nothing, and none is used twice [G3]', async () => {
  await using client = new HttpClient({ ca: world.ca })
  const config = await discoverCli()
  const scope = 'openid https://graph.microsoft.com/.default'
  const device = await openid.initiateDeviceAuthorization(config, { scope })
  const asked = await client.submit(await client.navigate(device.verification_uri), {
    user_code: device.user_code,
  })
  assert.match(asked.text, /whatever you may do there/)
  const [, abort] = parseForms(asked.text, asked.url)
  const fields = new URLSearchParams(abort?.fields)
  const no = await client.request(`${world.external('login')}device`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: fields.toString(),
  })
  assert.match(no.text, /was not let in/)
  await assert.rejects(openid.pollDeviceAuthorizationGrant(config, { ...device, interval: 0.1 }), {
    error: 'access_denied',
  })
  const again = await client.submit(await client.navigate(device.verification_uri), {
    user_code: device.user_code,
  })
  assert.match(again.text, /used already|no such code/)
  let entry: Json | undefined
  while (!entry) {
    const path = '/auditLogs/signIns?$filter=status/errorCode eq 65004'
    const page = await world.graph.call('GET', path)
    const [first] = (page?.['value'] ?? []) as readonly Json[]
    entry = first
    await setTimeout(100)
  }
  assert.equal(entry['appDisplayName'], 'Sallyport command line')
  assert.equal(entry['authenticationProtocol'], 'deviceCode')
})

test('the command line signs its person in through the browser with PKCE, for everything they may [G3]', async () => {
  await makeAdministrator('Global Administrator', world.bob)
  await using client = new HttpClient({ ca: world.ca })
  const config = await discoverCli()
  const verifier = openid.randomPKCECodeVerifier()
  const back = 'http://127.0.0.1:43111/'
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: back,
    scope: `openid offline_access ${world.external('graph')}.default`,
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: 'here',
  })
  const form = await client.navigate(url)
  const landed = await followTo(client, await sendPassword(client, form), back)
  const tokens = await openid.authorizationCodeGrant(config, new URL(landed), {
    pkceCodeVerifier: verifier,
    expectedState: 'here',
  })
  const { access_token: token } = tokens
  const made = await client.request(`${world.external('graph')}beta/applications`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ displayName: 'From the command line' }),
  })
  assert.equal(made.status, 201, made.text)
  const audits = await world.graph.call('GET', '/auditLogs/directoryAudits?$top=1')
  assert.match(JSON.stringify(audits), new RegExp(world.bob.userPrincipalName))
  // What policies ask of administrators they ask of their programs.
  const policy = await world.graph.call('POST', '/identity/conditionalAccess/policies', {
    ...{ displayName: 'Two factors', state: 'enabled' },
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['MicrosoftAdminPortals'] },
      clientAppTypes: ['all'],
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  })
  const refused = await callGraph(client, '/me', token)
  assert.equal(refused.status, 401)
  assert.match(refused.text, /Two factors/)
  assert.match(String(refused.headers['www-authenticate']), /insufficient_user_authentication/)
  // So does the portal, and the sign-in of a program offers what they lack; applications are no affair of the policy.
  const atPortal = await openSignInForm(client, world.external('portal'))
  assert.match(atPortal.text, /Set up a second step/)
  const { userPrincipalName: username, password } = world.bob
  const again = await client.submit(await client.navigate(url), { username, password })
  assert.match(again.text, /Set up a second step/)
  const own = await signInByForms(client, world.external('myapps'), world.bob)
  assert.equal(own.status, 200)
  await world.graph.call('DELETE', `/identity/conditionalAccess/policies/${policy?.['id']}`)
  assert.equal((await callGraph(client, '/me', token)).status, 200)
  // It is for the management API alone.
  assert.equal((await client.request(world.api, bearer(token))).status, 401)
  assert.equal(
    (await client.request(`${world.external('portal')}api/beta/me`, bearer(token))).status,
    401,
  )
})

const cliId = '14d82eec-204b-4c2f-b7e8-296a70dab67e'

async function discoverCli(): Promise<openid.Configuration> {
  const agent = new Agent({ connect: { ca: world.ca, lookup: lookupLocalhost } })
  const options = {
    [openid.customFetch]: (at: string, init: object) => fetch(at, { ...init, dispatcher: agent }),
  }
  return openid.discovery(
    new URL(world.external('login')),
    cliId,
    undefined,
    openid.None(),
    options as unknown as openid.DiscoveryRequestOptions,
  )
}

function bearer(token: string) {
  return { headers: { authorization: `Bearer ${token}` } }
}

function callGraph(client: HttpClient, path: string, token: string): Promise<TestResponse> {
  return client.request(`${world.external('graph')}beta${path}`, bearer(token))
}

/** Fills in the login form that the page is, and goes where that leads. */
async function signInAt(client: HttpClient, page: TestResponse): Promise<TestResponse> {
  return client.submit(page, {
    username: world.alice.userPrincipalName,
    password: world.alice.password,
  })
}

function sendPassword(client: HttpClient, page: TestResponse): Promise<TestResponse> {
  const [form] = parseForms(page.text, page.url)
  if (!form) throw new Error(`no form: ${page.status} ${page.text}`)
  const body = new URLSearchParams(form.fields)
  body.set('username', world.bob.userPrincipalName)
  body.set('password', world.bob.password)
  return client.request(form.action, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: page.url.origin },
    body: body.toString(),
  })
}

async function followTo(client: HttpClient, page: TestResponse, end: string): Promise<string> {
  let answer = page
  for (let step = 0; step < 6; step++) {
    const { location } = answer.headers
    if (location === undefined) break
    const next = new URL(location, answer.url)
    if (next.href.startsWith(end)) return next.href
    answer = await client.request(next)
  }
  throw new Error(`not at ${end}: ${answer.status} ${answer.text}`)
}
