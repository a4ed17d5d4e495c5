import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import { failed } from '../base/check.ts'
import type { ConnectorCheck } from '../base/connector-check.ts'
import { tunnelAlpn } from '../tunnel/limits.ts'
import {
  createTestAuthority,
  type TestAuthority,
  type TestIdentity,
} from '../tunnel/test-authority.ts'
import {
  startAlpnFilter,
  startInterceptor,
  startProxy,
  startSilence,
} from '../tunnel/test-network.ts'
import {
  connectorId,
  keys,
  startEdge,
  type TestEdge,
  testAuthority,
} from '../tunnel/test-tunnel.ts'
import { type AllowList, parseAllowList } from './allow-list.ts'
import { type Diagnosis, diagnose } from './diagnosis.ts'
import { type HttpProxy, parseProxy } from './proxy.ts'

const cleanUp = new AsyncDisposableStack()
let edge: TestEdge
let authority: TestAuthority
let stranger: TestAuthority
before(async () => {
  edge = cleanUp.use(await startEdge())
  authority = await testAuthority()
  stranger = await createTestAuthority('Corp Inspection')
})
after(() => cleanUp.disposeAsync())

const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string

/** Every check by its id; the last one of each. */
async function examine(change: Partial<Diagnosis> & { readonly at?: string } = {}) {
  const checks: ConnectorCheck[] = []
  const { at = edge.address, ...others } = change
  const identity = { connectorId, privateKey, caPem: edge.caPem, edge: at, folder: 'src/connector' }
  await diagnose({
    // The folder has no key in it; whoever cares brings one.
    ...{ identity, pinned: identity, edges: [at], way: { transport: 'auto' }, ca: [] },
    ...{ allow: undefined, origins: [], signal: new AbortController().signal },
    ...{ stepTimeoutMs: 20_000, targetsWaitMs: 200 },
    tell: (check) => void checks.push(check),
    ...others,
  })
  return (id: ConnectorCheck['id']) => {
    const found = checks.findLast((check) => check.id === id)
    return `${found?.verdict}: ${found?.message} ${found?.fix ?? ''}`
  }
}

/** The same with little time for each step, or ever more until this one passes: what is there may be slow to answer. */
async function examineInHaste(
  passing: ConnectorCheck['id'],
  change: Parameters<typeof examine>[0],
): ReturnType<typeof examine> {
  for (let stepTimeoutMs = 150; ; stepTimeoutMs *= 3) {
    const check = await examine({ ...change, stepTimeoutMs })
    if (check(passing).startsWith('passed') || stepTimeoutMs > 10_000) return check
  }
}

