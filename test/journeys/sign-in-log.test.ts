import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Json } from '../../src/run/graph-client.ts'
import { signInByForms } from '../form-sign-in.ts'
import { parseForms } from '../html-form.ts'
import { HttpClient } from '../http-client.ts'
import { publish, startWorld, type World } from '../world.ts'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world?.[Symbol.asyncDispose]())

// The log is written once a second.
const writtenMaxMs = 5_000

async function logged(filter: string): Promise<Json> {
  const since = performance.now()
  for (;;) {
    const query = `$top=1&$filter=${encodeURIComponent(filter)}`
    const page = await world.graph.call('GET', `/auditLogs/signIns?${query}`)
    const [entry] = (page?.['value'] ?? []) as readonly Json[]
    if (entry) return entry
    assert.ok(performance.now() - since < writtenMaxMs, `nothing logged for ${filter}`)
  }
}

const browser =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

test('a sign-in is in the log with who, where, with what and through which request; so is one that may not enter [S8] [D4]', async () => {
  await using client = new HttpClient({ ca: world.ca, headers: { 'user-agent': browser } })
  await signInByForms(client, world.home, world.bob)
  const name = world.bob.userPrincipalName
  const entry = await logged(`userPrincipalName eq '${name}' and status/errorCode eq 0`)
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
  await client.request(`${world.external('login')}token`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      ...form,
      client_secret: String(added?.['secretText']),
      scope: 'x/.default',
    }).toString(),
  })
  await logged(`appId eq '${form.client_id}'`)
  await logged("userPrincipalName eq 'eve@contoso.net' and status/errorCode eq 50126")

  const cookies = String(client.cookies.header(page.url)).split('; ')
  const secrets = [canary, wrong, String(added?.['secretText']), ...cookies.map(secretPart)]
  assert.ok(secrets.every((secret) => secret.length > 15))
  const places = await everythingWritten()
  for (const [place, text] of places) {
    for (const secret of secrets) {
      // The session's id is in its row; what proves it to a host, the second half of the cookie, is nowhere.
      assert.ok(!text.includes(secret), `${place} holds a secret: ${secret.slice(0, 6)}…`)
    }
  }
  const audits = places.get('directoryAudits') ?? ''
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

/** All that the edge wrote down or tells administrators: its log, its database, what the API says. */
async function everythingWritten(): Promise<Map<string, string>> {
  const written = new Map<string, string>()
  for (const path of ['signIns', 'directoryAudits']) {
    const page = await world.graph.call('GET', `/auditLogs/${path}?$top=500`)
    written.set(path, JSON.stringify(page))
  }
  const { dataFolder } = world.demo
  const files = await readdir(dataFolder, { recursive: true, withFileTypes: true })
  for (const file of files) {
    if (!file.isFile() || file.name === 'keys.json') continue
    written.set(file.name, (await readFile(join(file.parentPath, file.name))).toString('latin1'))
  }
  return written
}
