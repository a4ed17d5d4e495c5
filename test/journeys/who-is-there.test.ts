import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { createLocalJWKSet, jwtVerify } from 'jose'
import type { Json } from '../../src/run/graph-client.ts'
import { everythingKept, everythingTold } from '../everything-written.ts'
import { signInByForms } from '../form-sign-in.ts'
import { parseForms } from '../html-form.ts'
import { HttpClient, type TestResponse } from '../http-client.ts'
import { ProgrammableApplication } from '../programmable-application.ts'
import { startRadicale } from '../radicale.ts'
import { publish, startWorld, type World, type WorldUser } from '../world.ts'

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

const headers = [
  { name: 'X-Remote-User', source: 'attribute', value: 'userPrincipalName' },
  {
    name: 'SM_USER',
    source: 'attribute',
    value: 'userPrincipalName',
    transformation: 'extractMailPrefix',
  },
  { name: 'X-Where-From', source: 'constant', value: 'extranet' },
  { name: 'X-Shoe-Size', source: 'claim', value: 'shoe_size' },
] as const

function seenIn(answer: TestResponse): Record<string, string> {
  return (JSON.parse(answer.text) as { headers: Record<string, string> }).headers
}

test('an application is told who is there, whatever the client says, and can prove that the edge said it [S12]', async () => {
  const url = `https://told.example.localhost:${world.port}/`
  const id = await publish(world.graph, 'Told', {
    externalUrl: url,
    internalUrl,
    singleSignOnSettings: { singleSignOnMode: 'aadHeaderBased' },
    headerBasedSingleSignOn: { headers },
    isIdentityAssertionEnabled: true,
  })
  await using client = new HttpClient({ ca: world.ca })
  await signInByForms(client, url, world.alice)
  const lies = {
    ...{ 'X-Remote-User': ['admin', 'root'], x_remote_user: 'admin', 'X.Remote.User': 'admin' },
    ...{ 'sm-user': 'admin', SM_USER: 'admin', 'X-Shoe-Size': '99', 'X-Sallyport-Assertion': 'x' },
  }
  const seen = seenIn(await client.request(url, { headers: lies }))
  const { userPrincipalName } = world.alice
  assert.equal(seen['x-remote-user'], userPrincipalName)
  assert.equal(seen['sm_user'], userPrincipalName.split('@')[0])
  assert.equal(seen['x-where-from'], 'extranet')
  const unwanted = Object.keys(seen).filter((name) => /shoe|^sm-user$|^x[_.]/.test(name))
  assert.deepEqual(unwanted, [])

  const { appId } = (await world.graph.call('GET', `/applications/${id}`)) as { appId: string }
  for (const host of [url, world.external('login')]) {
    const keys = await client.request(`${host}.sallyport/jwks.json`)
    const options = { audience: appId, algorithms: ['ES256'] }
    const jwks = createLocalJWKSet(JSON.parse(keys.text))
    const { payload } = await jwtVerify(seen['x-sallyport-assertion'] ?? '', jwks, options)
    assert.equal(payload['preferred_username'], userPrincipalName)
  }
})

const event = [
  ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Contoso//EN', 'BEGIN:VEVENT', 'UID:1'],
  ...['DTSTAMP:20261122T080000Z', 'DTSTART:20261122T090000Z', 'SUMMARY:Board meeting'],
  ...['END:VEVENT', 'END:VCALENDAR', ''],
].join('\r\n')

