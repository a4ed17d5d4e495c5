import assert from 'node:assert/strict'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { decodeToken, type EnrolmentToken, encodeToken } from '../../src/connector/token.ts'
import { createEnrolmentToken } from '../../src/run/demo-seed.ts'
import { startCountedEdge } from '../counted-edge.ts'
import type { CountingBackend } from '../counting-backend.ts'
import { temporaryFolder } from '../folder.ts'
import { freePort } from '../free-port.ts'
import type { HttpClient } from '../http-client.ts'
import {
  databaseFile,
  type RunningEdge,
  sallyport,
  startConnector,
  startEdge,
  untilConnectors,
} from '../pieces.ts'

const writeMaxMs = 10_000

const cleanUp = new AsyncDisposableStack()
let edge: RunningEdge
let backend: CountingBackend
let client: HttpClient
let folder: string
let url: string
let connectors = 0
before(async () => {
  // It comes back where it was.
  const ports = [await freePort()]
  ;({ edge, backend, client, folder, url } = await startCountedEdge(cleanUp, { ports }))
})
after(() => cleanUp.disposeAsync())

async function addConnector() {
  return cleanUp.use(await startConnector(edge, join(folder, `connector-${connectors++}`)))
}

async function statusOf(method: string, target: string): Promise<number> {
  const body = method === 'POST' ? { body: 'once' } : {}
  return (await client.request(url + target, { method, ...body })).status
}

test('edge and connectors started by hand serve, and two connectors of a group share the load by outstanding requests [K1] [K3]', async () => {
  assert.equal(await statusOf('GET', 'nobody-yet'), 503)
  const first = await addConnector()
  assert.equal(await statusOf('GET', 'first'), 200)
  const second = await addConnector()

  const held = backend.hold(10)
  const answers = numbers(10).map((n) => statusOf('GET', `shared/${n}`))
  await held
  const connections = [first, second].map(({ pid }) => connectionsTo(backend.port, pid))
  backend.release()
  assert.deepEqual(await Promise.all(answers), Array(10).fill(200))
  assert.deepEqual(connections, [5, 5])
})

test('a connector that is killed takes no idempotent request with it, and no POST reaches the application twice [K3]', async () => {
  const victim = await addConnector()
  const held = backend.hold(24)
  const gets = numbers(12).map((n) => statusOf('GET', `killed/${n}`))
  const posts = numbers(12).map((n) => statusOf('POST', `killed/${n}`))
  await held
  const lost = connectionsTo(backend.port, victim.pid)
  assert.ok(lost >= 6, `only ${lost} of 24 requests went through the third connector`)
  victim.signal('SIGKILL')
  await victim.exit
  backend.release()
  assert.deepEqual(await Promise.all(gets), Array(12).fill(200))
  const statuses = await Promise.all(posts)
  const failed = statuses.filter((status) => status === 502).length
  assert.equal(statuses.filter((status) => status === 200).length, 12 - failed)
  assert.ok(failed > 0)
  let repeated = 0
  for (const n of numbers(12)) {
    assert.equal(backend.arrivals.get(`POST /killed/${n}`), 1)
    repeated += (backend.arrivals.get(`GET /killed/${n}`) ?? 0) - 1
  }
  assert.equal(repeated + failed, lost)
  assert.equal(await statusOf('POST', 'afterwards'), 200)
})

test('a connector that is told to end drains: of the requests under load none fails [K5]', async () => {
  const leaving = await addConnector()
  const stop = new AbortController()
  const statuses: number[] = []
  const load = numbers(8).map(async (worker) => {
    for (let n = 0; !stop.signal.aborted; n++) {
      const method = worker % 2 ? 'POST' : 'GET'
      statuses.push(await statusOf(method, `drain/${worker}/${n}`))
    }
  })
  const held = backend.hold(8)
  await held
  leaving.signal('SIGTERM')
  await leaving.said('draining')
  backend.release()
  assert.equal(await leaving.exit, 0)
  stop.abort()
  await Promise.all(load)
  assert.ok(statuses.length >= 8)
  assert.deepEqual(new Set(statuses), new Set([200]))
})

