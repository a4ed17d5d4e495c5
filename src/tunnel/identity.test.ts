import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { test } from 'node:test'
import { createServer, type TLSSocket } from 'node:tls'
import { Fault } from '../base/fault.ts'
import { silentLog } from '../base/log.ts'
import { parseEdgeAddress } from './carrier.ts'
import { type ConnectOptions, connectLink, EdgeRefusal, requestEnrolment } from './connector-end.ts'
import { dialEdge, fetchAuthority } from './dial.ts'
import type { LinkHubOptions } from './edge-end.ts'
import { frameType } from './frame.ts'
import { channelBinding, handshakeFrame, receiveHandshakeFrame, signProof } from './handshake.ts'
import { defaultLimits, handshakeBytesMax, tunnelAlpn } from './limits.ts'
import { createTestAuthority } from './test-authority.ts'
import { answerAtOnce } from './test-exchange.ts'
import {
  connectorId,
  createHub,
  frameBytes,
  helloWith,
  keys,
  publicKey,
  rawKey,
  startEdge,
  type TestEdge,
  testAuthority,
} from './test-tunnel.ts'

// An edge that says nothing fails its test; one that is slow on a busy machine does not.
const answerMaxMs = 20_000

const strangerKeys = generateKeyPairSync('ed25519')

function connect(edge: TestEdge, change: Partial<ConnectOptions> = {}) {
  return connectLink({
    edge: edge.address,
    caPem: edge.caPem,
    connectorId,
    privateKey: keys.privateKey,
    machineName: 'test',
    version: '1',
    serve: answerAtOnce,
    log: silentLog,
    ...change,
  })
}

/** A HELLO of the test's own making over a real TLS session; resolves to what the edge answers. */
async function sayHello(socket: TLSSocket, change: object = {}) {
  const hello = { ...helloWith(defaultLimits, channelBinding(socket)), ...change }
  socket.write(handshakeFrame(frameType.hello, hello))
  const { type, payload } = await receiveHandshakeFrame(socket, answerMaxMs)
  socket.destroy()
  return { type, content: JSON.parse(payload.toString()) }
}

const refusals: readonly [string, Partial<ConnectOptions>, string, Partial<LinkHubOptions>?][] = [
  ['a connector nobody knows', { connectorId: 'connector-2' }, 'unknown-connector'],
  ['another key than the enrolled one', { privateKey: strangerKeys.privateKey }, 'bad-signature'],
  [
    'a directory that does not answer',
    {},
    'unavailable',
    { publicKeyOf: () => Promise.reject(new Error('down')) },
  ],
  [
    'a key in the directory that is none',
    {},
    'bad-signature',
    { publicKeyOf: async () => 'no key' },
  ],
]
for (const [what, change, code, options] of refusals) {
  test(`the edge refuses ${what} and says so: ${code} [K1]`, async () => {
    await using edge = await startEdge(options)
    await assert.rejects(connect(edge, change), (error: unknown) => {
      assert.ok(error instanceof EdgeRefusal)
      assert.equal(error.refusal, code)
      return true
    })
    assert.deepEqual(edge.hub.connected, [])
  })
}

test('a proof made for one TLS session is worth nothing in another [K1]', async () => {
  await using edge = await startEdge()
  const dial = { edge: edge.address, caPem: edge.caPem }
  const [first, second] = [await dialEdge(dial), await dialEdge(dial)]
  const signature = signProof(keys.privateKey, connectorId, channelBinding(first))
  assert.equal((await sayHello(second, { signature })).content.code, 'bad-signature')
  assert.equal((await sayHello(first, { signature })).type, frameType.welcome)
})

test('a proof for one connector is worth nothing for another [K1]', async () => {
  await using edge = await startEdge({ publicKeyOf: async () => publicKey })
  const socket = await dialEdge({ edge: edge.address, caPem: edge.caPem })
  const answer = await sayHello(socket, { connectorId: 'connector-2' })
  assert.equal(answer.content.code, 'bad-signature')
})

