import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Duplex, duplexPair } from 'node:stream'
import { createServer, type TLSSocket } from 'node:tls'
import { type Log, silentLog } from '../base/log.ts'
import { connectLink } from './connector-end.ts'
import { ConnectorLink } from './connector-link.ts'
import { ConnectorState } from './connector-state.ts'
import { type Link, LinkHub, type LinkHubOptions } from './edge-end.ts'
import { EdgeLink } from './edge-link.ts'
import type { Serve } from './exchange.ts'
import { FrameReader, frameHeaderBytes, frameType } from './frame.ts'
import { type Hello, handshakeFrame, receiveHandshakeFrame, signProof } from './handshake.ts'
import { defaultLimits, type TunnelLimits, tunnelAlpn } from './limits.ts'
import { PassingLink, passOn } from './passage.ts'
import { createTestAuthority, type TestAuthority } from './test-authority.ts'
import { WebSocketEntrance } from './web-socket-entrance.ts'

export const connectorId = 'connector-1'
export const groupId = 'group-1'
export const keys = generateKeyPairSync('ed25519')
export const publicKey = rawKey(keys.publicKey)

export function rawKey(key: KeyObject): string {
  return key.export({ format: 'jwk' }).x as string
}

const testPlace = { edgeId: 'test', worker: 0, workers: 1 }

let authority: Promise<TestAuthority> | undefined

/** One authority for all tests of a file: making one takes a while. */
export function testAuthority(): Promise<TestAuthority> {
  authority ??= createTestAuthority()
  return authority
}

/** A hub that knows `connectorId`, behind a TLS listener on 127.0.0.1. */
export interface TestEdge extends AsyncDisposable {
  readonly hub: LinkHub
  readonly address: string
  readonly caPem: string
  readonly fingerprint: string
  /** Cuts every connection without a word, as a network does. */
  cut(): void
}

type EdgeChange = Partial<LinkHubOptions> & {
  readonly names?: readonly string[]
  readonly from?: TestAuthority
}

export async function startEdge(change: EdgeChange = {}): Promise<TestEdge> {
  const issuer = change.from ?? (await testAuthority())
  const hub = createHub({ caPem: issuer.caPem, ...change })
  const listening = await listen(issuer, change.names, () => hub)
  return {
    hub,
    caPem: issuer.caPem,
    fingerprint: issuer.fingerprint,
    ...listening,
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]()
      listening.close()
    },
  }
}

/** An edge of several workers behind one port. `draw` says which worker the next connection goes to. */
export async function startWorkers(workers: number, draw: () => number) {
  const issuer = await testAuthority()
  const hubs = Array.from({ length: workers }, (_, worker) =>
    createHub({ caPem: issuer.caPem, place: { edgeId: 'edge', worker, workers } }),
  )
  const listening = await listen(issuer, undefined, () => hubs[draw()] as LinkHub)
  return {
    hubs,
    caPem: issuer.caPem,
    address: listening.address,
    async [Symbol.asyncDispose]() {
      await Promise.all(hubs.map((hub) => hub[Symbol.asyncDispose]()))
      listening.close()
    },
  }
}

