import assert from 'node:assert/strict'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { decodeJwt, importPKCS8, SignJWT } from 'jose'
import { rsa, TestAuthority } from '../../src/certificates/fixture-authority.ts'
import type { Json } from '../../src/run/graph-client.ts'
import { parseForms } from '../html-form.ts'
import { HttpClient, type TestResponse } from '../http-client.ts'
import { ProgrammableApplication } from '../programmable-application.ts'
import { publish, startWorld, type World } from '../world.ts'

let world: World
let application: ProgrammableApplication
let internalUrl: string
before(async () => {
  world = await startWorld()
  application = new ProgrammableApplication()
  internalUrl = `http://127.0.0.2:${await application.listen()}/`
})
after(async () => {
  await application?.[Symbol.asyncDispose]()
  await world?.[Symbol.asyncDispose]()
})

function seenIn(answer: TestResponse): Record<string, string> {
  return (JSON.parse(answer.text) as { headers: Record<string, string> }).headers
}

interface Registered {
  readonly id: string
  readonly appId: string
  readonly principalId: string
}

async function registered(id: string): Promise<Registered> {
  const application = await world.graph.call('GET', `/applications/${id}`)
  const appId = String(application?.['appId'])
  const principal = await world.graph.call('GET', `/servicePrincipals(appId='${appId}')`)
  return { id, appId, principalId: String(principal?.['id']) }
}

/** An application that lets in only whom it knows, with one role for programs. */
async function publishApi(
  name: string,
  more: Json = {},
): Promise<Registered & { url: string; roleId: string }> {
  const url = `https://${name}.example.localhost:${world.port}/`
  const api = await registered(
    await publish(world.graph, name, { externalUrl: url, internalUrl, ...more }),
  )
  const roleId = randomUUID()
  const role = {
    id: roleId,
    displayName: 'Read',
    value: 'Reports.Read',
    allowedMemberTypes: ['Application'],
  }
  await world.graph.call('PATCH', `/applications/${api.id}`, { appRoles: [role] })
  await world.graph.call('PATCH', `/servicePrincipals/${api.principalId}`, {
    appRoleAssignmentRequired: true,
  })
  return { ...api, url, roleId }
}

async function registerClient(body: Json): Promise<Registered> {
  const application = await world.graph.call('POST', '/applications', body)
  return registered(String(application?.['id']))
}

async function addSecret({ id }: Registered): Promise<Json> {
  return (await world.graph.call('POST', `/applications/${id}/addPassword`, {})) as Json
}

function assign(
  resource: { principalId: string; roleId: string },
  client: Registered,
): Promise<Json | undefined> {
  return world.graph.call('POST', `/servicePrincipals/${client.principalId}/appRoleAssignments`, {
    principalId: client.principalId,
    resourceId: resource.principalId,
    appRoleId: resource.roleId,
  })
}

async function askToken(
  client: HttpClient,
  form: Readonly<Record<string, string>>,
): Promise<TestResponse> {
  return client.request(`${world.external('login')}token`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  })
}

async function tokenOf(answer: TestResponse): Promise<string> {
  assert.equal(answer.status, 200, answer.text)
  return (JSON.parse(answer.text) as { access_token: string }).access_token
}

function call(client: HttpClient, url: string, token: string): Promise<TestResponse> {
  return client.request(url, { headers: { Authorization: `Bearer ${token}`, Accept: 'text/html' } })
}