test('connectors come back by themselves when the edge was restarted, and the data is what it was [K4]', async () => {
  const { port } = edge
  await edge[Symbol.asyncDispose]()
  edge = cleanUp.use(await startEdge(join(folder, 'edge'), { ports: [port] }))
  // How long they pause grows with how long it was away.
  await untilConnectors(edge.graph, (active) => active.length === 2)
  assert.equal(await statusOf('POST', 'after-the-restart'), 200)
})

test('a connector deleted by the administrator is disconnected at once and stays away [S9]', async () => {
  const deleted = await addConnector()
  const path = `/onPremisesPublishingProfiles/applicationProxy/connectors/${deleted.connectorId}`
  await edge.graph.call('DELETE', path)
  await untilConnectors(edge.graph, (active) => !active.includes(deleted.connectorId))
  await deleted.said('this connector is no longer registered')
  assert.equal(await statusOf('GET', 'others-serve-on'), 200)
})

/** What the token of `edge` says, changed. */
function alter(token: string, change: Partial<EnrolmentToken>): string {
  const parsed = decodeToken(token)
  assert.ok('value' in parsed)
  return encodeToken({ ...parsed.value, ...change })
}

const refused: readonly (readonly [string, (token: string) => unknown, RegExp])[] = [
  ['used', useToken, /refused: .*used/],
  ['expired', expireTokens, /refused: .*expired/],
  ['made up', (token) => alter(token, { secret: 'x'.repeat(43) }), /refused: .*token/],
  ['of another edge', (token) => alter(token, { ca: '0'.repeat(64) }), /is not the edge that/],
  ['for a port where nothing is', (token) => alter(token, { edge: 'localhost:1' }), /localhost:1/],
  ['cut off', (token) => token.slice(0, 40), /is one word that begins with sallyport-/],
]
for (const [what, spoil, said] of refused) {
  test(`a token that is ${what} is refused in a sentence, and no identity is kept [K1]`, async () => {
    const token = await createEnrolmentToken(edge.graph)
    const spoilt = (await spoil(token)) ?? token
    await using data = await temporaryFolder()
    await using command = sallyport('connector', '--data', data.path, '--token', String(spoilt))
    assert.equal(await command.exit, 1)
    assert.match(command.stderr, /^✗ [^\n]+\n$/)
    assert.match(command.stderr, said)
    assert.deepEqual(await readdir(data.path), [])
  })
}

async function useToken(token: string): Promise<void> {
  await using data = await temporaryFolder()
  await using command = sallyport('connector', '--data', data.path, '--token', token)
  await command.said(' serves ')
}

// The API makes no token that lives for less than a minute.
function expireTokens(): void {
  // The edge may be writing just now.
  using database = new DatabaseSync(databaseFile(join(folder, 'edge')), { timeout: writeMaxMs })
  database.exec('update enrolment_token set expires_at = 1')
}

test('a connector without token and identity says what it needs [K1]', async () => {
  await using data = await temporaryFolder()
  await using command = sallyport('connector', '--data', data.path)
  assert.equal(await command.exit, 1)
  assert.match(command.stderr, /^✗ .* holds no connector yet\. Give --token /)
})

test('a second edge on the same machine is another world, and refuses the folder of the first', async () => {
  await using other = await startEdge(join(folder, 'other-edge'))
  assert.notEqual(other.port, edge.port)
  assert.notEqual(other.ca, edge.ca)
  await using same = sallyport('edge', '--data', join(folder, 'edge'), '--domain', 'a.localhost')
  assert.equal(await same.exit, 1)
  assert.match(same.stderr, /^✗ .* is in use by another edge\./)
  assert.equal(await statusOf('GET', 'undisturbed'), 200)
})

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n)
}

/** How many TCP connections to a local port a process holds: its sockets' inodes among the kernel's (proc(5)). */
function connectionsTo(port: number, pid: number): number {
  const fds = `/proc/${pid}/fd`
  const own = new Set(readdirSync(fds).map((fd) => readLink(join(fds, fd))))
  const remote = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((row) => row[2] === remote && row[3] === '01' && own.has(`socket:[${row[9]}]`)).length
}

function readLink(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return '' // Closed while we looked.
  }
}
