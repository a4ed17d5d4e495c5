import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo, LookupFunction } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import type { Json } from '../../src/run/graph-client.ts'
import { startCountedEdge } from '../counted-edge.ts'
import type { CountingBackend } from '../counting-backend.ts'
import type { HttpClient } from '../http-client.ts'
import { type RunningEdge, startConnector, untilConnectors } from '../pieces.ts'
import { SteadyLoad } from '../steady-load.ts'
import { publish } from '../world.ts'

const requestsPerSecond = 500
const profile = '/onPremisesPublishingProfiles/applicationProxy'

const cleanUp = new AsyncDisposableStack()
let edge: RunningEdge
let backend: CountingBackend
let client: HttpClient
let folder: string
let connectors = 0
before(async () => {
  ;({ edge, backend, client, folder } = await startCountedEdge(cleanUp))
})
after(() => cleanUp.disposeAsync())

async function addConnector(...options: readonly string[]) {
  const own = join(folder, `connector-${connectors++}`)
  return cleanUp.use(await startConnector(edge, own, ...options))
}

/** The connector leaves as at an upgrade: SIGTERM, and it ends by itself. */
async function upgrade(connector: Awaited<ReturnType<typeof addConnector>>): Promise<void> {
  connector.signal('SIGTERM')
  assert.equal(await connector.exit, 0)
}

function callConnector(connectorId: string, verb: string, body: Json = {}) {
  return edge.graph.call('POST', `${profile}/connectors/${connectorId}/${verb}`, body)
}

test('connectors are added, upgraded, drained and killed under 500 requests a second: no GET fails, no POST comes twice [K3] [K5] [R19]', async () => {
  let one = await addConnector()
  let other = await addConnector()
  await using load = new SteadyLoad(client, edge.external('app'), requestsPerSecond)

  await addConnector()
  await upgrade(one)
  one = await addConnector()
  await callConnector(one.connectorId, 'drain')
  await callConnector(one.connectorId, 'resume')
  assert.equal(load.describe(), '')

  other.signal('SIGKILL')
  await other.exit
  other = await addConnector()
  one.signal('SIGKILL')
  await one.exit
  await upgrade(other)
  await addConnector()
  await load.stop()

  assert.ok(load.sent > requestsPerSecond, `${load.sent} requests`)
  const surprising = load.failures.filter(
    ({ method, outcome }) => method === 'GET' || !outcome.startsWith('502'),
  )
  assert.equal(load.describe(surprising), '')
  const twice = [...backend.arrivals].filter(([key, count]) => key.startsWith('POST') && count > 1)
  assert.deepEqual(twice, [])
})

test('a connector that leaves closes its WebSockets with 1001 at both ends, and ends with 0 [K5] [R3]', async () => {
  await using leaving = await startLonely()
  const closed = Promise.all([
    once(leaving.browser, 'close'),
    once(leaving.applicationEnd, 'close'),
  ])
  leaving.connector.signal('SIGTERM')
  const [[atBrowser], [atApplication]] = await closed
  assert.deepEqual([atBrowser, atApplication], [1001, 1001])
  assert.equal(await leaving.connector.exit, 0)
})

test('a connector drained by command closes its WebSockets with 1001 and stays connected, unused [K5]', async () => {
  await using drained = await startLonely()
  const { connectorId } = drained.connector
  const closed = once(drained.browser, 'close')
  await callConnector(connectorId, 'drain', { graceInSeconds: 2 })
  assert.equal((await closed)[0], 1001)
  const status = async () => (await client.request(drained.url)).status
  assert.equal(await status(), 503)
  await callConnector(connectorId, 'resume')
  await untilConnectors(edge.graph, (active) => active.includes(connectorId))
  while ((await status()) !== 426) await new Promise((resolve) => setTimeout(resolve, 20))
})

test('an edge that leaves has its WebSockets closed with 1001 at both ends, and ends with 0 [R3]', async () => {
  await using held = await startLonely()
  const closed = Promise.all([once(held.browser, 'close'), once(held.applicationEnd, 'close')])
  edge.command.signal('SIGTERM')
  const [[atBrowser], [atApplication]] = await closed
  assert.deepEqual([atBrowser, atApplication], [1001, 1001])
  assert.equal(await edge.command.exit, 0)
})

/** One connector in a group of its own, and a WebSocket through it. */
async function startLonely() {
  const stack = new AsyncDisposableStack()
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  stack.defer(() => server.close())
  await once(server, 'listening')
  const connector = await addConnector('--drain', '2')
  const host = `lonely-${connectors}`
  const { port } = server.address() as AddressInfo
  const application = await publish(edge.graph, host, {
    externalAuthenticationType: 'passthru',
    externalUrl: edge.external(host),
    internalUrl: `http://127.0.0.1:${port}/`,
  })
  const made = await edge.graph.call('POST', `${profile}/connectorGroups`, { name: host })
  const group = `${profile}/connectorGroups/${made?.['id']}`
  const member = { '@odata.id': `${profile}/connectors/${connector.connectorId}` }
  await edge.graph.call('POST', `${group}/members/$ref`, member)
  const reference = { '@odata.id': group }
  await edge.graph.call('PUT', `/applications/${application}/connectorGroup/$ref`, reference)
  const url = edge.external(host)
  const accepted = once(server, 'connection')
  const browser = new WebSocket(url.replace('https', 'wss'), { ca: edge.ca, lookup })
  stack.defer(() => browser.terminate())
  await once(browser, 'open')
  const [applicationEnd] = (await accepted) as [WebSocket]
  return Object.assign(stack, { connector, url, browser, applicationEnd })
}

const lookup: LookupFunction = (_host, _options, callback) => {
  callback(null, [{ address: '127.0.0.1', family: 4 }])
}
