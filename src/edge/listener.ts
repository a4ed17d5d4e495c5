import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import {
  createServer as createHttp2Server,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2'
import {
  type AddressInfo,
  createServer as createNetServer,
  type Server as NetServer,
  type Socket,
} from 'node:net'
import type { Duplex } from 'node:stream'
import {
  createServer as createTlsServer,
  type SecureContext,
  type TLSSocket,
  type Server as TlsServer,
} from 'node:tls'
import type { Log } from '../base/log.ts'
import { headerMaxBytes } from './request.ts'

/** A Node request with its response, whichever protocol it came by. */
export type NodeRequest = IncomingMessage | Http2ServerRequest
export type NodeResponse = ServerResponse | Http2ServerResponse

export interface ListenerHooks {
  /** The certificate for a server name; undefined refuses the handshake. */
  contextFor(serverName: string): Promise<SecureContext | undefined>
  /** Key and certificate (PEM) for clients that send no server name. */
  readonly withoutServerName: { readonly key: string; readonly cert: string }
  onTunnel(socket: TLSSocket): void
  onRequest(request: NodeRequest, response: NodeResponse): void
  /** HTTP/1.1 Upgrade to WebSocket, with the bytes that came behind the head. */
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** HTTP/2 extended CONNECT (RFC 8441). */
  onConnect(request: Http2ServerRequest, response: Http2ServerResponse): void
  readonly log: Log
}

// Slow clients: Node's own defaults let headers take 91 s (docs/decisions/0006-listener-limits.md).
const handshakeTimeoutMs = 10_000
const headersTimeoutMs = 10_000
const sweepIntervalMs = 1_000
const keepAliveTimeoutMs = 75_000
// How soon a connection is closed whose last answer was given while the edge is ending.
const drainSweepIntervalMs = 50
// Envoy's edge guide: 100 streams, windows of 64 KiB and 1 MiB.
const http2MaxStreams = 100
const http2StreamWindowBytes = 256 * 1024
const http2LinkWindowBytes = 1024 * 1024
// Announced so that WebSockets travel on the same connection (RFC 8441 §3).
const http2Settings = {
  enableConnectProtocol: true,
  maxConcurrentStreams: http2MaxStreams,
  maxHeaderListSize: headerMaxBytes,
  initialWindowSize: http2StreamWindowBytes,
}

/** One port for browsers over HTTP/1.1 and HTTP/2 and for connectors: TLS, then by ALPN. */
export class Listener {
  readonly #net: NetServer
  readonly #sockets = new Set<Socket>()
  #serving: Serving | undefined

  constructor() {
    this.#net = createNetServer({ noDelay: true, keepAlive: true }, (socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
      this.#serving?.tls.emit('connection', socket)
    })
  }

  /** Takes the port (0 for any free one) and resolves to it. Rejects with the system's error (EADDRINUSE, EACCES). */
  bind(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#net.once('error', reject)
      this.#net.listen(port, host, () => {
        this.#net.off('error', reject)
        resolve((this.#net.address() as AddressInfo).port)
      })
    })
  }

  /** Starts to answer; connections that came before have waited. */
  serve(hooks: ListenerHooks, tunnelAlpn: string): void {
    const http1 = createHttp1(hooks)
    const http2 = createHttp2(hooks)
    const tls = createTls(hooks, tunnelAlpn, (socket) => {
      if (socket.alpnProtocol === tunnelAlpn) hooks.onTunnel(socket)
      else if (socket.alpnProtocol === 'h2') http2.emit('connection', socket)
      else http1.emit('connection', socket)
    })
    this.#serving = { tls, http1, http2 }
    for (const socket of this.#sockets) tls.emit('connection', socket)
  }

  /** Stops accepting, lets requests finish for `graceMs`, then closes what is left. */
  async close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#net.close(() => resolve()))
    const closeIdle = () => this.#serving?.http1.closeIdleConnections()
    closeIdle()
    const sweep = setInterval(closeIdle, drainSweepIntervalMs)
    this.#serving?.http2.close()
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy()
    }, graceMs)
    await closed
    clearInterval(sweep)
    clearTimeout(timer)
  }
}