test('a program with a secret calls an application, and loses its way in with its role, and its tokens with its secret [S10] [S9]', async () => {
  const api = await publishApi('reports', {
    singleSignOnSettings: { singleSignOnMode: 'aadHeaderBased' },
    headerBasedSingleSignOn: {
      headers: [
        { name: 'X-Remote-User', source: 'attribute', value: 'displayName' },
        { name: 'X-Roles', source: 'roles' },
      ],
    },
  })
  const page = 'https://page.test'
  const rule = { resource: '/', allowedOrigins: [page], allowedHeaders: ['authorization'] }
  const other = await publishApi('others', {
    corsConfigurations: [{ ...rule, allowedMethods: ['GET'] }],
  })
  const robot = await registerClient({ displayName: 'admin' })
  const { secretText, keyId } = await addSecret(robot)
  const form = {
    grant_type: 'client_credentials',
    client_id: robot.appId,
    client_secret: String(secretText),
    scope: `${api.appId}/.default`,
  }
  await using client = new HttpClient({ ca: world.ca })
  const early = await askToken(client, form)
  assert.equal(early.status, 400)
  const assignment = await assign(api, robot)
  const token = await tokenOf(await askToken(client, form))
  const seen = seenIn(await call(client, api.url, token))
  assert.equal(seen['authorization'], undefined)
  assert.equal(seen['x-remote-user'], undefined)
  assert.equal(seen['x-roles'], 'Reports.Read')
  const onPremisesPublishing = { isAccessTokenForwarded: true }
  await world.graph.call('PATCH', `/applications/${api.id}`, { onPremisesPublishing })
  await eventually(async () => {
    return seenIn(await call(client, api.url, token))['authorization'] === `Bearer ${token}`
  })

  const preflight = await client.request(other.url, {
    method: 'OPTIONS',
    headers: {
      ...{ Origin: page, 'Access-Control-Request-Method': 'GET' },
      'Access-Control-Request-Headers': 'authorization',
    },
  })
  assert.equal(preflight.status, 204)
  const elsewhere = await client.request(other.url, {
    headers: { Authorization: `Bearer ${token}`, Origin: page },
  })
  assert.equal(elsewhere.status, 401)
  assert.equal(elsewhere.headers['access-control-allow-origin'], page)
  assert.match(
    String(elsewhere.headers['www-authenticate']),
    /error="invalid_token".*another application/,
  )
  assert.equal((await call(client, api.url, `${token}x`)).status, 401)
  assert.equal((await call(client, api.url, 'x'.repeat(7_000))).status, 401)

  await world.graph.call(
    'DELETE',
    `/servicePrincipals/${robot.principalId}/appRoleAssignments/${assignment?.['id']}`,
  )
  await eventually(async () => (await call(client, api.url, token)).status === 403)
  await assign(api, robot)
  const principal = `/servicePrincipals/${robot.principalId}`
  await world.graph.call('PATCH', principal, { accountEnabled: false })
  await eventually(async () => (await call(client, api.url, token)).status === 401)
  assert.equal((await askToken(client, form)).status, 401)
  await world.graph.call('PATCH', principal, { accountEnabled: true })
  await eventually(async () => (await call(client, api.url, token)).status === 200)
  await world.graph.call('PATCH', `/servicePrincipals/${api.principalId}`, {
    accountEnabled: false,
  })
  await eventually(async () => (await call(client, api.url, token)).status === 403)
  await world.graph.call('POST', `/applications/${robot.id}/removePassword`, {
    keyId: String(keyId),
  })
  assert.equal((await askToken(client, form)).status, 401)
})

test('a program with the right permission manages, with its own name in the audit, as long as it has it [G3] [S10]', async () => {
  const robot = await registerClient({ displayName: 'Deployer' })
  const { secretText } = await addSecret(robot)
  const found = await world.graph.call(
    'GET',
    `/servicePrincipals?$filter=appId eq '00000003-0000-0000-c000-000000000000'`,
  )
  const [api] = (found?.['value'] ?? []) as readonly {
    id: string
    appRoles: readonly { id: string; value: string }[]
  }[]
  const role = api?.appRoles.find(({ value }) => value === 'Directory.ReadWrite.All')
  const granted = await assign({ principalId: String(api?.id), roleId: String(role?.id) }, robot)
  await using client = new HttpClient({ ca: world.ca })
  const token = await tokenOf(
    await askToken(client, {
      grant_type: 'client_credentials',
      client_id: robot.appId,
      client_secret: String(secretText),
      scope: 'https://graph.microsoft.com/.default',
    }),
  )
  const post = {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
  }
  const made = await client.request(`${world.graphUrl}/groups`, {
    ...post,
    body: '{"displayName":"By a program"}',
  })
  assert.equal(made.status, 201, made.text)
  const audit = await world.graph.call('GET', '/auditLogs/directoryAudits?$top=1')
  const [entry] = (audit?.['value'] ?? []) as readonly { initiatedBy: object }[]
  const app = { appId: robot.appId, displayName: 'Deployer' }
  assert.deepEqual(entry?.initiatedBy, { app, user: null })
  await world.graph.call(
    'DELETE',
    `/servicePrincipals/${robot.principalId}/appRoleAssignments/${granted?.['id']}`,
  )
  assert.equal((await client.request(`${world.graphUrl}/users`, post)).status, 403)
})

test('a program with a certificate proves itself by a signature, once each, and with no other key [S10]', async () => {
  const api = await publishApi('signed')
  const robot = await registerClient({ displayName: 'Signer' })
  await assign(api, robot)
  const authority = await TestAuthority.create()
  const { certificate, key } = await authority.issue(['signer.test'], { key: rsa(2048) })
  const keyCredentials = [{ key: Buffer.from(certificate).toString('base64') }]
  await world.graph.call('PATCH', `/applications/${robot.id}`, { keyCredentials })
  await using client = new HttpClient({ ca: world.ca })
  const form = (assertion: string) => ({
    grant_type: 'client_credentials',
    client_assertion: assertion,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    resource: `api://${api.appId}`,
  })
  const assertion = await signedAssertion(robot, key)
  const token = await tokenOf(await askToken(client, form(assertion)))
  assert.equal((await call(client, api.url, token)).status, 200)
  assert.equal((await askToken(client, form(assertion))).status, 401)
  const stranger = await authority.issue(['signer.test'], { key: rsa(2048) })
  const forged = await signedAssertion(robot, stranger.key)
  assert.equal((await askToken(client, form(forged))).status, 401)
  const weak = await authority.issue(['signer.test'], { key: rsa(1024) })
  const bad = [{ key: Buffer.from(weak.certificate).toString('base64') }]
  await assert.rejects(
    world.graph.call('PATCH', `/applications/${robot.id}`, { keyCredentials: bad }),
  )
})