/** A server that has the edge's place, with a certificate and answers of its own. */
async function startImpostor(identity: TestIdentity, listener: RequestListener): Promise<string> {
  const http = createHttpServer(listener)
  const { certPem: cert, keyPem: key } = identity
  const server = createTlsServer(
    { cert, key, ALPNProtocols: [tunnelAlpn, 'http/1.1'] },
    (socket) => {
      socket.on('error', () => {})
      http.emit('connection', socket)
    },
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  cleanUp.defer(() => void server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('where nothing is in the way, everything passes, tunnel included [K2]', async () => {
  const check = await examine()
  for (const id of [
    'edge-tcp',
    'edge-tls',
    'edge-clock',
    'edge-large-writes',
    'edge-websocket',
    'edge-tunnel',
    'edge-links',
  ] as const)
    assert.match(check(id), /^passed: /, id)
  assert.match(check('edge-links'), /2 links are up/)
  assert.match(check('origins'), /^skipped/)
})

test('a box that intercepts TLS is named by its issuer, and the tunnel stands inside a WebSocket [K2]', async () => {
  await using box = await startInterceptor(edge.address, stranger)
  const check = await examine({ at: `127.0.0.1:${box.port}` })
  assert.match(
    check('edge-tls'),
    /^warned: TLS is intercepted: .* certificate of Corp Inspection, not of the edge/,
  )
  assert.match(check('edge-websocket'), /^passed/)
  assert.match(check('edge-tunnel'), /^passed: .* inside a WebSocket/)
})

test('a box that filters the tunnel’s protocol is told from one that is closed [K2]', async () => {
  await using filter = await startAlpnFilter(edge.address)
  const check = await examine({ at: `127.0.0.1:${filter.port}` })
  assert.match(check('edge-tls'), /^warned: the tunnel’s own TLS does not pass/)
  assert.match(check('edge-tunnel'), /^passed: .* inside a WebSocket/)
})

test('a box that says nothing fails after its time, step by step [K2]', async () => {
  await using silence = await startSilence()
  const at = `127.0.0.1:${silence.port}`
  const check = await examineInHaste('edge-tcp', { at, identity: undefined })
  assert.match(check('edge-tcp'), /^passed/)
  assert.match(check('edge-tls'), /^warned: .*no answer within \d+ ms/)
  assert.match(check('edge-large-writes'), /^failed/)
  assert.match(check('edge-tunnel'), /^skipped/)
})

test('a closed port, and a name that nobody knows [K2]', async () => {
  const closed = await examine({ at: '127.0.0.1:1' })
  assert.match(closed('edge-tcp'), /^failed: .*ECONNREFUSED.* Nothing listens there/)
  assert.match(closed('edge-tls'), /^undefined/)
  assert.match(closed('edge-tunnel'), /^failed/)
  const unknown = await examine({ at: 'edge.invalid:443', identity: undefined })
  assert.match(unknown('edge-name'), /^failed: edge\.invalid has no address here \(E/)
})

const proxy = (port: number, user = ''): HttpProxy => {
  const parsed = parseProxy(`http://${user}127.0.0.1:${port}`)
  assert.ok(!failed(parsed))
  return parsed.value
}

const refusals = [
  [
    'that wants a password',
    'HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\n\r\n',
    /\(407\) Say --proxy http:\/\/user:password/,
  ],
  [
    'that forbids CONNECT',
    'HTTP/1.1 403 No\r\n\r\n',
    /does not allow CONNECT .* Have the proxy’s administrator/,
  ],
  ['that does not get there', 'HTTP/1.1 502 No\r\n\r\n', /cannot reach 127\.0\.0\.1:\d+ \(502\)/],
  ['that is none', 'SSH-2.0-OpenSSH\r\n\r\n\r\n', /does not speak HTTP/],
] as const
for (const [what, answer, said] of refusals) {
  test(`a proxy ${what} is told with its answer [K2]`, async () => {
    await using box = await startProxy(() => answer)
    const check = await examine({ way: { transport: 'auto', proxy: proxy(box.port) } })
    assert.match(check('edge-proxy'), said)
    assert.match(check('edge-proxy'), /^failed/)
    assert.match(check('edge-name'), /^undefined/)
  })
}

test('a proxy that lets through is named, and one that is not there [K2]', async () => {
  await using box = await startProxy()
  const through = await examine({ way: { transport: 'auto', proxy: proxy(box.port) } })
  assert.match(
    through('edge-proxy'),
    new RegExp(`^passed: the proxy 127\\.0\\.0\\.1:${box.port} lets through`),
  )
  assert.match(through('edge-way'), /^passed: goes out through the proxy http:\/\/127\.0\.0\.1:/)
  assert.match(through('edge-tunnel'), /^passed/)
  const way = { transport: 'auto', proxy: proxy(1), noProxy: '127.0.0.0/8' } as const
  const exempt = await examine({ way, proxyFrom: 'HTTPS_PROXY' })
  assert.match(
    exempt('edge-way'),
    /NO_PROXY covers it, so the proxy .*\(HTTPS_PROXY\) does not count/,
  )
  assert.match(exempt('edge-tcp'), /^passed/)
  const gone = await examine({ way: { transport: 'auto', proxy: proxy(1) } })
  assert.match(gone('edge-proxy'), /cannot be reached: .*ECONNREFUSED.* Check --proxy/)
})

test('a clock that is wrong is told with its direction, from the Date of the edge', async () => {
  const server = async (ms: number) =>
    startImpostor(await authority.issue(['127.0.0.1']), (_, answer) =>
      answer.writeHead(200, { date: new Date(Date.now() + ms).toUTCString() }).end(),
    )
  const behind = await examine({ at: await server(600_000), identity: undefined })
  // What the answer took is shared out, as nobody knows which way took longer: seconds, on a busy machine.
  assert.match(
    behind('edge-clock'),
    /^failed: this machine’s clock is (?:59\d|60\d) s behind the edge’s .*NTP/,
  )
  const ahead = await examine({ at: await server(-60_000), identity: undefined })
  assert.match(ahead('edge-clock'), /^warned: .* (?:5\d|6\d) s ahead of/)
})

test('a network that loses full packets is told from one that loses all', async () => {
  const at = await startImpostor(await authority.issue(['127.0.0.1']), (request, answer) => {
    if (JSON.stringify(request.headers).length < 2000) answer.end()
  })
  const check = await examineInHaste('edge-clock', { at, identity: undefined })
  assert.match(check('edge-clock'), /^passed/)
  assert.match(
    check('edge-large-writes'),
    /^failed: small messages pass and large ones do not.*MTU/,
  )
})

test('an expired certificate, one for another name, and another authority are three things', async () => {
  const page: RequestListener = (_, answer) => void answer.end()
  const expired = await examine({
    at: await startImpostor(await authority.issue(['127.0.0.1'], { expired: true }), page),
  })
  assert.match(expired('edge-tls'), /^failed: the edge’s certificate ended at/)
  const named = await examine({
    at: await startImpostor(await authority.issue(['other.test']), page),
  })
  assert.match(named('edge-tls'), /^failed: the edge’s certificate is for DNS:other\.test/)
  const pinned = { fingerprint: stranger.fingerprint }
  const foreign = await examine({ identity: undefined, pinned })
  assert.match(foreign('edge-tls'), /^warned: TLS is intercepted: .*certificate of Test authority/)
  const known = await examine({ identity: undefined, pinned: { fingerprint: edge.fingerprint } })
  assert.match(known('edge-tls'), /^passed/)
})

test('a connector that the edge does not know is told what to do [K1]', async () => {
  const identity = {
    connectorId: 'gone',
    privateKey,
    caPem: edge.caPem,
    edge: edge.address,
    folder: '.',
  }
  const check = await examine({ identity })
  assert.match(check('edge-tunnel'), /^failed: .* refused: .* enrol anew/)
})

test('each internal origin is followed to where it ends: name, allow-list, TCP, TLS, certificate [K4] [K6]', async () => {
  const good = await startImpostor(
    await authority.issue(['127.0.0.1']),
    (_, answer) => void answer.end(),
  )
  const [, port] = good.split(':')
  const plain = createHttpServer()
  await once(plain.listen(0, '127.0.0.1'), 'listening')
  cleanUp.defer(() => void plain.close())
  const plainPort = (plain.address() as AddressInfo).port
  const allow = (...entries: string[]): AllowList => {
    const parsed = parseAllowList(entries)
    assert.ok(!failed(parsed))
    return parsed.value
  }
  const cases: [string, Partial<Diagnosis>, RegExp][] = [
    ['http://nowhere.invalid:80', {}, /^failed: nowhere\.invalid has no address/],
    ['http://127.0.0.1:1', {}, /^failed: .*ECONNREFUSED Nothing listens/],
    [
      `https://127.0.0.1:${port}`,
      {},
      /^failed: certificate refused: \w+: its authority is not known.*--ca/,
    ],
    [
      `https://127.0.0.1:${port}`,
      { ca: [authority.caPem] },
      /^warned: .*TLS \(certificate of Test authority until/,
    ],
    [`https://127.0.0.1:${plainPort}`, {}, /^failed: .*should the internal URL begin with http:/],
    [
      `http://127.0.0.1:${plainPort}`,
      { allow: allow('10.0.0.0/8') },
      /^failed: .*has no entry.*--allow 127\.0\.0\.1/,
    ],
    [
      `http://127.0.0.1:${plainPort}`,
      { allow: allow('127.0.0.0/8') },
      /^passed: allowed by 127\.0\.0\.0\/8; TCP passes/,
    ],
    ['http://169.254.169.254', {}, /^failed: .*metadata service/],
    ['ftp://a', {}, /^failed: .*is no origin/],
  ]
  for (const [origin, change, said] of cases) {
    const check = await examine({ edges: [], identity: undefined, origins: [origin], ...change })
    assert.match(check('origin'), said, origin)
  }
})
