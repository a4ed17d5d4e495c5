import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, test } from 'node:test'
import { publish, startWorld, type World } from '../../world.ts'

// The doctor sends real requests: to what the edge publishes, and nowhere else, whatever it is told and wherever it is led.

const cleanUp = new AsyncDisposableStack()
let world: World
/** The address of an application, published as `open` for everybody and as `guarded` behind the sign-in. */
let inside: string
/** What reached it. */
let arrived: IncomingMessage[] = []
/** A service of the inner network that nobody published. */
let secret: string
let secretAsked = 0

before(async () => {
  world = cleanUp.use(await startWorld())
  const application = createServer((request, response) => {
    arrived.push(request)
    const url = new URL(request.url ?? '/', 'http://x')
    for (const field of url.searchParams.getAll('h')) {
      const colon = field.indexOf(':')
      response.appendHeader(field.slice(0, colon), field.slice(colon + 1))
    }
    response.writeHead(Number(url.searchParams.get('status') ?? 200)).end('body')
  })
  inside = await listen(application)
  const unpublished = createServer((_, response) => {
    secretAsked++
    response.end('secret')
  })
  secret = await listen(unpublished)
  await publish(world.graph, 'Open', {
    ...{ externalUrl: world.external('open'), internalUrl: inside },
    externalAuthenticationType: 'passthru',
  })
  await publish(world.graph, 'Guarded', {
    externalUrl: world.external('guarded'),
    internalUrl: inside,
    externalAuthenticationType: 'aadPreAuthentication',
  })
  await publish(world.graph, 'Gone', {
    externalUrl: world.external('gone'),
    internalUrl: 'http://127.0.0.1:9/',
    externalAuthenticationType: 'passthru',
  })
})
after(() => cleanUp.disposeAsync())
beforeEach(() => {
  arrived = []
})

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUp.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

interface Probed {
  readonly verdict: string
  readonly corsError: string | null
  readonly findings: readonly { readonly id: string; readonly actual: readonly object[] }[]
  readonly unseen: readonly string[]
  readonly exchanges: readonly ProbedExchange[]
  readonly page: {
    readonly landedAt: string | null
    readonly exchanges: readonly ProbedExchange[]
  } | null
}

interface ProbedExchange {
  readonly via: string
  readonly method: string
  readonly url: string
  readonly status: number | null
  readonly failure: string | null
  readonly redirectedTo: string | null
  readonly responseHeaders: readonly { readonly name: string; readonly value: string }[]
}

/** `target` may begin with a host of the edge in place of an origin. */
async function probe(target: string, more: object = {}): Promise<Probed> {
  const targetUrl = /^[a-z]+:/.test(target) ? target : hosted(target)
  const question = { pageUrl: world.home, targetUrl, ...more }
  return (await world.graph.call('POST', '/doctor/probe', question)) as unknown as Probed
}

function hosted(target: string): string {
  const [host = '', ...rest] = target.split('/')
  return world.external(host) + rest.join('/')
}

const sentBy = ({ exchanges }: Probed) =>
  exchanges.map(({ via, method, status, failure }) => `${via} ${method} ${status ?? failure}`)

const notPublished: readonly (readonly [what: string, target: () => string])[] = [
  ['an address of the inner network', () => secret],
  ['what an application is inside', () => inside],
  ['the cloud’s metadata', () => 'http://169.254.169.254/latest/meta-data/'],
  ['another host', () => 'https://example.com/'],
  ['a host below the edge’s domain that is nobody’s', () => world.external('nobody')],
  ['the sign-in', () => world.external('login')],
  ['the portal', () => world.external('portal')],
  ['the management API', () => world.graphUrl],
  [
    'a page of the sign-in on a published host',
    () => `${world.external('guarded')}.sallyport/session`,
  ],
  [
    'another port of a published host',
    () => world.external('open').replace(/:\d+/, `:${new URL(secret).port}`),
  ],
]
for (const [what, target] of notPublished) {
  test(`the doctor sends nothing to ${what} [D2] [F8]`, async () => {
    const probed = await probe(target())
    assert.deepEqual(probed.exchanges, [])
    assert.equal(secretAsked, 0)
    assert.equal(arrived.length, 0)
  })
}