async function signedAssertion(robot: Registered, key: string): Promise<string> {
  return new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'PS256' })
    .setIssuer(robot.appId)
    .setSubject(robot.appId)
    .setAudience(`${world.external('login')}token`)
    .setIssuedAt()
    .setExpirationTime('2 m')
    .sign(await importPKCS8(key, 'PS256'))
}

test('a program on a machine of a person signs the person in, and calls for them with a token [S10]', async () => {
  const api = await publishApi('desk')
  const cli = await registerClient({
    displayName: 'Command line',
    publicClient: { redirectUris: ['http://127.0.0.1/back'] },
    requiredResourceAccess: [{ resourceAppId: api.appId, resourceAccess: [] }],
  })
  await world.graph.call('PATCH', `/servicePrincipals/${api.principalId}`, {
    appRoleAssignmentRequired: false,
  })
  await using client = new HttpClient({ ca: world.ca })
  const verifier = randomBytes(32).toString('base64url')
  const back = 'http://127.0.0.1:43219/back'
  const query = new URLSearchParams({
    ...{ client_id: cli.appId, response_type: 'code', redirect_uri: back, state: 'here' },
    scope: `openid offline_access api://${api.appId}/user_impersonation`,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const code = await codeFrom(client, `${world.external('login')}auth?${query}`, back)
  // Another program on this machine cannot use the session that the browser has by now.
  const silent = await client.request(`${world.external('login')}auth?${query}&prompt=none`)
  assert.match(String(silent.headers.location), /^http:.*error=interaction_required/)
  const again = await client.request(`${world.external('login')}auth?${query}`)
  assert.match(String(again.headers.location), /interaction/)
  const redeem = { client_id: cli.appId, redirect_uri: back, code_verifier: verifier }
  const answer = await askToken(client, { grant_type: 'authorization_code', code, ...redeem })
  const token = await tokenOf(answer)
  const { amr, acr, auth_time: at } = decodeJwt(token)
  assert.deepEqual([amr, typeof acr, typeof at], [['pwd'], 'string', 'number'])
  const good = await call(client, api.url, token)
  assert.equal(good.status, 200, good.text)
  const { id_token: idToken, refresh_token: refreshToken } = JSON.parse(answer.text)
  assert.equal((await call(client, api.url, idToken)).status, 401)
  assert.equal((await call(client, api.url, code)).status, 401)
  const refreshed = await askToken(client, {
    ...{ grant_type: 'refresh_token', refresh_token: refreshToken, client_id: cli.appId },
  })
  assert.equal((await call(client, api.url, await tokenOf(refreshed))).status, 200)

  const user = `/users/${world.alice.userPrincipalName}`
  await world.graph.call('PATCH', user, { accountEnabled: false })
  await eventually(async () => (await call(client, api.url, token)).status === 401)
  await world.graph.call('PATCH', user, { accountEnabled: true })
  // What was given to somebody who was thrown out stays worthless.
  assert.equal((await call(client, api.url, token)).status, 401)
})

async function codeFrom(client: HttpClient, url: string, back: string): Promise<string> {
  let page = await client.request(url)
  for (let step = 0; step < 10; step++) {
    const location = page.headers.location
    if (location?.startsWith(back)) return String(new URL(location).searchParams.get('code'))
    page = location
      ? await client.request(new URL(location, page.url))
      : await sendForm(client, page)
  }
  throw new Error(`no code after 10 steps: ${page.status} ${page.text}`)
}

function sendForm(client: HttpClient, page: TestResponse): Promise<TestResponse> {
  const [form] = parseForms(page.text, page.url)
  if (!form) throw new Error(`no form: ${page.status} ${page.text}`)
  const body = new URLSearchParams(form.fields)
  body.set('username', world.alice.userPrincipalName)
  body.set('password', world.alice.password)
  return client.request(form.action, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: page.url.origin },
    body: body.toString(),
  })
}

// The promise of [S9].
const effectMaxMs = 5_000

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const since = performance.now()
  while (!(await holds())) assert.ok(performance.now() - since < effectMaxMs, 'not within 5 s')
}
