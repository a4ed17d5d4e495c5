import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile, rename } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { RequestRecord } from '../../src/base/request-record.ts'
import type { Json } from '../../src/run/graph-client.ts'
import { EventStream } from '../event-stream.ts'
import { temporaryFolder } from '../folder.ts'
import { signInByForms } from '../form-sign-in.ts'
import { HttpClient } from '../http-client.ts'
import { type RunningEdge, sallyport, startConnector, startEdge } from '../pieces.ts'
import { publish, type WorldUser } from '../world.ts'

const alice: WorldUser = {
  userPrincipalName: 'alice@contoso.localhost',
  password: 'correct horse battery staple',
}

const cleanUp = new AsyncDisposableStack()
let folder: string
let edge: RunningEdge
let client: HttpClient
let token: string
let open: string
let guarded: string
let parts: string
let connectorId: string
before(async () => {
  folder = cleanUp.use(await temporaryFolder()).path
  const application = await startApplication()
  const more = ['--access-log', join(folder, 'access.log'), '--live-requests', '50']
  edge = await startEdge(join(folder, 'edge'), { more })
  cleanUp.defer(() => edge[Symbol.asyncDispose]())
  const connector = await startConnector(edge, join(folder, 'connector'))
  cleanUp.use(connector)
  connectorId = connector.connectorId
  client = cleanUp.use(new HttpClient({ ca: edge.ca }))
  await using command = sallyport('token', '--data', join(folder, 'edge'))
  token = await command.line(() => true)
  await edge.graph.call('POST', '/users', {
    ...{ displayName: 'Alice', accountEnabled: true, mailNickname: 'alice' },
    userPrincipalName: alice.userPrincipalName,
    passwordProfile: { password: alice.password },
  })
  open = edge.external('open')
  guarded = edge.external('guarded')
  await publish(edge.graph, 'Open', {
    externalAuthenticationType: 'passthru',
    externalUrl: open,
    internalUrl: application,
  })
  parts = edge.external('parts')
  await publish(edge.graph, 'Parts', {
    externalAuthenticationType: 'passthru',
    externalUrl: `${parts}part/`,
    internalUrl: application,
  })
  await publish(edge.graph, 'Guarded', { externalUrl: guarded, internalUrl: application })
})
after(() => cleanUp.disposeAsync())

