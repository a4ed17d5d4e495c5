import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { Fault } from '../base/fault.ts'
import { silentLog } from '../base/log.ts'
import { openTcp, type WayOut } from '../tunnel/carrier.ts'
import { type ConnectOptions, connectLink } from '../tunnel/connector-end.ts'
import { fetchAuthority } from '../tunnel/dial.ts'
import type { Link } from '../tunnel/edge-end.ts'
import { createTestAuthority } from '../tunnel/test-authority.ts'
import { ask, echo, getRequest } from '../tunnel/test-exchange.ts'
import {
  startAlpnFilter,
  startInterceptor,
  startProxy,
  startSilence,
} from '../tunnel/test-network.ts'
import {
  connectorId,
  groupId,
  keys,
  startEdge,
  type TestEdge,
  testAuthority,
} from '../tunnel/test-tunnel.ts'
import { openWebSocket } from '../tunnel/web-socket-carrier.ts'
import { type HttpProxy, parseProxy } from './proxy.ts'
import { createWayOut } from './way-out.ts'

/** An edge that says when the connector is there. */
async function startAwaited() {
  const joined = Promise.withResolvers<string>()
  const edge = await startEdge({
    onConnected: (_, { externalIp }) => joined.resolve(externalIp),
  })
  return Object.assign(edge, { joined: joined.promise })
}

function connect(edge: TestEdge, wayOut: WayOut, change: Partial<ConnectOptions> = {}) {
  return connectLink({
    edge: edge.address,
    caPem: edge.caPem,
    connectorId,
    privateKey: keys.privateKey,
    machineName: 'test',
    version: '1',
    serve: echo,
    log: silentLog,
    wayOut,
    ...change,
  })
}

/** A body through the link and back. */
async function exchange(edge: TestEdge, bytes = 100_000): Promise<void> {
  const body = randomBytes(bytes)
  const answer = await ask(edge.hub.choose(groupId) as Link, getRequest, body)
  assert.equal(answer.body.equals(body), true)
}

function proxyAt(port: number, user = '', scheme = 'http'): HttpProxy {
  const parsed = parseProxy(`${scheme}://${user}127.0.0.1:${port}`)
  assert.ok('value' in parsed)
  return parsed.value
}

const allowed = (credentials: string) => (head: string) =>
  head.includes(`\r\nProxy-Authorization: Basic ${btoa(credentials)}\r\n`)
    ? undefined
    : 'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="corp"\r\n\r\n'

test('a connector dials through an HTTP proxy with user and password, and serves [K2]', async () => {
  await using edge = await startAwaited()
  await using proxy = await startProxy(allowed('ann:p@ss word'))
  const wayOut = createWayOut({
    transport: 'auto',
    proxy: proxyAt(proxy.port, 'ann:p%40ss%20word@'),
  })
  const link = await connect(edge, wayOut)
  await edge.joined
  await exchange(edge)
  assert.match(proxy.seen[0] ?? '', new RegExp(`^CONNECT ${edge.address} HTTP/1.1\r\nHost: `))
  assert.equal(proxy.seen.length, 1)
  link.close()
})

test('a connector dials through a proxy that is reached by TLS, and checks its certificate [K2]', async () => {
  await using edge = await startAwaited()
  const authority = await createTestAuthority('Corporate authority')
  await using proxy = await startProxy(undefined, await authority.issue(['127.0.0.1']))
  const through = { transport: 'auto', proxy: proxyAt(proxy.port, '', 'https') } as const
  const link = await connect(edge, createWayOut({ ...through, proxyCa: [authority.caPem] }))
  await edge.joined
  await exchange(edge)
  link.close()
  await assert.rejects(connect(edge, createWayOut(through)), /the proxy .* cannot be reached: /)
})

const refusals = [
  ['no credentials', allowed('ann:secret'), '', /asks for user and password/],
  [
    'wrong credentials',
    allowed('ann:secret'),
    'ann:guess@',
    /does not take this user and password/,
  ],
  [
    'a scheme that is not Basic',
    () => 'HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n\r\n',
    'ann:secret@',
    /asks for credentials by Negotiate, NTLM, and this connector can only do Basic/,
  ],
  ['403', () => 'HTTP/1.1 403 Forbidden\r\n\r\n', '', /does not allow CONNECT to 127.0.0.1:\d+/],
  ['502', () => 'HTTP/1.0 502 Bad Gateway\r\n\r\n', '', /cannot reach 127.0.0.1:\d+ \(502\)/],
  ['another status', () => 'HTTP/1.1 405 No\r\n\r\n', '', /refused CONNECT to .* \(405\)/],
  ['no HTTP', () => 'SSH-2.0-OpenSSH\r\n\r\n', '', /does not speak HTTP/],
  ['nothing but the end', () => '', '', /closed the connection without an answer/],
  ['a head without end', () => 'HTTP/1.1 200 OK\r\nA: '.padEnd(20_000, 'a'), '', /is too long/],
] as const
for (const [what, answer, user, sentence] of refusals) {
  test(`a proxy that answers with ${what} is told in plain words [K2]`, async () => {
    await using edge = await startEdge()
    await using proxy = await startProxy(answer)
    const wayOut = createWayOut({ transport: 'auto', proxy: proxyAt(proxy.port, user) })
    await assert.rejects(connect(edge, wayOut), (fault: unknown) => {
      assert.ok(fault instanceof Fault)
      assert.equal(fault.code, 'edge-unreachable')
      assert.match(fault.message, sentence)
      assert.ok(!fault.message.includes('secret'))
      return true
    })
    assert.equal(proxy.seen.length, 1)
  })
}