const hellos = [
  ['a version it does not know', { versionMin: 2, versionMax: 9 }, 'version'],
  ['a machine name with control bytes', { machineName: 'a\nb' }, 'protocol-error'],
  ['a machine name that turns around', { machineName: 'safe\u202eevil' }, 'protocol-error'],
  ['a version with a line of its own', { softwareVersion: '1\u2028 2' }, 'protocol-error'],
  ['no credit', { creditBytes: 0 }, 'protocol-error'],
  ['no machine name', { machineName: undefined }, 'protocol-error'],
] as const
for (const [what, change, code] of hellos) {
  test(`the edge refuses a hello with ${what}`, async () => {
    await using edge = await startEdge()
    const socket = await dialEdge({ edge: edge.address, caPem: edge.caPem })
    const { type, content } = await sayHello(socket, change)
    assert.deepEqual([type, content.code], [frameType.refused, code])
  })
}

test('both ends settle on a version that both know', async () => {
  await using edge = await startEdge()
  const socket = await dialEdge({ edge: edge.address, caPem: edge.caPem })
  const { type, content } = await sayHello(socket, { versionMin: 1, versionMax: 7 })
  assert.deepEqual([type, content.version], [frameType.welcome, 1])
})

const beginnings = [
  ['another frame', frameBytes(frameType.ping, 0, 0, Buffer.alloc(8))],
  ['no JSON', frameBytes(frameType.hello, 0, 0, Buffer.from('hello'))],
  ['JSON that is no object', frameBytes(frameType.hello, 0, 0, Buffer.from('[1]'))],
  ['too long a hello', frameBytes(frameType.hello, 0, 0, Buffer.alloc(handshakeBytesMax + 1))],
  ['an empty hello', frameBytes(frameType.hello, 0, 0, Buffer.alloc(0))],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n')],
] as const
for (const [what, bytes] of beginnings) {
  test(`the edge turns away a connection that begins with ${what}`, async () => {
    await using edge = await startEdge()
    const socket = await dialEdge({ edge: edge.address, caPem: edge.caPem })
    socket.write(bytes)
    const { type } = await receiveHandshakeFrame(socket, answerMaxMs)
    assert.equal(type, frameType.refused)
    socket.on('error', () => {}).resume()
    await once(socket, 'close')
  })
}

test('a connection that says nothing is closed after the handshake timeout', async () => {
  await using edge = await startEdge({ limits: { handshakeMs: 30 } })
  const socket = await dialEdge({ edge: edge.address, caPem: edge.caPem })
  socket.on('error', () => {}).resume()
  await once(socket, 'close')
})

test('no more connections than the limit wait for their handshake', async () => {
  await using edge = await startEdge({ limits: { handshakesPending: 1 } })
  const dial = { edge: edge.address, caPem: edge.caPem }
  const waiting = await dialEdge(dial)
  const extra = await dialEdge(dial)
  extra.on('error', () => {}).resume()
  await once(extra, 'close')
  assert.equal((await sayHello(waiting)).type, frameType.welcome)
})

test('accept() survives a socket that is gone already, and one that is below TLS 1.3', async () => {
  await using edge = await startEdge()
  const hub = createHub()
  const { certPem, keyPem } = await (await testAuthority()).issue(['127.0.0.1'])
  const server = createServer({
    cert: certPem,
    key: keyPem,
    ALPNProtocols: [tunnelAlpn],
    maxVersion: 'TLSv1.2',
  })
  server.on('secureConnection', (socket) => hub.accept(socket))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const edgeAddress = `127.0.0.1:${(server.address() as AddressInfo).port}`
  await assert.rejects(dialEdge({ edge: edgeAddress, caPem: edge.caPem }), Fault)
  const gone = await dialEdge({ edge: edge.address, caPem: edge.caPem })
  gone.destroy()
  hub.accept(gone)
  server.close()
  assert.deepEqual(hub.connected, [])
})

test('a connector leaves alone an edge that the pinned authority does not vouch for [K1]', async () => {
  await using edge = await startEdge()
  const stranger = await createTestAuthority('Another authority')
  await assert.rejects(connect(edge, { caPem: stranger.caPem }), { code: 'foreign-edge' })
})

test('a connector leaves alone an edge with the wrong name or an old certificate [K1]', async () => {
  await using named = await startEdge({ names: ['edge.example'] })
  await assert.rejects(connect(named), { code: 'foreign-edge' })
  const authority = await testAuthority()
  const old = await authority.issue(['127.0.0.1'], { expired: true })
  const server = createServer({ cert: old.certPem, key: old.keyPem, ALPNProtocols: [tunnelAlpn] })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const edge = `127.0.0.1:${(server.address() as AddressInfo).port}`
  await assert.rejects(dialEdge({ edge, caPem: authority.caPem }), { code: 'foreign-edge' })
  server.close()
})

