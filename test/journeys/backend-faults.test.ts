import assert from 'node:assert/strict'
import { createServer as createTlsServer, request as requestHttps } from 'node:https'
import type { Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { listen, RawBackend } from '../../src/connector/forward-fixture.ts'
import type { Json } from '../../src/run/graph-client.ts'
import { createTestAuthority } from '../../src/tunnel/test-authority.ts'
import { HttpClient, lookupLocalhost, type TestResponse } from '../http-client.ts'
import { logLine } from '../log-line.ts'
import { rawExchange } from '../raw-socket.ts'
import { publish, startWorld, type World } from '../world.ts'

const profile = '/onPremisesPublishingProfiles/applicationProxy'
const head = 'HTTP/1.1 200 OK\r\n'

/** What the application answers with, byte for byte, by path. */
const answers: Readonly<Record<string, string>> = {
  '/no-http': 'SSH-2.0-OpenSSH_10.0\r\n',
  '/status-of-four': 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n',
  '/two-framings': `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  '/half-head': `${head}Content-Le`,
  '/nul': `${head}X: a\0b\r\nContent-Length: 0\r\n\r\n`,
  '/cut-length': `${head}Content-Length: 1000\r\n\r\nonly this`,
  '/cut-chunks': `${head}Transfer-Encoding: chunked\r\n\r\n9\r\nonly this\r\n`,
}

const cleanUp = new AsyncDisposableStack()
let world: World
let client: HttpClient
let backend: RawBackend
before(async () => {
  world = cleanUp.use(await startWorld())
  client = cleanUp.use(new HttpClient({ ca: world.ca }))
  backend = cleanUp.use(await RawBackend.start(behave))
  await publishOpen('odd', `${backend.origin}/`)
  // Below the ports that anybody is given: nobody listens there a moment later.
  await publishOpen('down', 'http://127.0.0.1:1/')
  await publishOpen('nowhere', 'http://nowhere.invalid/')
  await publishOpen('untrusted', await startUntrusted())
  const unchecked = { isBackendCertificateValidationEnabled: false }
  await publishOpen('unchecked', await startUntrusted(), unchecked)
  const application = await publishOpen('unserved', `${backend.origin}/unserved/`)
  const group = await world.graph.call('POST', `${profile}/connectorGroups`, { name: 'Empty' })
  const reference = { '@odata.id': `${world.graphUrl}${profile}/connectorGroups/${group?.['id']}` }
  await world.graph.call('PUT', `/applications/${application}/connectorGroup/$ref`, reference)
})
after(() => cleanUp.disposeAsync())

function behave(socket: Socket, seen: string): void {
  const path = seen.split(' ')[1] ?? ''
  if (!seen.includes('\r\n\r\n') || path === '/listen') return
  if (path === '/reset') socket.resetAndDestroy()
  // What is cut off is cut off only once its beginning has arrived.
  else if (path.startsWith('/cut')) socket.write(answers[path] ?? '')
  else socket.end(answers[path] ?? `${head}Content-Length: 2\r\n\r\nok`, 'latin1')
}

async function publishOpen(name: string, internalUrl: string, more: Json = {}): Promise<string> {
  const externalUrl = world.external(name)
  const externalAuthenticationType = 'passthru'
  const publishing = { externalAuthenticationType, externalUrl, internalUrl, ...more }
  return publish(world.graph, name, publishing)
}

/** An https application whose certificate nobody vouches for. */
async function startUntrusted(): Promise<string> {
  const { certPem, keyPem } = await (await createTestAuthority()).issue(['localhost'])
  const server = createTlsServer({ cert: certPem, key: keyPem }, (_, answer) => answer.end('ok'))
  cleanUp.defer(() => void server.close())
  return `https://localhost:${await listen(server)}/`
}

const faults = [
  ['is down', 'down', '', 502, 'backend-refused', 'connection_refused'],
  ['cannot be found', 'nowhere', '', 502, 'backend-unreachable', 'destination_ip_unroutable'],
  ['resets', 'odd', 'reset', 502, 'backend-reset', 'connection_terminated'],
  ['breaks off', 'odd', 'half-head', 502, 'backend-truncated', 'http_response_incomplete'],
  ['speaks no HTTP', 'odd', 'no-http', 502, 'backend-rubbish', 'http_protocol_error'],
  ['answers 2000', 'odd', 'status-of-four', 502, 'backend-rubbish', 'http_protocol_error'],
  ['frames twice', 'odd', 'two-framings', 502, 'backend-rubbish', 'http_protocol_error'],
  ['sends a NUL', 'odd', 'nul', 502, 'backend-rubbish', 'http_protocol_error'],
  ['is not trusted', 'untrusted', '', 502, 'backend-certificate', 'tls_certificate_error'],
  ['has no connector', 'unserved', '', 503, 'no-connector', 'destination_unavailable'],
] as const
for (const [what, host, path, status, code, proxyError] of faults) {
  test(`when the application ${what}, a script reads ${status} ${code}, a person a page, and both find it in the log [F7]`, async () => {
    const answer = await client.request(world.external(host) + path)
    assert.equal(answer.status, status)
    assert.match(answer.headers['content-type'] ?? '', /^application\/json/)
    const { error } = JSON.parse(answer.text)
    const { helpUrl, message } = error
    assert.deepEqual(error, { code, message, requestId: requestId(answer), helpUrl })
    assert.ok(helpUrl.endsWith(`/.sallyport/docs/errors/${code}`))
    assert.match(error.message, /^[A-Z].*\.$/)
    assert.equal(answer.headers['proxy-status'], `sallyport; error=${proxyError}`)
    assert.equal(answer.headers['retry-after'] !== undefined, status === 503)
    assert.equal((await logLine(world, 'edge', requestId(answer)))['code'], code)

    const page = await client.navigate(world.external(host) + path)
    assert.equal(page.status, status)
    assert.match(page.headers['content-type'] ?? '', /^text\/html/)
    assert.equal(page.headers['proxy-status'], `sallyport; error=${proxyError}`)
    for (const said of [code, requestId(page), '<h1>']) assert.ok(page.text.includes(said))
    assert.notEqual(requestId(page), requestId(answer))
    assert.equal((await logLine(world, 'edge', requestId(page)))['code'], code)
  })
}

function requestId({ headers }: TestResponse): string {
  return String(headers['x-request-id'])
}

test('with the check of its certificate switched off an application is reached whatever it shows [F6]', async () => {
  const answer = await client.request(world.external('unchecked'))
  assert.deepEqual([answer.status, answer.text], [200, 'ok'])
})

for (const path of ['cut-length', 'cut-chunks']) {
  test(`an answer that breaks off (${path}) is an abort for the client, never a clean end [F7]`, async () => {
    const host = new URL(world.external('odd'))
    const tls = { servername: host.hostname, ca: world.ca }
    const received = await rawExchange(
      { port: world.port, tls },
      `GET /${path} HTTP/1.1\r\nHost: ${host.host}\r\n\r\n`,
      (text) => {
        if (text.includes('only this')) for (const socket of backend.sockets) socket.destroy()
        return false // The edge has to end the connection, or this rejects.
      },
    )
    assert.match(received, /^HTTP\/1\.1 200 /)
    assert.ok(received.includes('only this'))
    assert.ok(!received.includes('\r\n0\r\n\r\n'))
  })
}

test('a body that the client breaks off never looks complete to the application [F1]', async () => {
  await backend.until(() => backend.sockets.size === 0)
  const request = requestHttps(`${world.external('odd')}listen`, {
    ca: world.ca,
    lookup: lookupLocalhost,
    method: 'POST',
    headers: { 'content-length': '1000' },
  })
  request.on('error', () => {})
  request.write('half of the truth')
  await backend.until(() => backend.seen.endsWith('half of the truth'))
  assert.equal(backend.sockets.size, 1)
  request.destroy()
  await backend.until(() => backend.sockets.size === 0)
  assert.ok(backend.seen.endsWith('half of the truth'))
})