test('a calendar server that is not ours knows who is there by a header, and nobody can send it [S12]', async () => {
  await using radicale = await startRadicale()
  const url = `https://calendar.example.localhost:${world.port}/`
  const mapping = { source: 'attribute', value: 'userPrincipalName' }
  await publish(world.graph, 'Calendar', {
    externalUrl: url,
    internalUrl: radicale.url,
    singleSignOnSettings: { singleSignOnMode: 'aadHeaderBased' },
    headerBasedSingleSignOn: {
      headers: [{ ...mapping, name: 'X-Remote-User', transformation: 'extractMailPrefix' }],
    },
  })
  await using alice = await signedIn(url, world.alice)
  await using bob = await signedIn(url, world.bob)
  assert.equal(await principalSeen(url, alice, {}), '/alice/')
  assert.equal(await principalSeen(url, bob, {}), '/bob/')
  for (const name of ['X-Remote-User', 'x_remote_user', 'X-REMOTE.USER', 'Remote-User']) {
    assert.equal(await principalSeen(url, bob, { [name]: 'alice' }), '/bob/', name)
  }

  const calendar = `${url}alice/work/`
  assert.equal((await alice.request(calendar, { method: 'MKCALENDAR' })).status, 201)
  const put = { method: 'PUT', headers: { 'Content-Type': 'text/calendar' }, body: event }
  assert.equal((await alice.request(`${calendar}1.ics`, put)).status, 201)
  assert.match((await alice.request(`${calendar}1.ics`)).text, /Board meeting/)
  const refused = await bob.request(`${calendar}1.ics`, { headers: { 'X-Remote-User': 'alice' } })
  assert.equal(refused.status, 403)
  assert.doesNotMatch(refused.text, /Board meeting/)
})

async function signedIn(url: string, user: WorldUser): Promise<HttpClient> {
  const client = new HttpClient({ ca: world.ca })
  await signInByForms(client, `${url}.web/`, user)
  return client
}

/** Whom the server takes the client for (RFC 5397). */
async function principalSeen(
  url: string,
  client: HttpClient,
  headers: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const answer: TestResponse = await client.request(url, {
    method: 'PROPFIND',
    headers: { Depth: '0', 'Content-Type': 'application/xml', ...headers },
    body: '<propfind xmlns="DAV:"><prop><current-user-principal/></prop></propfind>',
  })
  return /<(?:\w+:)?current-user-principal>\s*<(?:\w+:)?href>([^<]+)/.exec(answer.text)?.[1]
}

// The log is written once a second; a busy machine takes its time.
const writtenMaxMs = 20_000
const pollMs = 50

async function logged(filter: string): Promise<Json> {
  const since = performance.now()
  for (;;) {
    const query = `$top=1&$filter=${encodeURIComponent(filter)}`
    const page = await world.graph.call('GET', `/auditLogs/signIns?${query}`)
    const [entry] = (page?.['value'] ?? []) as readonly Json[]
    if (entry) return entry
    assert.ok(performance.now() - since < writtenMaxMs, `nothing logged for ${filter}`)
    await setTimeout(pollMs)
  }
}

const browser =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

test('a sign-in is in the log with who, where, with what and through which request; so is one that may not enter [S8] [D4]', async () => {
  await using client = new HttpClient({ ca: world.ca, headers: { 'user-agent': browser } })
  await signInByForms(client, world.home, world.bob)
  const name = world.bob.userPrincipalName
  const sample = await world.graph.call('GET', `/applications/${world.applicationId}`)
  const there = `appId eq '${sample?.['appId']}' and userPrincipalName eq '${name}'`
  const entry = await logged(`${there} and status/errorCode eq 0`)
  assert.equal(entry['ipAddress'], '127.0.0.1')
  assert.equal(entry['isInteractive'], true)
  assert.match(String(entry['correlationId']), /^[0-9a-f-]{36}$/)
  assert.deepEqual(entry['authenticationMethodsUsed'], ['pwd'])
  assert.equal((entry['deviceDetail'] as Json)['browser'], 'Chrome 142.0.0.0')

  const closed = `https://closed.example.localhost:${world.port}/`
  const id = await publish(world.graph, 'Closed', {
    externalUrl: closed,
    internalUrl: 'http://127.0.0.1:1/',
  })
  const { appId } = (await world.graph.call('GET', `/applications/${id}`)) as { appId: string }
  const principal = await world.graph.call('GET', `/servicePrincipals(appId='${appId}')`)
  await world.graph.call('PATCH', `/servicePrincipals/${principal?.['id']}`, {
    appRoleAssignmentRequired: true,
  })
  assert.equal((await signInByForms(client, closed, world.bob)).status, 403)
  const refused = await logged(`appId eq '${appId}' and status/errorCode eq 50105`)
  assert.equal(refused['userPrincipalName'], name)
})

