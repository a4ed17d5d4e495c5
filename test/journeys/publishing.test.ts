import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { after, before, type TestContext, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { WebSocket, WebSocketServer } from 'ws'
import type { App } from '../../demos/contoso/app.ts'
import { startCorsWebService } from '../../demos/contoso/web-service.ts'
import type { Json } from '../../src/run/graph-client.ts'
import { HttpClient, type TestResponse } from '../http-client.ts'
import { logLine } from '../log-line.ts'
import { openRawSocket, receive } from '../raw-socket.ts'
import { publish, signIn, startWorld, type World } from '../world.ts'

let world: World
let service: App
let client: HttpClient
before(async () => {
  world = await startWorld()
  service = await startCorsWebService({ port: 0 })
  client = new HttpClient({ ca: world.ca })
})
after(async () => {
  await client?.[Symbol.asyncDispose]()
  await service?.close()
  await world?.[Symbol.asyncDispose]()
})

/** `https://<host>.fabrikam.localhost:<port>/` */
function fabrikam(host: string): string {
  return `https://${host}.fabrikam.localhost:${world.port}/`
}

/** Published without sign-in, so that whoever asks sees what answers. */
function publishOpen(name: string, externalUrl: string, internalUrl: string, more: Json = {}) {
  const externalAuthenticationType = 'passthru'
  return publish(world.graph, name, {
    externalAuthenticationType,
    externalUrl,
    internalUrl,
    ...more,
  })
}

function internal(path = '', host = '127.0.0.1'): string {
  return `http://${host}:${service.port}/${path}`
}

/** Where the service saw the request arrive, or the code of the edge's own answer. */
async function reached(url: string): Promise<string> {
  return tell(await client.request(url))
}

function tell({ text }: TestResponse): string {
  const told = JSON.parse(text) as { headers?: Record<string, string>; url: string; error: Json }
  return told.headers ? `${told.headers['host']} ${told.url}` : String(told.error['code'])
}

/** The internal origin that the connector tried in vain, by its log: names below `test` lead nowhere (RFC 6761 §6.2). */
async function triedOrigin(url: string): Promise<unknown> {
  const { text } = await client.request(url)
  const { error } = JSON.parse(text) as { error: Record<string, string> }
  assert.equal(error['code'], 'backend-unreachable')
  return (await logLine(world, 'connector', String(error['requestId'])))['origin']
}

test('of a complex application only the listed segments exist; other hosts get a 404 with no sign-in before it [P5]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  const url = `${world.external('unlisted')}some/page?x=1`
  const answer = await page.goto(url)
  assert.equal(answer?.status(), 404)
  assert.equal(answer?.request().redirectedFrom(), null)
  assert.equal(page.url(), url)
  await page.getByRole('heading', { name: 'Nothing is published here' }).waitFor()
  assert.deepEqual(await profile.cookies(), [])
  // Nor does a session open them.
  await signIn(page, world.home, world.alice)
  assert.equal((await page.goto(url))?.status(), 404)

  assert.equal(await reached(world.external('unlisted')), 'segment-not-listed')
  assert.equal(await reached(world.home), 'signed-out')
  assert.equal(await reached(world.api), 'signed-out')
})

test('a star stands for one label; for a name with two there is not even a certificate [P3]', async () => {
  const url = `https://a.b.contoso.localhost:${world.port}/`
  await assert.rejects(client.request(url), { code: /^ERR_SSL|ECONNRESET/ })
})

test('a regular application wins over a complex one on the same host, and under its star [P7]', async () => {
  const deep = world.external('deep')
  await addSegment({ externalUrl: `${deep}a/b/`, internalUrl: internal('segment/') })
  assert.equal(await reached(`${deep}a/b/c`), 'signed-out')
  assert.equal(await reached(`${deep}a/x`), 'unknown-path')

  // The same internal URL as a segment has, which only complex applications may not share. [P6]
  const id = await publishOpen('Regular', `${deep}a/`, internal('segment/'))
  await publishOpen('Regular beside it', world.external('regular'), internal('api/'))
  assert.equal((await client.request(`${deep}a/b/c`)).status, 404)
  assert.equal(service.requests.at(-1)?.url, '/segment/b/c')
  assert.equal(await reached(`${world.external('regular')}x`), `${host()} /api/x`)
  assert.equal(await reached(`${deep}x`), 'unknown-path')

  await world.graph.call('DELETE', `/applications/${id}`)
  assert.equal(await reached(`${deep}a/b/c`), 'signed-out')
})

function host(name = '127.0.0.1'): string {
  return `${name}:${service.port}`
}

async function addSegment(segment: Json): Promise<void> {
  const path = `/applications/${world.applicationId}/onPremisesPublishing/${segmentsPath}`
  await world.graph.call('POST', path, segment)
}

const segmentsPath =
  'segmentsConfiguration/microsoft.graph.webSegmentConfiguration/applicationSegments'

