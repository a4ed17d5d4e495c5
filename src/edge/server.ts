import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import type { Readable } from 'node:stream'
import { parseAuthority } from '../http/authority.ts'
import type { RawHeaders } from '../http/headers.ts'
import { defaultPort } from '../http/origin.ts'
import type { Edge } from './edge.ts'
import { Exchange } from './exchange.ts'
import { handle } from './handle.ts'
import type { ListenerHooks, NodeRequest, NodeResponse } from './listener.ts'
import { receivedHead } from './received-head.ts'
import { malformedRequest } from './refusals.ts'
import type { Reply } from './reply.ts'
import { Http1Reply } from './reply-http1.ts'
import { Http2Reply } from './reply-http2.ts'
import { type Malformed, type ReceivedHead, readRequest } from './request.ts'
import { upgradeReplyHttp1, upgradeReplyHttp2, withWebSocketKey } from './upgrade.ts'

/** A host of the edge's own (sign-in, management API): never an application. */
export type OwnHost = (request: NodeRequest, response: NodeResponse) => void

/** Joins the listener to the pipeline: each request goes to one of the edge's own hosts or to `handle`. */
export function serveEdge(
  edge: Edge,
  ownHosts: ReadonlyMap<string, OwnHost>,
): Pick<ListenerHooks, 'onRequest' | 'onUpgrade' | 'onConnect' | 'onTunnel'> {
  return {
    onTunnel: (socket) => edge.hub.accept(socket),
    onRequest(request, response) {
      // What stands behind a refused message on the same connection was told apart from it by guess. [F8]
      const http1Socket = 'stream' in request ? undefined : request.socket
      if (http1Socket && refusedSockets.has(http1Socket)) return
      const own = ownHosts.get(hostOf(request))
      if (own) {
        limitOwnRequest(request)
        return own(request, response)
      }
      const reply = createReply(request, response)
      const body = 'stream' in request ? request.stream : request
      const started = start(edge, receivedHead(request), body, reply)
      if (!started && http1Socket) refusedSockets.add(http1Socket)
    },
    onUpgrade(request, socket, head) {
      socket.on('error', () => socket.destroy())
      const reply = upgradeReplyHttp1(request, socket, head)
      if (!reply || ownHosts.has(hostOf(request))) socket.destroy()
      else start(edge, receivedHead(request), undefined, reply)
    },
    onConnect(request) {
      const received = receivedHead(request)
      const reply = upgradeReplyHttp2(request)
      if (ownHosts.has(hostOf(request)) || protocolOf(request) !== 'websocket') {
        return reply.whole(501, [], '')
      }
      const headers: RawHeaders = [...withWebSocketKey(received.headers), 'Upgrade', 'websocket']
      start(edge, { ...received, headers }, undefined, reply)
    },
  }
}

// What the edge's own hosts take is small; a body that comes this slowly is no browser's.
const ownRequestTimeoutMs = 60_000

function limitOwnRequest(request: NodeRequest): void {
  const timer = setTimeout(() => request.destroy(), ownRequestTimeoutMs)
  request.once('close', () => clearTimeout(timer))
}

/** HTTP/1.1 connections that are being closed; over HTTP/2 streams cannot run into each other. */
const refusedSockets = new WeakSet<object>()

/** False when the request was refused. */
function start(edge: Edge, head: ReceivedHead, body: Readable | undefined, reply: Reply): boolean {
  const request = readRequest(head)
  if ('because' in request) {
    refuse(request, reply)
    return false
  }
  handle(edge, new Exchange(request, body, reply))
  return true
}

// No request id yet, no page: whoever sends such bytes is no browser.
function refuse(malformed: Malformed, reply: Reply): void {
  const { status, code, sentence } = malformedRequest(malformed)
  const body = JSON.stringify({ error: { code, message: sentence } })
  reply.endConnection()
  reply.whole(status, ['Content-Type', 'application/json', 'Cache-Control', 'no-store'], body)
}

function createReply(request: NodeRequest, response: NodeResponse): Reply {
  if ('stream' in request) return new Http2Reply(request.stream)
  return new Http1Reply(response as Exclude<NodeResponse, { stream: unknown }>, request.httpVersion)
}

/** `host:port` of a request, canonical; empty when it is no proper host. */
function hostOf(request: IncomingMessage | Http2ServerRequest): string {
  const written = 'stream' in request ? request.authority : request.headers.host
  const authority = parseAuthority(written ?? '', defaultPort.https)
  return authority ? `${authority.host}:${authority.port}` : ''
}

function protocolOf(request: Http2ServerRequest): unknown {
  return request.headers[':protocol']
}
