import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Log } from '../base/log.ts'
import type { RequestHead } from '../http1/head.ts'
import { messageLimits } from '../http1/limits.ts'
import { Http1Connection, type Http1Owner, type RequestProblem } from './http1-connection.ts'
import type { Http1Limits } from './limits.ts'
import type { Reply } from './reply.ts'
import type { Http1Reply } from './reply-http1.ts'
import type { RequestBody } from './request-body.ts'

/** What the listener tells of HTTP/1.1. */
export interface Http1Hooks {
  /** Whether a request is for one of the edge's own hosts. */
  isOwn(connection: Http1Connection, head: RequestHead): boolean
  /** A request for anything else. */
  onHttp1Request: Http1Owner['onRequest']
  onHttp1Problem: Http1Owner['onProblem']
  /** A request for one of the edge's own hosts that came too late: the connection is not theirs. */
  onMisdirected(reply: Reply): void
  /** Any request on a connection whose first one was for one of the edge's own hosts. */
  onOwnRequest(request: IncomingMessage, response: ServerResponse): void
  /** Whether such a request asks for a tunnel inside a WebSocket; then it goes to `onTunnelUpgrade`. */
  isTunnelUpgrade(request: IncomingMessage): boolean
  onTunnelUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

const sweepIntervalMs = 1_000

/** All HTTP/1.1 connections, over TLS or not. */
export class Http1Listener implements Http1Owner {
  readonly limits: Http1Limits
  seconds = 0
  ending = false
  readonly #hooks: Http1Hooks
  readonly #connections = new Set<Http1Connection>()
  readonly #own: Server
  readonly #log: Log
  readonly #sweep: NodeJS.Timeout

  constructor(hooks: Http1Hooks, log: Log, limits: Http1Limits) {
    this.limits = limits
    this.#hooks = hooks
    this.#log = log
    this.#own = createOwnServer(hooks, limits)
    this.#sweep = setInterval(() => this.#everySecond(), sweepIntervalMs).unref()
  }

  /** Takes a connection; over TLS once HTTP/1.1 is agreed on. It needs a listener for its errors. */
  accept(socket: Socket, scheme: 'http' | 'https'): void {
    this.#connections.add(new Http1Connection(socket, scheme, this))
  }

  /** Takes a connection that carries a request for one of the edge's own hosts, however it came. */
  acceptOwn(socket: Duplex): void {
    this.#own.emit('connection', socket)
  }

  /** No connection takes another request; those without one are closed, now and whenever this is called again. */
  drain(): void {
    this.ending = true
    for (const connection of this.#connections) connection.endWhenIdle()
    this.#own.closeIdleConnections()
  }

  /** For when every connection is gone. */
  stop(): void {
    clearInterval(this.#sweep)
  }

  onRequest(
    connection: Http1Connection,
    head: RequestHead,
    body: RequestBody | undefined,
    reply: Http1Reply,
  ): void {
    if (!this.#hooks.isOwn(connection, head)) {
      this.#hooks.onHttp1Request(connection, head, body, reply)
      return
    }
    const socket = connection.release()
    if (!socket) {
      this.#hooks.onMisdirected(reply)
      return
    }
    this.#own.emit('connection', socket)
    socket.resume()
  }

  onProblem(problem: RequestProblem, reply: Http1Reply): void {
    this.#hooks.onHttp1Problem(problem, reply)
  }

  onBug(error: unknown): void {
    this.#log.error({ error }, 'an HTTP/1.1 connection failed')
  }

  onClose(connection: Http1Connection): void {
    this.#connections.delete(connection)
  }

  #everySecond(): void {
    this.seconds += 1
    for (const connection of this.#connections) connection.sweep()
  }
}

/** The edge's own hosts are written for Node's objects. Their requests are few, so what Node cannot do costs nothing. */
function createOwnServer(hooks: Http1Hooks, limits: Http1Limits): Server {
  const server = createServer({
    headersTimeout: limits.headSeconds * 1000,
    requestTimeout: 0,
    connectionsCheckingInterval: sweepIntervalMs,
    keepAliveTimeout: limits.keepAliveSeconds * 1000,
    maxHeaderSize: messageLimits.headBytes,
    // Node would answer itself, and go on with what stands behind on the connection. [F8]
    requireHostHeader: false,
    // Everything else with an Upgrade field is an ordinary request (RFC 9110 §7.8).
    shouldUpgradeCallback: hooks.isTunnelUpgrade,
  })
  // Fields beyond Node's count limit are hidden from us but frame the message all the same (CVE-2026-58044).
  server.maxHeadersCount = 0
  // Node keeps track of connections, hence of slow and idle ones, only from this event on; the port is not the server's.
  server.emit('listening')
  server.on('request', hooks.onOwnRequest)
  server.on('checkExpectation', hooks.onOwnRequest)
  server.on('upgrade', hooks.onTunnelUpgrade)
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const status = parserRefusals[error.code ?? ''] ?? '400 Bad Request'
    if (socket.writable)
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    else socket.destroy()
  })
  return server
}

// What Node's parser finds besides bytes that are no HTTP, as the status line says it.
const parserRefusals: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
}