test('applications share a host by path: whole segments of it, the longest wins [P1] [P2]', async () => {
  const shared = fabrikam('shared')
  await publishOpen('Root', shared, internal('api/root/'))
  await publishOpen('Client', `${shared}CORSWebClient/`, internal('api/client/'))
  await publishOpen('Deeper', `${shared}CORSWebClient/deeper/`, internal('api/'))
  const cases = [
    ['', '/api/root/'],
    ['a?b=c', '/api/root/a?b=c'],
    ['CORSWebClient/', '/api/client/'],
    ['CORSWebClient', '/api/client'],
    ['CORSWebClient/a/b', '/api/client/a/b'],
    ['CORSWebClientX', '/api/root/CORSWebClientX'],
    ['corswebclient/', '/api/root/corswebclient/'],
    ['CORSWebClient/deeper/a', '/api/a'],
    ['CORSWebClient/deepers', '/api/client/deepers'],
  ] as const
  for (const [path, arrived] of cases) {
    assert.equal(await reached(shared + path), `${host()} ${arrived}`)
  }
})

test('a path alone on its host leaves the rest of the host unpublished [P1]', async () => {
  const lonely = fabrikam('lonely')
  await publishOpen('Lonely', `${lonely}CORSWebClient/`, internal('api/'))
  assert.equal(await reached(`${lonely}CORSWebClient/x`), `${host()} /api/x`)
  assert.equal(await reached(lonely), 'unknown-path')
  assert.equal(await reached(`${lonely}CORSWebClientX`), 'unknown-path')
})

test('internal URLs take an address, a name and any port; the application sees its own host, or the external one [P12] [F2]', async () => {
  const [byAddress, byName, untranslated] = [fabrikam('ip'), fabrikam('name'), fabrikam('as-is')]
  await publishOpen('By address', byAddress, internal('api/'))
  await publishOpen('By name', byName, internal('api/', 'localhost'))
  const asIs = { isTranslateHostHeaderEnabled: false }
  await publishOpen('Untranslated', untranslated, internal('api/'), asIs)
  assert.equal(await reached(`${byAddress}x`), `${host()} /api/x`)
  assert.equal(await reached(`${byName}x`), `${host('localhost')} /api/x`)
  assert.equal(await reached(`${untranslated}x`), `${new URL(untranslated).host} /api/x`)
})

test('the label outside is put in place of the star inside; the more exact host wins [P3] [P4]', async () => {
  await publishOpen('Fabrikam', fabrikam('*'), 'http://*.test/')
  await publishOpen('Finance', fabrikam('*.finance'), 'http://*.finance-servers.test:8080/')
  await publishOpen('Payroll', fabrikam('payroll.finance'), internal('api/'))
  const cases = [
    ['hr', 'http://hr.test'],
    ['xn--bcher-kva', 'http://xn--bcher-kva.test'],
    ['finance', 'http://finance.test'],
    ['ledger.finance', 'http://ledger.finance-servers.test:8080'],
  ] as const
  for (const [label, origin] of cases) assert.equal(await triedOrigin(fabrikam(label)), origin)
  assert.equal(await reached(fabrikam('payroll.finance')), `${host()} /api/`)
})

test('in maintenance an application answers 503 to everybody, with a page and readable by scripts; afterwards all is as before [P13] [C9]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  const path = `/applications/${world.applicationId}/onPremisesPublishing`
  const before = await world.graph.call('GET', path)
  await world.graph.call('PATCH', path, { isInMaintenance: true })
  const answer = await page.goto(world.home)
  assert.deepEqual([answer?.status(), page.url()], [503, world.home])
  await page.getByRole('heading', { name: 'Under maintenance' }).waitFor()

  const origin = new URL(world.home).origin
  const script = await client.request(world.api, { headers: { origin } })
  assert.equal(script.status, 503)
  assert.equal((JSON.parse(script.text) as { error: Json }).error['code'], 'maintenance')
  assert.equal(script.headers['access-control-allow-origin'], origin)
  assert.equal(script.headers['retry-after'], '60')

  await world.graph.call('PATCH', path, { isInMaintenance: false })
  assert.deepEqual(await world.graph.call('GET', path), before)
  await signIn(page, world.home, world.alice)
})

/** An application with a WebSocket, an event stream, and a download whose end the test decides on. */
async function startEndless(t: TestContext) {
  const downloads: ServerResponse[] = []
  const server = createServer((request, response) => {
    const events = request.url === '/events'
    response.setHeader('Content-Type', events ? 'text/event-stream' : 'text/plain')
    response.write('data: begun\n\n')
    if (!events) downloads.push(response)
  })
  new WebSocketServer({ server })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  const internalUrl = `http://127.0.0.1:${port}/`
  const finish = () => {
    for (const download of downloads) download.end('the end')
  }
  return { internalUrl, finish }
}