/** Answers at once, or with events that never end. */
async function startApplication(): Promise<string> {
  const server = createServer((request, response) => {
    if (!request.url?.startsWith('/events')) return void response.end('here')
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUp.defer(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

async function recordOf(id: unknown): Promise<RequestRecord> {
  return (await edge.graph.call('GET', `/requests/${id}`)) as unknown as RequestRecord
}

async function list(options: string): Promise<readonly RequestRecord[]> {
  const page = await edge.graph.call('GET', `/requests?${options}`)
  return page?.['value'] as readonly RequestRecord[]
}

const trailOf = ({ steps }: RequestRecord) =>
  steps.map(({ step, verdict, code }) => [step, verdict, ...(code ? [code] : [])].join(' '))

test('a request that was forwarded is remembered with every decision, and what the application took [G5]', async () => {
  const headers = { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'user-agent': 'a browser' }
  await client.request(`${open}page?word=a-canary`, { headers })
  const [record] = await list(`$filter=url eq '${open}page?…'&$top=1`)
  assert.ok(record)
  assert.deepEqual(trailOf(record), [
    'listen passed',
    'resolve passed',
    'cors skipped',
    'maintenance passed',
    'authenticate skipped',
    'forward passed',
    'answer answered',
  ])
  const forward = record.steps.find(({ step }) => step === 'forward')
  assert.deepEqual(forward?.subject, { kind: 'connector', id: connectorId })
  assert.ok((forward?.tookMs ?? 0) > 0)
  assert.deepEqual(
    { ...record, id: '', startedDateTime: '', durationInMilliseconds: 0, steps: [] },
    {
      ...{ id: '', startedDateTime: '', durationInMilliseconds: 0, steps: [], isOpen: false },
      ...{ method: 'GET', url: `${open}page?…`, protocol: 'HTTP/1.1', status: 200 },
      ...{ kind: 'script', applicationId: record.applicationId, applicationDisplayName: 'Open' },
      ...{ connectorId, ipAddress: '127.0.0.1', userAgent: 'a browser' },
      ...{ requestBytes: 0, responseBytes: 4 },
    },
  )
})

test('the id on an error page finds the request, with the reason, after many others [G5] [D2]', async () => {
  const found = await edge.graph.call('GET', "/servicePrincipals?$filter=displayName eq 'Guarded'")
  const [principal] = (found?.['value'] ?? []) as readonly Json[]
  await edge.graph.call('PATCH', `/servicePrincipals/${principal?.['id']}`, {
    appRoleAssignmentRequired: true,
  })
  await using browser = new HttpClient({ ca: edge.ca })
  const page = await signInByForms(browser, guarded, alice)
  const id = /Request ([0-9a-f-]{36})/.exec(page.text)?.[1]
  assert.ok(page.text.includes(`href="${edge.external('portal')}requests/${id}"`), page.text)
  // The list of good ones holds fifty.
  for (let request = 0; request < 60; request++) await client.request(open)
  const record = await recordOf(id)
  assert.equal(record.userPrincipalName, alice.userPrincipalName)
  assert.equal(record.code, 'not-assigned')
  assert.deepEqual(trailOf(record).slice(-3), [
    'authenticate passed',
    'assign refused not-assigned',
    'answer answered',
  ])
})

const refusals = [
  ['a preflight that no rule allows', () => guarded, 'OPTIONS', 'cors refused cors-no-rule'],
  ['a script without a session', () => guarded, 'GET', 'authenticate refused signed-out'],
  ['a path that is not published', () => parts, 'GET', 'resolve refused unknown-path'],
] as const
for (const [what, url, method, last] of refusals) {
  test(`${what} is remembered with the step that refused it [G5]`, async () => {
    const origin = 'https://page.example'
    const headers = { origin, 'access-control-request-method': 'PUT', 'sec-fetch-mode': 'cors' }
    const answer = await client.request(url(), { method, headers })
    const record = await recordOf(answer.headers['x-request-id'])
    assert.equal(trailOf(record).at(-2), last)
    assert.equal(record.status, answer.status)
    assert.equal(record.origin, origin)
    const told = record.steps.at(-2)?.reason ?? ''
    assert.ok(told.length > 20 && told.endsWith('.'), told)
  })
}

test('a failure names the internal address, and what the connector met there [F7] [D2]', async () => {
  const dead = edge.external('dead')
  await publish(edge.graph, 'Dead', {
    ...{ externalAuthenticationType: 'passthru', externalUrl: dead },
    internalUrl: 'http://127.0.0.1:1/',
  })
  const answer = await client.request(dead)
  const { code, steps } = await recordOf(answer.headers['x-request-id'])
  assert.equal(code, 'backend-refused')
  const forward = steps.find(({ step }) => step === 'forward')
  assert.match(
    forward?.reason ?? '',
    /^A connector sent it to http:\/\/127\.0\.0\.1:1\. .*ECONNREFUSED\)$/,
  )
})

test('a request that two readers could take differently is remembered as refused, by the id in its answer [F8]', async () => {
  const answer = await client.request(`${open}a%2fb?secret`)
  assert.equal(answer.status, 400)
  const record = await recordOf(answer.headers['x-request-id'])
  assert.deepEqual(trailOf(record), ['listen refused malformed-request', 'answer answered'])
})

function listen(path: string, headers: Readonly<Record<string, string>> = {}) {
  const url = `https://localhost:${edge.port}/beta/requests/live${path}`
  return EventStream.open(url, { authorization: `Bearer ${token}`, ...headers }, edge.ca)
}

test('requests are told while they happen: streams at once and again at their end, with what each step took [G5]', async () => {
  using live = await listen(`?$filter=startswith(url,'${open}events')`)
  const stream = await EventStream.open(`${open}events?1`, {}, edge.ca)
  const begun = await live.next(({ event }) => event === 'request')
  assert.deepEqual([begun.data.isOpen, begun.data.status], [true, 200])
  stream[Symbol.dispose]()
  const over = await live.next(({ event, data }) => event === 'request' && !data.isOpen)
  assert.equal(over.data.id, begun.data.id)
  assert.equal(over.data.code, 'client-left')
  const measured = over.data.steps.filter((step: object) => 'tookMs' in step)
  assert.equal(measured.length, over.data.steps.length)
})

test('whoever comes back is told what happened meanwhile [G5]', async () => {
  const first = await listen('')
  await client.request(`${open}before`)
  const { id } = await first.next(({ data }) => String(data.url).endsWith('/before'))
  first[Symbol.dispose]()
  await client.request(`${open}meanwhile`)
  using second = await listen('', { 'last-event-id': String(id) })
  await second.next(({ data }) => String(data.url).endsWith('/meanwhile'))
})

test('no value of a query, cookie, token or body is remembered, told or logged [D4]', async () => {
  const canary = randomBytes(18).toString('base64url')
  using live = await listen('')
  const headers = { cookie: `own=${canary}`, authorization: `Bearer ${canary}`, 'x-key': canary }
  await client.request(`${open}form?token=${canary}`, { method: 'POST', headers, body: canary })
  await client.request(`${guarded}form?token=${canary}#${canary}`, { headers })
  await client.request(`${open}..%2f?token=${canary}`, { headers })
  const told = await live.next(({ data }) => data.code === 'malformed-request')
  const kept = JSON.stringify([told, await list('$top=999')])
  assert.match(kept, /form\?…/)
  assert.ok(!kept.includes(canary), 'the API tells a secret')
  let log = ''
  // Lines are written beside the requests.
  while (!log.includes(told.data.id)) log = await readFile(join(folder, 'access.log'), 'utf8')
  assert.match(log, /form\?…/)
  assert.ok(!log.includes(canary), 'the access log holds a secret')
})

test('the access log has one JSON line for each request, and moves to a new file at SIGHUP [D4]', async () => {
  const file = join(folder, 'access.log')
  await rename(file, `${file}.1`)
  process.kill(Number(edge.command.pid), 'SIGHUP')
  // The signal is handled before requests that come after it, and before its first line the file may not be there.
  let text = ''
  while (!text.includes('after-hup')) {
    await client.request(`${open}after-hup`)
    text = await readFile(file, 'utf8').catch(() => '')
  }
  const lines = text.trim().split('\n')
  const line = JSON.parse(lines.at(-1) ?? '') as RequestRecord
  assert.deepEqual([line.method, line.url, line.status], ['GET', `${open}after-hup`, 200])
  assert.ok(!('steps' in line))
})

test('an edge that is told to end does not wait for those who listen [K5]', async () => {
  const live = await listen('')
  await edge.command.stop()
  await live.ended
})
