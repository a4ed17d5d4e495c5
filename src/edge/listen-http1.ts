import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { headerMaxBytes } from './request.ts'

/** What the listener tells of HTTP/1.1. */
export interface Http1Hooks {
  onHttp1Request(request: IncomingMessage, response: ServerResponse): void
  /** Upgrade to WebSocket, with the bytes that came behind the head. */
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

// Slow clients: Node's own defaults let headers take 91 s (docs/decisions/0006-listener-limits.md).
const headersTimeoutMs = 10_000
const sweepIntervalMs = 1_000
const keepAliveTimeoutMs = 75_000

/** Takes connections that TLS has agreed on HTTP/1.1 for, by `emit('connection')`. */
export function createHttp1(hooks: Http1Hooks): Server {
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
  server.on('request', hooks.onHttp1Request)
  server.on('checkExpectation', hooks.onHttp1Request)
  server.on('upgrade', hooks.onUpgrade)
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
