import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { type CollectedSpan, Collector } from '../../collector.ts'
import { signInByForms } from '../../form-sign-in.ts'
import { HttpClient } from '../../http-client.ts'
import { publish, startWorld, type World } from '../../world.ts'

const strange = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }
const cleanUp = new AsyncDisposableStack()
let collector: Collector
let world: World
let external: string
let received: IncomingHttpHeaders = {}
before(async () => {
  collector = cleanUp.use(await Collector.start())
  world = cleanUp.use(await startWorld('--otlp', collector.url))
  const backend = createServer((request, response) => {
    received = request.headers
    if (request.url === '/gone') request.socket.destroy()
    else response.end('here')
  }).listen(0, '127.0.0.1')
  await once(backend, 'listening')
  cleanUp.defer(() => {
    backend.close()
    backend.closeAllConnections()
  })
  external = world.external('traced')
  await publish(world.graph, 'Traced', {
    ...{ externalAuthenticationType: 'passthru', externalUrl: external },
    internalUrl: `http://127.0.0.1:${(backend.address() as AddressInfo).port}/`,
  })
})
after(() => cleanUp.disposeAsync())

function isOf(id: unknown) {
  return (span: CollectedSpan) => span.attributes.get('sallyport.request.id') === id
}

test('one trace leads from the edge through the tunnel to the application, and none of a stranger into it [D4]', async () => {
  await using client = new HttpClient({ ca: world.ca })
  const answer = await client.request(`${external}page?secret=canary-query`, {
    headers: {
      traceparent: `00-${strange.traceId}-${strange.spanId}-01`,
      ...{ tracestate: 'vendor=canary-state', cookie: 'own=canary-cookie' },
      authorization: 'Bearer canary-token',
    },
  })
  assert.equal(answer.status, 200)
  const id = String(answer.headers['x-request-id'] ?? received['x-request-id'])
  const names = ['GET Traced', 'resolve', 'cors', 'authenticate', 'forward', 'GET application']
  const trace = await collector.trace(isOf(id), names)
  const span = (name: string) => trace.find((each) => each.name === name) as CollectedSpan
  const [request, forward, backend] = [span('GET Traced'), span('forward'), span('GET application')]
  assert.deepEqual(
    trace.map(({ service, kind }) => `${service} ${kind}`).sort(),
    trace.map(({ name }) => serviceAndKind(name)).sort(),
  )
  assert.equal(request.parentSpanId, '')
  assert.deepEqual(
    request.links.map(({ traceId, spanId }) => ({ traceId, spanId })),
    [strange],
  )
  for (const step of ['resolve', 'cors', 'authenticate', 'forward']) {
    assert.equal(span(step).parentSpanId, request.spanId, step)
  }
  assert.equal(backend.parentSpanId, forward.spanId)
  assert.notEqual(request.traceId, strange.traceId)
  assert.equal(received['traceparent'], `00-${request.traceId}-${backend.spanId}-01`)
  assert.equal(received['tracestate'], undefined)
  assert.equal(request.attributes.get('http.response.status_code'), 200)
  assert.equal(request.attributes.get('url.path'), '/page')
  // Both stand on this machine and go by its clock.
  assert.ok(request.startMs <= forward.startMs && forward.endMs <= request.endMs + 1)
  assert.ok(forward.startMs <= backend.startMs + 1)
  assert.deepEqual([...collector.paths], ['/v1/traces'])
  assert.doesNotMatch(collector.said, /canary/)
})

function serviceAndKind(name: string): string {
  if (name === 'GET application') return 'sallyport-connector 3'
  return `sallyport-edge ${name === 'GET Traced' ? 2 : name === 'forward' ? 3 : 1}`
}

test('what was refused, and what failed, stands in its trace with the code [D4]', async () => {
  await using client = new HttpClient({ ca: world.ca })
  const headers = { origin: 'https://evil.example', 'access-control-request-method': 'PUT' }
  const refused = await client.request(world.api, { method: 'OPTIONS', headers })
  assert.equal(refused.status, 403)
  const { requestId } = JSON.parse(refused.text).error
  const preflight = await collector.trace(isOf(requestId), ['cors'])
  assert.deepEqual(preflight.map(({ name }) => name).sort(), [
    ...['OPTIONS Contoso CORS sample', 'cors', 'resolve'],
  ])
  const cors = preflight.find(({ name }) => name === 'cors')
  assert.equal(cors?.attributes.get('sallyport.refusal.code'), 'cors-origin-not-allowed')

  const gone = await client.request(`${external}gone`, { headers: { accept: 'application/json' } })
  assert.equal(gone.status, 502)
  const failed = await collector.trace(isOf(received['x-request-id']), [
    'GET application',
    'forward',
  ])
  const failures = failed.filter(({ status }) => status.code === 2)
  assert.deepEqual(failures.map(({ name, status }) => [name, status.message]).sort(), [
    ['GET Traced', 'backend-reset'],
    ['GET application', 'backend-reset'],
    ['forward', 'backend-reset'],
  ])
})

test('requests to the edge’s own hosts are traced by the pattern of their path, which names nobody [D4]', async () => {
  const name = world.alice.userPrincipalName
  await world.graph.call('GET', `/users/${name}`)
  const api = await collector.trace(
    ({ attributes }) => attributes.get('http.route') === '/beta/users/:user',
    ['GET Sallyport API'],
  )
  assert.equal(api[0]?.attributes.get('http.response.status_code'), 200)
  await using client = new HttpClient({ ca: world.ca })
  await signInByForms(client, world.external('portal'), world.alice)
  await client.request(`${world.external('portal')}api/beta/me`)
  await using stranger = new HttpClient({ ca: world.ca })
  await stranger.request(`${world.external('portal')}api/beta/users/${name}`)
  const signIn = 'POST Sallyport sign-in'
  await collector.trace((span) => span.name === signIn, [signIn])
  const portal = await collector.trace(
    ({ attributes }) => attributes.get('http.route') === '/beta/me',
    ['GET Sallyport Portal', 'authenticate'],
  )
  assert.ok(portal.length > 1)
  const own = collector.spans.filter(({ name }) => / (?:Sallyport|My Apps)/.test(name))
  assert.ok(own.every(({ attributes }) => !attributes.has('url.path')))
  assert.ok(!collector.said.includes(name))
})
