import {
  type AddressInfo,
  createServer as createNetServer,
  type Server as NetServer,
  type Socket,
} from 'node:net'
import {
  createServer as createTlsServer,
  type SecureContext,
  type TLSSocket,
  type Server as TlsServer,
} from 'node:tls'
import type { Log } from '../base/log.ts'
import type { Http2Limits } from '../http2/limits.ts'
import { connectionsMax } from './descriptors.ts'
import type { Http1Limits } from './limits.ts'
import { type Http1Hooks, Http1Listener } from './listen-http1.ts'
import { type Http2Hooks, Http2Listener } from './listen-http2.ts'
import type { ListenerLimits } from './listener-limits.ts'

export interface ListenerHooks extends Http1Hooks, Http2Hooks {
  /** The certificate for a server name; undefined refuses the handshake. */
  contextFor(serverName: string): Promise<SecureContext | undefined>
  /** Key and certificate (PEM) for clients that send no server name. */
  readonly withoutServerName: { readonly key: string; readonly cert: string }
  onTunnel(socket: TLSSocket): void
  /** Sees each connection before TLS does; calls `goOn` at once or later, unless it keeps the connection. */
  admit?(socket: Socket, goOn: () => void): void
  /** Asked once for each connection: whether this process has no memory left for it. */
  isFull(): boolean
  readonly limits: EntryLimits
  readonly log: Log
}

export interface EntryLimits {
  readonly listener: ListenerLimits
  readonly http1: Http1Limits
  readonly http2: Http2Limits
}

// A flood must not flood the log as well.
const refusalLogIntervalMs = 10_000
// How soon a connection is closed whose last answer was given while the edge is ending.
const drainSweepIntervalMs = 50

type Scheme = 'http' | 'https'

interface Binding {
  readonly scheme?: Scheme
  readonly shared?: boolean
}

/**
 * The ports of one edge. With TLS: browsers over HTTP/1.1 and HTTP/2 and connectors, told apart by ALPN. Without: HTTP/1.1.
 */
export class Listener {
  readonly #nets: NetServer[] = []
  readonly #sockets = new Map<Socket, Scheme>()
  #connectionsMax = connectionsMax()
  #isFull = (): boolean => false
  #refusedAt = Number.NEGATIVE_INFINITY
  #serving: Serving | undefined
  #log: Log | undefined

  /**
   * Takes the port (0 for any free one) for TLS, or without, and resolves to it; `shared` with other processes, among which
   * the kernel then deals out the connections. Rejects with the system's error (EADDRINUSE, EACCES).
   */
  bind(
    port: number,
    host: string,
    { scheme = 'https', shared = false }: Binding = {},
  ): Promise<number> {
    const net = createNetServer({ noDelay: true, keepAlive: true }, (socket) => {
      const { size } = this.#sockets
      if (size >= this.#connectionsMax || this.#isFull()) return this.#refuse(socket)
      this.#sockets.set(socket, scheme)
      socket.on('error', this.#onError)
      socket.once('close', () => this.#sockets.delete(socket))
      this.#serving?.take(socket, scheme)
    })
    this.#nets.push(net)
    return new Promise((resolve, reject) => {
      net.once('error', reject)
      net.listen({ port, host, reusePort: shared }, () => {
        net.off('error', reject)
        // A connection that could not be accepted; without a listener it would end the process.
        net.on('error', (error) => this.#log?.warn({ error }, 'a connection was not accepted'))
        resolve((net.address() as AddressInfo).port)
      })
    })
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#sockets.size
  }

  /** Starts to answer; connections that came before have waited. */
  serve(hooks: ListenerHooks, tunnelAlpn: string): void {
    const { limits, log } = hooks
    const http1 = new Http1Listener(hooks, log, limits.http1)
    const http2 = new Http2Listener(hooks, (socket) => http1.acceptOwn(socket), log, limits.http2)
    const tls = createTls(hooks, tunnelAlpn, (socket) => {
      if (socket.alpnProtocol === tunnelAlpn) hooks.onTunnel(socket)
      else if (socket.alpnProtocol === 'h2') http2.accept(socket)
      else http1.accept(socket, 'https')
    })
    const take = (socket: Socket, scheme: Scheme) => {
      if (scheme === 'http') return http1.accept(socket, scheme)
      const goOn = () => void tls.emit('connection', socket)
      if (hooks.admit) hooks.admit(socket, goOn)
      else goOn()
    }
    this.#serving = { take, http1, http2 }
    this.#log = log
    this.#connectionsMax = Math.min(this.#connectionsMax, limits.listener.connections)
    this.#isFull = hooks.isFull
    for (const [socket, scheme] of this.#sockets) take(socket, scheme)
  }

  /** Every socket needs a listener from its first moment, or a reset in the wrong one ends the process. */
  readonly #onError = (error: Error): void => {
    this.#log?.debug({ error: error.message }, 'client socket')
  }

  /** Closed at once, before TLS has cost anything, a client may go to another edge; left waiting, it could not tell. [R7] */
  #refuse(socket: Socket): void {
    socket.destroy()
    if (performance.now() - this.#refusedAt < refusalLogIntervalMs) return
    this.#refusedAt = performance.now()
    const connections = this.#sockets.size
    this.#log?.warn(
      { connections },
      'connections are refused: there are as many as this process may hold',
    )
  }

  /** Stops accepting, lets requests finish for `graceMs`, then closes what is left. */
  async close(graceMs: number): Promise<void> {
    const closed = Promise.all(this.#nets.map(closeNet))
    const drain = () => this.#serving?.http1.drain()
    drain()
    const sweep = setInterval(drain, drainSweepIntervalMs)
    this.#serving?.http2.drain()
    const timer = setTimeout(() => {
      for (const socket of this.#sockets.keys()) socket.destroy()
    }, graceMs)
    await closed
    this.#serving?.http1.stop()
    clearInterval(sweep)
    clearTimeout(timer)
  }
}

interface Serving {
  readonly take: (socket: Socket, scheme: Scheme) => void
  readonly http1: Http1Listener
  readonly http2: Http2Listener
}

function createTls(
  hooks: ListenerHooks,
  tunnelAlpn: string,
  onSecure: (socket: TLSSocket) => void,
): TlsServer {
  const options = {
    ALPNProtocols: ['h2', 'http/1.1', tunnelAlpn],
    minVersion: 'TLSv1.2' as const,
    handshakeTimeout: hooks.limits.listener.handshakeMs,
    SNICallback: (serverName: string, done: ContextChosen) =>
      chooseContext(hooks, serverName, done),
    ...hooks.withoutServerName,
  }
  const server = createTlsServer(options, (socket) => {
    socket.on('error', (error) => hooks.log.debug({ error: error.message }, 'client socket'))
    onSecure(socket)
  })
  server.on('tlsClientError', (error, socket) => {
    hooks.log.debug({ error: error.message }, 'TLS handshake failed')
    // Node tells of a handshake that takes too long, and leaves the rest to us.
    socket.destroy()
  })
  return server
}

function closeNet(net: NetServer): Promise<void> {
  return new Promise((resolve) => net.close(() => resolve()))
}

type ContextChosen = (error: Error | null, context?: SecureContext) => void

function chooseContext(hooks: ListenerHooks, serverName: string, done: ContextChosen): void {
  hooks.contextFor(serverName).then(
    (context) => (context ? done(null, context) : done(new Error('no certificate for this name'))),
    (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
  )
}