test('a proxy that does not answer, or is not there, is given up in time [K2]', async (t) => {
  await using edge = await startEdge()
  await using silent = await startSilence()
  const wayOut = createWayOut({ transport: 'auto', proxy: proxyAt(silent.port) })
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const dialled = assert.rejects(
    connect(edge, wayOut, { timeoutMs: 50 }),
    /the proxy does not answer: no answer within 50 ms/,
  )
  // It waits for the answer by then.
  await silent.heard
  t.mock.timers.tick(50)
  await dialled
  const gone = createWayOut({ transport: 'auto', proxy: proxyAt(1) })
  await assert.rejects(connect(edge, gone), /the proxy .* cannot be reached: .*ECONNREFUSED/)
})

test('what NO_PROXY names is dialled without the proxy [K2]', async () => {
  await using edge = await startAwaited()
  await using proxy = await startProxy()
  const through = { transport: 'auto', proxy: proxyAt(proxy.port) } as const
  const link = await connect(edge, createWayOut({ ...through, noProxy: '127.0.0.0/8' }))
  await edge.joined
  assert.deepEqual(proxy.seen, [])
  link.close()
})

test('where the tunnel’s ALPN name does not pass, a WebSocket does, and goes first from then on [K2]', async () => {
  await using edge = await startAwaited()
  await using filter = await startAlpnFilter(edge.address)
  let now = 0
  const wayOut = createWayOut({ transport: 'auto', now: () => now })
  const address = { host: '127.0.0.1', port: filter.port }
  const order = () => wayOut.carriers(address).map(({ name }) => name)
  const link = await connect(edge, wayOut, { edge: `127.0.0.1:${filter.port}` })
  assert.equal(await edge.joined, '127.0.0.1')
  await exchange(edge, 3_000_000)
  assert.deepEqual(order(), ['websocket', 'direct'])
  now += 600_000
  assert.deepEqual(order(), ['direct', 'websocket'])
  link.close()
  assert.notEqual((await link.closed).code, 'violated')
})

test('a box that ends TLS reads nothing: the tunnel’s own TLS runs inside the WebSocket, pinned as ever [K1] [K2]', async () => {
  await using edge = await startAwaited()
  const corporate = await createTestAuthority('Corporate authority')
  await using box = await startInterceptor(edge.address, corporate)
  const address = `127.0.0.1:${box.port}`
  const wayOut = createWayOut({ transport: 'auto' })
  const pinned = await fetchAuthority({ edge: address, wayOut }, edge.fingerprint)
  assert.equal(pinned.trim(), edge.caPem.trim())
  const link = await connect(edge, wayOut, { edge: address })
  await edge.joined
  await exchange(edge)
  link.close()
  // The direct way shows what the box is, and is refused.
  const direct = createWayOut({ transport: 'direct' })
  await assert.rejects(connect(edge, direct, { edge: address }), { code: 'foreign-edge' })
})

test('another edge inside the WebSocket is as foreign as one without it [K1]', async () => {
  const stranger = await createTestAuthority('Another authority')
  await using edge = await startEdge({ from: stranger })
  const { caPem } = await testAuthority()
  const wayOut = createWayOut({ transport: 'websocket' })
  await assert.rejects(connect(edge, wayOut, { caPem }), { code: 'foreign-edge' })
})

test('where neither passes, both are told, and the direct one gives the code [K2]', async () => {
  await using box = await startInterceptor('127.0.0.1:1', await createTestAuthority('Corporate'))
  await using edge = await startEdge()
  const wayOut = createWayOut({ transport: 'auto' })
  const dialled = connect(edge, wayOut, { edge: `127.0.0.1:${box.port}` })
  await assert.rejects(dialled, {
    code: 'foreign-edge',
    message: /; 127\.0\.0\.1:\d+ by WebSocket /,
  })
})

const upgrades = [
  ['another path', '/other', ['Upgrade: websocket', 'Connection: Upgrade'], 404],
  ['no WebSocket', '/sallyport/tunnel', ['Upgrade: h2c', 'Connection: Upgrade'], 404],
  [
    'a WebSocket without a key',
    '/sallyport/tunnel',
    ['Upgrade: websocket', 'Connection: Upgrade'],
    400,
  ],
] as const
for (const [what, path, fields, status] of upgrades) {
  test(`the entrance refuses ${what} [K2]`, async () => {
    await using edge = await startEdge()
    const [host, port] = edge.address.split(':')
    const address = { host, port: Number(port), ALPNProtocols: ['http/1.1'] }
    const socket = connectTls({ ...address, rejectUnauthorized: false })
    socket.write([`GET ${path} HTTP/1.1`, 'Host: edge', ...fields, '', ''].join('\r\n'))
    const answer = await text(socket)
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `))
  })
}

test('what comes inside a WebSocket and is no tunnel is closed [K2]', async () => {
  await using edge = await startEdge()
  const [host = '', port] = edge.address.split(':')
  const address = { host, port: Number(port) }
  const { signal } = new AbortController()
  const stream = await openWebSocket(await openTcp(address, signal), address, signal)
  stream.on('error', () => {}).resume()
  stream.write('GET / HTTP/1.1\r\n\r\n')
  await once(stream, 'end')
  assert.deepEqual(edge.hub.connected, [])
})
