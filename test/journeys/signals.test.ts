import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { signInByForms } from '../form-sign-in.ts'
import { HttpClient } from '../http-client.ts'
import { readSignals, scrape, valuesOf } from '../scrape.ts'
import { startWorld, type World } from '../world.ts'

let world: World
let edgePort: unknown
let connectorPort: unknown
before(async () => {
  world = await startWorld('--signals', '0')
  const signals = world.demo.ready['signals'] as Record<string, unknown>
  edgePort = signals['edge']
  connectorPort = signals['connector']
})
after(() => world?.[Symbol.asyncDispose]())

test('edge and connector tell what was asked, refused, allowed, and how long it took [D4]', async () => {
  await using client = new HttpClient({ ca: world.ca })
  const page = await signInByForms(client, world.home, world.alice)
  assert.equal(page.status, 200)
  const preflight = { 'access-control-request-method': 'GET' }
  const evil = { origin: 'https://evil.example', ...preflight }
  await client.request(world.api, { method: 'OPTIONS', headers: evil })
  const origin = new URL(world.home).origin
  await client.request(world.api, { method: 'OPTIONS', headers: { origin, ...preflight } })
  const id = `application_id="${world.applicationId}"`

  const edge = await scrape(edgePort)
  const cors = (verdict: string, from: string) =>
    valuesOf(edge, 'sallyport_cors_requests_total', id, `"${verdict}"`, `origin="${from}"`)
  assert.deepEqual(cors('refused', 'https://evil.example'), [1])
  assert.deepEqual(cors('allowed', origin), [1])
  assert.deepEqual(valuesOf(edge, 'sallyport_refusals_total', 'cors-origin-not-allowed'), [1])
  assert.ok((valuesOf(edge, 'sallyport_requests_total', id, 'navigation', '2xx')[0] ?? 0) > 0)
  const named = ['interactiveUser', 'signed-in']
  assert.ok((valuesOf(edge, 'sallyport_sign_ins_total', ...named)[0] ?? 0) > 0)
  assert.deepEqual(valuesOf(edge, 'sallyport_sessions'), [1])
  assert.deepEqual(valuesOf(edge, 'sallyport_connector_up'), [1])
  const [backend = 0] = valuesOf(edge, 'sallyport_backend_duration_seconds_count', id)
  assert.ok(backend > 0)
  const connector = await scrape(connectorPort)
  assert.deepEqual(valuesOf(connector, 'sallyport_connector_answers_total', '2xx'), [backend])
  // One of them is enough to serve.
  const links = async () => valuesOf(await scrape(connectorPort), 'sallyport_connector_links')
  while ((await links())[0] !== 2) await setTimeout(20)
})

test('sign-in, the portal and the API are counted and timed like applications, by few names [D4]', async () => {
  await using client = new HttpClient({ ca: world.ca })
  await signInByForms(client, world.external('portal'), world.alice)
  await signInByForms(client, world.external('myapps'), world.alice)
  await world.graph.call('GET', `/users/${world.alice.userPrincipalName}`)
  const edge = await scrape(edgePort)
  const names = ['Sallyport sign-in', 'Sallyport API', 'Sallyport Portal', 'My Apps']
  for (const name of names) {
    const named = [...edge.keys()].find((key) => key.includes(`application="${name}"`))
    const id = /application_id="[^"]+"/.exec(named ?? '')?.[0] ?? name
    const total = valuesOf(edge, 'sallyport_requests_total', id).reduce((sum, n) => sum + n, 0)
    assert.ok(total > 0, name)
    assert.deepEqual(valuesOf(edge, 'sallyport_request_duration_seconds_count', id), [total], name)
    assert.deepEqual(valuesOf(edge, 'sallyport_backend_duration_seconds_count', id), [0], name)
  }
})

test('who supervises them learns that they live and serve [D4]', async () => {
  for (const port of [edgePort, connectorPort]) {
    const alive = await readSignals(port, '/healthz')
    assert.deepEqual([alive.status, JSON.parse(alive.text)], [200, { status: 'alive' }])
    const ready = await readSignals(port, '/readyz')
    assert.deepEqual([ready.status, JSON.parse(ready.text)], [200, { ready: true }])
  }
})

test('every metric of the dashboard and of the alerts is told by a real edge or connector [D4]', async () => {
  const told = new Set<string>()
  for (const port of [edgePort, connectorPort]) {
    const { text } = await readSignals(port, '/metrics')
    for (const [, name = ''] of text.matchAll(/^# TYPE (\S+)/gm)) told.add(name)
  }
  // Several processes alone have it: journeys/workers.test.ts.
  told.add('sallyport_workers')
  for (const file of ['sallyport.json', 'alerts.yml']) {
    const written = await readFile(
      new URL(`../../docs/dashboards/${file}`, import.meta.url),
      'utf8',
    )
    const names = new Set(written.match(/\b(?:sallyport|process)_[a-z_]+/g))
    assert.ok(names.size > 5, file)
    const unknown = [...names].filter((name) => !told.has(name.replace(/_bucket$/, '')))
    assert.deepEqual(unknown, [], file)
  }
})

test('requests of pages that nobody published are one series, and URLs and people are in none [D4] [R7]', async () => {
  await using client = new HttpClient({ ca: world.ca })
  for (const name of ['a', 'b', 'c']) {
    await client.request(`${world.external(`nowhere-${name}`)}path-${name}`)
  }
  const { text } = await readSignals(edgePort, '/metrics')
  assert.doesNotMatch(text, /nowhere|path-|CORSWeb|alice/i)
  const edge = await scrape(edgePort)
  assert.deepEqual(valuesOf(edge, 'sallyport_refusals_total', 'application_id=""'), [3])
})