async function listen(
  issuer: TestAuthority,
  names: readonly string[] = ['127.0.0.1'],
  hubFor: () => LinkHub,
) {
  const { certPem: cert, keyPem: key } = await issuer.issue(names)
  // As on an edge, whoever asks for a page gets an answer.
  const http = createHttpServer((_, answer) => answer.writeHead(404).end())
  http.on('upgrade', (request, socket, head) => {
    new WebSocketEntrance(hubFor(), { cert, key }).upgrade(request, socket, head)
  })
  const ALPNProtocols = [tunnelAlpn, 'http/1.1']
  const server = createServer({ cert, key, ALPNProtocols, minVersion: 'TLSv1.3' })
  const sockets = new Set<TLSSocket>()
  server.on('secureConnection', (socket) => {
    sockets.add(socket)
    if (socket.alpnProtocol === tunnelAlpn) hubFor().accept(socket)
    else http.emit('connection', socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    close() {
      cut()
      server.close()
    },
  }
}

export function createHub(change: Partial<LinkHubOptions> = {}): LinkHub {
  const hub = new LinkHub({
    publicKeyOf: async (id) => (id === connectorId ? publicKey : undefined),
    enrol: async () => ({ refused: 'unknown-token' }),
    caPem: '',
    log: silentLog,
    ...change,
  })
  hub.regroup(new Map([[connectorId, groupId]]))
  return hub
}

export interface TunnelOptions {
  readonly serve: Serve
  readonly edgeLimits?: Partial<TunnelLimits>
  readonly connectorLimits?: Partial<TunnelLimits>
  readonly log?: Log
}

/** Both ends, connected. */
export interface TestTunnel extends AsyncDisposable {
  readonly hub: LinkHub
  readonly link: Link
  readonly connector: ConnectorLink
  /** Cuts the connection without a word. */
  cut(): void
}

/** Every transport that the tunnel has to work over. */
export const transports = {
  TLS: startOverTls,
  'a plain duplex': startOverDuplex,
  'another process of the edge': startOverPassage,
} as const

export async function startOverTls(options: TunnelOptions): Promise<TestTunnel> {
  const joined = Promise.withResolvers<void>()
  const edge = await startEdge({
    limits: options.edgeLimits ?? {},
    log: options.log ?? silentLog,
    onConnected: () => joined.resolve(),
  })
  const connector = await connectLink({
    edge: edge.address,
    caPem: edge.caPem,
    connectorId,
    privateKey: keys.privateKey,
    machineName: 'test',
    version: '1',
    serve: options.serve,
    log: options.log ?? silentLog,
    limits: options.connectorLimits ?? {},
  })
  await joined.promise
  return {
    hub: edge.hub,
    link: edge.hub.choose(groupId) as Link,
    connector,
    cut: () => edge.cut(),
    async [Symbol.asyncDispose]() {
      connector.close()
      await edge[Symbol.asyncDispose]()
    },
  }
}

export async function startOverDuplex(options: TunnelOptions): Promise<TestTunnel> {
  const raw = await startRawConnector(options)
  const limits = { ...defaultLimits, ...options.connectorLimits }
  const terms = { limits, peerCreditBytes: raw.edgeCreditBytes, log: options.log ?? silentLog }
  const connector = new ConnectorLink(raw.socket, terms, testPlace, options.serve)
  return {
    hub: raw.hub,
    link: raw.link,
    connector,
    cut: () => raw.socket.destroy(),
    async [Symbol.asyncDispose]() {
      connector.close()
      await raw.hub[Symbol.asyncDispose]()
    },
  }
}

async function startOverPassage(options: TunnelOptions): Promise<TestTunnel> {
  const beyond = await startOverDuplex(options)
  const [near, far] = duplexPair()
  const limits = { ...defaultLimits, ...options.edgeLimits }
  const terms = {
    limits,
    peerCreditBytes: limits.initialCreditBytes,
    log: options.log ?? silentLog,
  }
  const through = new EdgeLink(
    near,
    terms,
    new ConnectorState('another process'),
    limits.streamsPerLink,
  )
  const passing = new ConnectorLink(
    far,
    terms,
    testPlace,
    passOn(() => beyond.link),
  )
  return {
    ...beyond,
    link: new PassingLink(through, groupId),
    async [Symbol.asyncDispose]() {
      passing.close()
      await beyond[Symbol.asyncDispose]()
    },
  }
}

/** An edge with a link whose other end is in the test's hand, behind the handshake. */
export interface RawConnector extends AsyncDisposable {
  readonly hub: LinkHub
  readonly link: Link
  readonly socket: Duplex
  readonly edgeCreditBytes: number
}

export async function startRawConnector(
  options: Omit<TunnelOptions, 'serve'> = {},
): Promise<RawConnector> {
  const joined = Promise.withResolvers<void>()
  const hub = createHub({
    limits: options.edgeLimits ?? {},
    log: options.log ?? silentLog,
    onConnected: () => joined.resolve(),
  })
  const [edgeSide, socket] = duplexPair()
  const binding = randomBytes(32)
  hub.adopt(edgeSide, binding, '192.0.2.1')
  const limits = { ...defaultLimits, ...options.connectorLimits }
  socket.write(handshakeFrame(frameType.hello, helloWith(limits, binding)))
  const welcome = await receiveHandshakeFrame(socket, 1_000)
  await joined.promise
  return {
    hub,
    link: hub.choose(groupId) as Link,
    socket,
    edgeCreditBytes: JSON.parse(welcome.payload.toString()).creditBytes,
    async [Symbol.asyncDispose]() {
      socket.destroy()
      await hub[Symbol.asyncDispose]()
    },
  }
}

/** A connector's link whose edge is in the test's hand, behind the handshake. */
export function startRawEdge(serve: Serve, change: Partial<TunnelLimits> = {}) {
  const [connectorSide, socket] = duplexPair()
  const limits = { ...defaultLimits, ...change }
  const terms = { limits, peerCreditBytes: limits.initialCreditBytes, log: silentLog }
  return { socket, connector: new ConnectorLink(connectorSide, terms, testPlace, serve) }
}

export function helloWith(limits: TunnelLimits, binding: Buffer): Hello {
  return {
    versionMin: 1,
    versionMax: 1,
    streams: limits.streamsPerLink,
    creditBytes: limits.initialCreditBytes,
    machineName: 'test',
    softwareVersion: '1',
    connectorId,
    signature: signProof(keys.privateKey, connectorId, binding),
  }
}

/** One frame as bytes. */
export function frameBytes(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array,
): Buffer {
  const header = Buffer.alloc(frameHeaderBytes)
  header.writeUIntBE(payload.length, 0, 3)
  header[3] = type
  header[4] = flags
  header.writeUInt32BE(stream, 5)
  return Buffer.concat([header, payload])
}

/** A HEAD payload. */
export function headPayload(text: string, body = ''): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  return Buffer.concat([length, Buffer.from(text, 'latin1'), Buffer.from(body)])
}

export interface SeenFrame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

/** Collects the frames that arrive on a raw socket; `until` resolves with the first that fits. */
export function collectFrames(socket: Duplex) {
  const frames: SeenFrame[] = []
  const waiting: { fits: (frame: SeenFrame) => boolean; resolve: (frame: SeenFrame) => void }[] = []
  const see = (frame: SeenFrame): void => {
    frames.push(frame)
    for (const waiter of waiting) if (waiter.fits(frame)) waiter.resolve(frame)
  }
  const reader = new FrameReader({
    onFrame: (type, flags, stream, buffer, start, end) =>
      see({ type, flags, stream, payload: Buffer.from(buffer.subarray(start, end)) }),
    onData: (stream, piece) => see({ type: frameType.data, flags: 0, stream, payload: piece }),
  })
  socket.on('data', (chunk: Buffer) => reader.read(chunk))
  socket.on('error', () => {})
  socket.resume()
  return {
    frames,
    until(fits: (frame: SeenFrame) => boolean): Promise<SeenFrame> {
      const seen = frames.find(fits)
      if (seen) return Promise.resolve(seen)
      return new Promise((resolve) => waiting.push({ fits, resolve }))
    },
  }
}
