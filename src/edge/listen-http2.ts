import {
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2'
import type { Log } from '../base/log.ts'
import { headerMaxBytes } from './request.ts'

/** What the listener tells of HTTP/2. */
export interface Http2Hooks {
  onHttp2Request(request: Http2ServerRequest, response: Http2ServerResponse): void
  /** Extended CONNECT (RFC 8441). */
  onConnect(request: Http2ServerRequest, response: Http2ServerResponse): void
}

// docs/decisions/0006-listener-limits.md
const prefaceTimeoutMs = 10_000
const keepAliveTimeoutMs = 75_000
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

/** Takes connections that TLS has agreed on HTTP/2 for, by `emit('connection')`. */
export function createHttp2(hooks: Http2Hooks, log: Log): Http2Server {
  // A repeated X-Content-Type-Options of an application is no reason to refuse its answer.
  const server = createServer({ settings: http2Settings, strictSingleValueFields: false })
  server.on('session', (session) => {
    session.setLocalWindowSize(http2LinkWindowBytes)
    session.on('error', (error) => log.debug({ error: error.message }, 'HTTP/2 session'))
    limitSession(session)
  })
  server.on('request', hooks.onHttp2Request)
  server.on('connect', hooks.onConnect as never)
  return server
}

/** A session that does not begin, or carries nothing, is closed; one with a quiet stream is not: WebSockets are quiet. */
function limitSession(session: ServerHttp2Session): void {
  const preface = setTimeout(() => session.destroy(), prefaceTimeoutMs)
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