for (const [what, code, close] of [
  [
    'enters maintenance',
    1012,
    (url: string) => ['PATCH', url, { onPremisesPublishing: { isInMaintenance: true } }],
  ],
  ['is deleted', 1001, (url: string) => ['DELETE', url]],
] as const) {
  test(`when an application ${what} its WebSockets and event streams end, and downloads come to their end [P13]`, async (t) => {
    const application = await startEndless(t)
    const url = fabrikam(what.replaceAll(' ', '-'))
    const id = await publishOpen(what, url, application.internalUrl)
    const socket = new WebSocket(url.replace('https', 'wss'), { ca: world.ca, lookup })
    await once(socket, 'open')
    const target = { port: world.port, tls: { servername: new URL(url).hostname, ca: world.ca } }
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: ${new URL(url).host}\r\n\r\n`
    const events = await openRawSocket(target)
    const download = await openRawSocket(target)
    for (const [stream, path] of [
      [events, '/events'],
      [download, '/file'],
    ] as const) {
      stream.write(get(path))
      await receive(stream, (received) => received.includes('begun'))
    }
    const cut = once(events, 'close')
    const closed = once(socket, 'close')
    const [method, path, body] = close(`/applications/${id}`) as [string, string, Json?]
    await world.graph.call(method, path, body)
    assert.equal((await closed)[0], code)
    await cut
    const rest = receive(download, (received) => received.includes('the end'))
    application.finish()
    await rest
    download.destroy()
  })
}

const lookup: LookupFunction = (_host, _options, callback) => {
  callback(null, [{ address: '127.0.0.1', family: 4 }])
}

const countedMaxMs = 20_000

test('a rule in dry run changes nothing for the browser, and what it would have refused is counted [C13] [D3] [C10]', async () => {
  const url = fabrikam('dry')
  const rule = {
    resource: '/',
    allowedOrigins: [world.home],
    allowedMethods: ['PUT'],
    mode: 'dryRun',
  }
  const id = await publishOpen('Dry', url, internal(), { corsConfigurations: [rule] })
  const ask = (origin: string) =>
    client.request(`${url}api/x`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'PUT' },
    })
  // The preflight reached the application: without a rule in force it answers for itself.
  assert.equal(tell(await ask('https://elsewhere.example')), `${host()} /api/x`)
  await ask('https://elsewhere.example')
  await ask(new URL(world.home).origin)

  const path = `/applications/${id}/onPremisesPublishing/corsRefusals`
  const giveUpAt = performance.now() + countedMaxMs
  let counted: readonly Json[] = []
  // They are kept every two seconds, which may come between the two calls.
  while (counted[0]?.['count'] !== 2 && performance.now() < giveUpAt) {
    counted = await list(path)
    await setTimeout(50)
  }
  const facts = counted.map(({ origin, method, reason, mode, count }) => [
    origin,
    method,
    reason,
    mode,
    count,
  ])
  assert.deepEqual(facts, [['https://elsewhere.example', 'PUT', 'origin-not-allowed', 'dryRun', 2]])

  const offered = counted[0]?.['offeredChange'] as { method: string; path: string; body: Json }
  await world.graph.call(offered.method, offered.path.replace('/beta', ''), offered.body)
  assert.equal((await list(path))[0]?.['offeredChange'], null)
  const all = await list('/onPremisesPublishingProfiles/applicationProxy/corsRefusals')
  const ofThis = all.filter(({ applicationId }) => applicationId === id)
  assert.deepEqual(ofThis, await list(path))
})

test('with its last segment deleted a complex application is a wildcard again, unless it is to be closed [P8]', async () => {
  const path = `/applications/${world.applicationId}/onPremisesPublishing`
  await world.graph.call('PATCH', path, { externalAuthenticationType: 'passthru' })
  const ids = (await list(`${path}/${segmentsPath}`)).map(({ id }) => String(id))
  for (const id of ids) {
    assert.equal(await reached(world.external('unlisted')), 'segment-not-listed')
    await world.graph.call('DELETE', `${path}/${segmentsPath}/${id}`)
  }
  assert.equal(await triedOrigin(world.external('unlisted')), 'http://unlisted.contoso.test')
  assert.equal(await triedOrigin(world.home), 'http://home.contoso.test')

  await world.graph.call('PATCH', path, { whenNoSegments: 'closed' })
  assert.equal(await reached(world.external('unlisted')), 'no-segments')
  assert.equal(await reached(world.home), 'no-segments')

  const audits = await list('/auditLogs/directoryAudits?$top=10')
  const deletions = audits.filter(
    (audit) => audit['activityDisplayName'] === 'application.delete-last-segment',
  )
  assert.equal(deletions.length, 1)
})

async function list(path: string): Promise<readonly Json[]> {
  return ((await world.graph.call('GET', path))?.['value'] ?? []) as readonly Json[]
}