for (const status of [301, 302, 303, 307, 308]) {
  test(`a redirect (${status}) away is told and not followed, one to what is published is [D2] [F8]`, async () => {
    const allow = `&h=Access-Control-Allow-Origin:${new URL(world.home).origin}&h=Access-Control-Allow-Credentials:true`
    const away = await probe(`open/x?status=${status}&h=Location:${secret}key?code=1${allow}`)
    assert.deepEqual(sentBy(away), [`edge GET ${status}`, `application GET ${status}`])
    assert.equal(away.exchanges[1]?.redirectedTo, `${secret}key?…`)
    assert.equal(secretAsked, 0)
    assert.match(away.unseen.join(), /Nothing was sent to http:\/\/127\.0\.0\.1:\d+/)

    const next = encodeURIComponent(`/y?h=Vary:Origin${allow}`)
    const on = await probe(`open/x?status=${status}&h=Location:${next}${allow}`)
    assert.deepEqual(sentBy(on).slice(2), ['edge GET 200', 'application GET 200'])
    assert.equal(on.verdict, 'allowed')
  })
}

test('the page is opened like the call, and calls from the origin where it ends up [D2]', async () => {
  const there = encodeURIComponent(`${world.external('open')}home?code=secret-code`)
  const pageUrl = `${world.external('guarded')}old?status=302&h=Location:${there}`
  // From the address that was typed this would be a call to another origin.
  const probed = await probe('open/x', { pageUrl })
  assert.deepEqual(sentBy({ ...probed, exchanges: probed.page?.exchanges ?? [] }), [
    ...['edge GET 302', 'application GET 302', 'application GET 200'],
  ])
  assert.equal(probed.page?.landedAt, `${world.external('open')}home`)
  const found = probed.findings.map(({ id }) => id)
  assert.deepEqual([found.includes('page-redirected'), found.includes('same-origin')], [true, true])
  assert.equal(arrived[0]?.headers['sec-fetch-mode'], 'navigate')
  assert.ok(!JSON.stringify(probed).includes('secret-code'))
})

test('a page is followed nowhere that is not published, and its circles end [D2] [F8]', async () => {
  const away = encodeURIComponent(`${secret}key?code=1`)
  const pageUrl = `${world.external('open')}page?status=302&h=Location:${away}`
  const probed = await probe('open/x', { pageUrl })
  assert.deepEqual(sentBy({ ...probed, exchanges: probed.page?.exchanges ?? [] }), [
    'application GET 302',
  ])
  assert.equal(probed.page?.landedAt, null)
  assert.equal(secretAsked, 0)
  const circle = `${world.external('open')}page?status=302&h=Location:${encodeURIComponent('?status=302&h=Location:.')}`
  const round = await probe('open/x', { pageUrl: circle })
  assert.ok((round.page?.exchanges.length ?? 99) <= 8)
})

test('who probed what stands in the audit log, before anything is sent and without a revision [D2] [G4]', async () => {
  const before = await world.graph.call('GET', '/revisions?$top=1')
  await probe('guarded/x?token=secret-query', { method: 'PUT' })
  const log = await world.graph.call('GET', '/auditLogs/directoryAudits?$top=1')
  const [entry] = (log?.['value'] ?? []) as readonly Record<string, unknown>[]
  assert.equal(entry?.['activityDisplayName'], 'application.probe')
  assert.equal(entry?.['category'], 'ApplicationManagement')
  const [target] = (entry?.['targetResources'] ?? []) as readonly Record<string, unknown>[]
  assert.equal(target?.['displayName'], 'Guarded')
  assert.match(JSON.stringify(target), /PUT.*guarded.*x\?…/)
  assert.doesNotMatch(JSON.stringify(entry), /secret-query/)
  const one = await world.graph.call('GET', `/auditLogs/directoryAudits/${entry?.['id']}`)
  assert.deepEqual(one?.['targetResources'], entry?.['targetResources'])
  assert.deepEqual(await world.graph.call('GET', '/revisions?$top=1'), before)
})