test('a server that does not speak the tunnel is told apart from no server', async () => {
  const authority = await testAuthority()
  const { certPem, keyPem } = await authority.issue(['127.0.0.1'])
  for (const ALPNProtocols of [['http/1.1'], undefined]) {
    const server = createServer({
      cert: certPem,
      key: keyPem,
      ...(ALPNProtocols && { ALPNProtocols }),
    })
    server.on('tlsClientError', () => {})
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const edge = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const dial = { edge, caPem: authority.caPem }
    await assert.rejects(dialEdge(dial), { code: 'edge-refused' })
    server.close()
    await once(server, 'close')
    await assert.rejects(dialEdge(dial), { code: 'edge-unreachable' })
  }
})

test('dialling ends with its timeout and with its signal', async () => {
  const silent = createTcpServer()
  await once(silent.listen(0, '127.0.0.1'), 'listening')
  const edge = `127.0.0.1:${(silent.address() as AddressInfo).port}`
  const { caPem } = await testAuthority()
  await assert.rejects(dialEdge({ edge, caPem, timeoutMs: 20 }), { code: 'edge-unreachable' })
  const abort = new AbortController()
  const dialling = dialEdge({ edge, caPem, signal: abort.signal })
  abort.abort()
  await assert.rejects(dialling, { code: 'edge-unreachable' })
  silent.close()
})

test('enrolment hands out the name and the authority, for a key its owner has [K1]', async () => {
  const enrolled: unknown[] = []
  await using edge = await startEdge({
    enrol: async (secret, { externalIp, ...facts }) => {
      enrolled.push({ secret, ...facts, local: externalIp.endsWith('127.0.0.1') })
      return { connectorId: 'connector-9' }
    },
  })
  const request = {
    edge: edge.address,
    caPem: edge.caPem,
    secret: 'one-time-secret-of-a-token',
    privateKey: strangerKeys.privateKey,
    publicKey: rawKey(strangerKeys.publicKey),
    machineName: 'host-1',
    version: '2',
  }
  const { connectorId: name, caPem } = await requestEnrolment(request)
  assert.deepEqual([name, caPem], ['connector-9', edge.caPem])
  await assert.rejects(requestEnrolment({ ...request, publicKey }), { refusal: 'bad-signature' })
  assert.deepEqual(enrolled, [
    {
      secret: request.secret,
      publicKey: request.publicKey,
      machineName: 'host-1',
      version: '2',
      local: true,
    },
  ])
})

test('a key that is registered already enrols no second connector, and is told why [K1]', async () => {
  await using edge = await startEdge({
    enrol: async () => {
      throw new Fault('already-exists', 'this key is connector 1 already')
    },
  })
  const request = {
    ...{ edge: edge.address, caPem: edge.caPem, secret: 'one-time-secret-of-a-token' },
    privateKey: strangerKeys.privateKey,
    publicKey: rawKey(strangerKeys.publicKey),
    ...{ machineName: 'host-1', version: '2' },
  }
  await assert.rejects(requestEnrolment(request), { refusal: 'bad-signature' })
})

test('the authority is found by its fingerprint in the chain, or not at all [K1]', async () => {
  await using edge = await startEdge()
  const pem = await fetchAuthority({ edge: edge.address }, edge.fingerprint)
  assert.equal(pem.trim(), edge.caPem.trim())
  const other = randomBytes(32).toString('hex')
  await assert.rejects(fetchAuthority({ edge: edge.address }, other), { code: 'foreign-edge' })
})

const addresses = [
  ['edge.example:8443', { host: 'edge.example', port: 8443 }],
  ['edge.example', { host: 'edge.example', port: 443 }],
  ['[2001:db8::1]:443', { host: '2001:db8::1', port: 443 }],
  ['10.0.0.1:1', { host: '10.0.0.1', port: 1 }],
  ['edge.example:0', undefined],
  ['edge.example:65536', undefined],
  ['https://edge.example', undefined],
  ['edge.example/path', undefined],
  ['2001:db8::1', undefined],
  ['', undefined],
] as const
for (const [text, address] of addresses) {
  test(`parseEdgeAddress(${JSON.stringify(text)})`, () => {
    const parsed = parseEdgeAddress(text)
    assert.deepEqual('value' in parsed ? parsed.value : undefined, address)
  })
}