test('no secret of a sign-in stands in any log, nor in the database but sealed or hashed, and nobody writes lines into a log [D4] [X8]', async () => {
  const canary = `Canary-${randomBytes(12).toString('base64url')}-1`
  await world.graph.call('POST', '/users', {
    ...{ displayName: 'Eve\r\n{"level":60,"msg":"forged"}', userPrincipalName: 'eve@contoso.net' },
    ...{ accountEnabled: true, mailNickname: 'eve', passwordProfile: { password: canary } },
  })
  const forged = `x\u001b[2J{"msg":"forged line"}`
  await using client = new HttpClient({
    ca: world.ca,
    headers: { 'user-agent': encodeURI(forged) },
  })
  const eve = { userPrincipalName: 'eve@contoso.net', password: canary }
  const open = `https://open.example.localhost:${world.port}/`
  await publish(world.graph, 'Open', { externalUrl: open, internalUrl: 'http://127.0.0.1:1/' })
  const page = await signInByForms(client, open, eve)
  const wrong = `${canary}-wrong`
  await failToSignIn(open, { ...eve, password: wrong })
  const robot = await world.graph.call('POST', '/applications', { displayName: 'Canary' })
  const added = await world.graph.call('POST', `/applications/${robot?.['id']}/addPassword`, {})
  const form = { grant_type: 'client_credentials', client_id: String(robot?.['appId']) }
  await publish(world.graph, 'Reached', {
    externalUrl: `https://reached.example.localhost:${world.port}/`,
    internalUrl: 'http://127.0.0.1:1/',
  })
  const found = await world.graph.call('GET', "/applications?$filter=displayName eq 'Reached'")
  const [reached] = (found?.['value'] ?? []) as readonly Json[]
  const given = await client.request(`${world.external('login')}token`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      ...form,
      client_secret: String(added?.['secretText']),
      scope: `${reached?.['appId']}/.default`,
    }).toString(),
  })
  const token = String((JSON.parse(given.text) as Json)['access_token'])
  const authorization = `Bearer ${token}`
  const api = `https://reached.example.localhost:${world.port}/`
  await client.request(api, { headers: { authorization } })
  await client.request(api, { headers: { authorization: `${authorization}x` } })
  const asked = await logged(`appId eq '${form.client_id}'`)
  assert.notEqual(asked['servicePrincipalId'], null)
  assert.notEqual(asked['servicePrincipalId'], form.client_id)
  await logged("userPrincipalName eq 'eve@contoso.net' and status/errorCode eq 50126")

  const cookies = String(client.cookies.header(page.url)).split('; ')
  const secret = String(added?.['secretText'])
  const secrets = [canary, wrong, secret, secretPart(token), ...cookies.map(secretPart)]
  assert.ok(secrets.every((secret) => secret.length > 15))
  const { dataFolder } = world.demo
  const told = await everythingTold(world.graph)
  const places = new Map([...told, ...(await everythingKept(dataFolder))])
  for (const [place, text] of places) {
    for (const secret of secrets) {
      // The session's id is in its row; what proves it to a host, the second half of the cookie, is nowhere.
      assert.ok(!text.includes(secret), `${place} holds a secret: ${secret.slice(0, 6)}…`)
    }
  }
  const audits = places.get('auditLogs/directoryAudits') ?? ''
  assert.ok(!audits.includes('hash'), 'the hash of a secret is nobody’s business')
  for (const line of (places.get('edge.log') ?? '').split('\n')) {
    assert.ok(!line.includes('\u001b') && !line.startsWith('{"level":60,"msg":"forged'))
  }
})

function secretPart(cookie: string): string {
  return cookie.slice(cookie.lastIndexOf('.') + 1)
}

async function failToSignIn(
  url: string,
  user: { userPrincipalName: string; password: string },
): Promise<void> {
  await using client = new HttpClient({ ca: world.ca })
  let page = await client.navigate(url)
  for (let step = 0; step < 5 && !page.text.includes('name="password"'); step++) {
    const link = /<main>[\s\S]*?<a href="([^"]+)"/.exec(page.text)?.[1]
    page = parseForms(page.text, page.url)[0]
      ? await client.submit(page)
      : await client.navigate(new URL(String(link).replaceAll('&amp;', '&'), page.url))
  }
  await client.submit(page, { username: user.userPrincipalName, password: user.password })
}