test('a circle of redirects ends [D2]', async () => {
  const self = encodeURIComponent(
    `https://open.contoso.localhost:${world.port}/x?status=302&h=Access-Control-Allow-Origin:*&h=Location:/circle`,
  )
  const probed = await probe(
    `open/x?status=302&h=Access-Control-Allow-Origin:*&h=Location:${self}`,
    { credentials: 'omit' },
  )
  assert.ok(probed.exchanges.length <= 16)
})

test('fields that a page cannot set do not go out, and what is secret does not come back [D2] [F8]', async () => {
  const headers = Object.entries({
    Host: 'login.contoso.localhost',
    Cookie: 'a=b',
    'Content-Length': '5',
    'Transfer-Encoding': 'chunked',
    'X-Forwarded-For': '198.51.100.7',
    Origin: 'https://evil.example',
    Authorization: 'Bearer secret-token',
    'X-Asked': '1',
  }).map(([name, value]) => ({ name, value }))
  const target =
    'open/x?token=secret-query&h=Set-Cookie:sid=secret-sid; Path=/&h=X-Api-Token:secret-key'
  const probed = await probe(target, { headers, allowUnsafeMethod: true })
  const last = arrived.findLast(({ method }) => method === 'GET')
  assert.equal(last?.headers.host, new URL(inside).host)
  assert.equal(last?.headers.cookie, undefined)
  assert.equal(last?.headers['transfer-encoding'], undefined)
  assert.equal(last?.headers['x-forwarded-for'], '127.0.0.1')
  assert.equal(last?.headers.origin, new URL(world.home).origin)
  assert.equal(last?.headers['x-asked'], '1')
  assert.ok(!JSON.stringify(probed.exchanges).includes('secret'), JSON.stringify(probed.exchanges))
})

test('what may change something is sent only where the administrator says so, and once [D2]', async () => {
  const put = await probe('open/x', { method: 'PUT' })
  assert.deepEqual(sentBy(put), ['edge OPTIONS 200', 'application OPTIONS 200'])
  assert.ok(arrived.every(({ method }) => method === 'OPTIONS'))
  assert.match(put.unseen.join(), /PUT was not sent/)

  for (const target of ['open/x', 'guarded/x']) {
    arrived = []
    await probe(target, { method: 'PUT', allowUnsafeMethod: true })
    assert.equal(arrived.filter(({ method }) => method === 'PUT').length, 1, target)
  }
})

for (const method of ['CONNECT', 'TRACE', 'track']) {
  test(`the doctor never sends ${method} [D2] [F8]`, async () => {
    assert.deepEqual((await probe('open/x', { method, allowUnsafeMethod: true })).exchanges, [])
    assert.equal(arrived.length, 0)
  })
}

test('a GET that a server may take for something else is not sent, nor is a WebSocket opened [D2]', async () => {
  const headers = [{ name: 'X-HTTP-Method-Override', value: 'DELETE' }]
  await probe('open/x', { headers })
  assert.ok(arrived.every(({ method }) => method === 'OPTIONS'))
  assert.deepEqual((await probe('open/x', { mode: 'webSocket' })).exchanges, [])
})

test('findings speak of what the application really answers behind the sign-in [D2] [C10]', async () => {
  const probed = await probe('guarded/x?h=Access-Control-Allow-Origin:https://a.example')
  assert.deepEqual(sentBy(probed), ['edge GET 401', 'application GET 200'])
  assert.equal(probed.corsError, 'AllowOriginMismatch')
  assert.equal(probed.findings[0]?.id, 'other-allow-origin')
  assert.deepEqual(probed.findings[0]?.actual.at(-1), {
    name: 'Access-Control-Allow-Origin',
    value: 'https://a.example',
  })
  assert.match(probed.unseen.join(), /Nobody is signed in/)
})

test('an application that is not there is told with the edge’s code [D2] [F7]', async () => {
  const probed = await probe('gone/x')
  assert.deepEqual(sentBy(probed), ['edge GET 502', 'application GET backend-refused'])
  assert.ok(probed.findings.some(({ id }) => id === 'application-unreachable'))
  assert.equal(probed.verdict, 'blocked')
})