interface Serving {
  readonly tls: TlsServer
  readonly http1: Server
  readonly http2: Http2Server
}

function createTls(
  hooks: ListenerHooks,
  tunnelAlpn: string,
  onSecure: (socket: TLSSocket) => void,
): TlsServer {
  const options = {
    ALPNProtocols: ['h2', 'http/1.1', tunnelAlpn],
    minVersion: 'TLSv1.2' as const,
    handshakeTimeout: handshakeTimeoutMs,
    SNICallback: (serverName: string, done: ContextChosen) =>
      chooseContext(hooks, serverName, done),
    ...hooks.withoutServerName,
  }
  const server = createTlsServer(options, (socket) => {
    // Every secure socket needs a listener, or a reset in the wrong moment ends the process.
    socket.on('error', (error) => hooks.log.debug({ error: error.message }, 'client socket'))
    onSecure(socket)
  })
  server.on('tlsClientError', (error) =>
    hooks.log.debug({ error: error.message }, 'TLS handshake failed'),
  )
  return server
}

type ContextChosen = (error: Error | null, context?: SecureContext) => void

function chooseContext(hooks: ListenerHooks, serverName: string, done: ContextChosen): void {
  hooks.contextFor(serverName).then(
    (context) => (context ? done(null, context) : done(new Error('no certificate for this name'))),
    (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
  )
}

function createHttp1(hooks: ListenerHooks): Server {
  const server = createServer({
    headersTimeout: headersTimeoutMs,
    requestTimeout: 0,
    connectionsCheckingInterval: sweepIntervalMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    maxHeaderSize: headerMaxBytes,
    // A request that announces no body has none (RFC 9112 §6.3); without a stream for it every GET is a twentieth cheaper.
    optimizeEmptyRequests: true,
    // Node would answer itself, and go on with what stands behind on the connection. [F8]
    requireHostHeader: false,
    // Everything else with an Upgrade field is an ordinary request (RFC 9110 §7.8).
    shouldUpgradeCallback: (request) =>
      request.method === 'GET' && request.headers.upgrade?.toLowerCase() === 'websocket',
  })
  // Fields beyond Node's count limit are hidden from us but frame the message all the same (CVE-2026-58044).
  server.maxHeadersCount = 0
  // Node keeps track of connections, hence of slow and idle ones, only from this event on; the port is not the server's.
  server.emit('listening')
  server.on('request', hooks.onRequest)
  server.on('checkExpectation', hooks.onRequest)
  server.on('upgrade', hooks.onUpgrade)
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const status = parserRefusals[error.code ?? ''] ?? '400 Bad Request'
    if (socket.writable)
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    else socket.destroy()
  })
  return server
}

/** A session that does not begin, or carries nothing, is closed; one with a quiet stream is not: WebSockets are quiet. */
function limitSession(session: ServerHttp2Session): void {
  const preface = setTimeout(() => session.destroy(), headersTimeoutMs)
  session.once('remoteSettings', () => clearTimeout(preface))
  session.once('close', () => clearTimeout(preface))
  let streams = 0
  session.on('stream', (stream) => {
    streams += 1
    stream.once('close', () => {
      streams -= 1
    })
  })
  session.setTimeout(keepAliveTimeoutMs, () => {
    if (streams === 0) session.close()
  })
}

// What Node's parser finds besides bytes that are no HTTP, as the status line says it.
const parserRefusals: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
}

function createHttp2(hooks: ListenerHooks): Http2Server {
  // A repeated X-Content-Type-Options of an application is no reason to refuse its answer.
  const server = createHttp2Server({ settings: http2Settings, strictSingleValueFields: false })
  server.on('session', (session) => {
    session.setLocalWindowSize(http2LinkWindowBytes)
    session.on('error', (error) => hooks.log.debug({ error: error.message }, 'HTTP/2 session'))
    limitSession(session)
  })
  server.on('request', hooks.onRequest)
  server.on('connect', hooks.onConnect as never)
  return server
}
