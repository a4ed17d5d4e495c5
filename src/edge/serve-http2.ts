import type { Http2ServerRequest } from 'node:http2'
import type { RawHeaders } from '../http/headers.ts'
import type { Edge } from './edge.ts'
import { enter, type OwnHosts, ownHostOf, serveOwn } from './entry.ts'
import type { Http2Hooks } from './listen-http2.ts'
import { serverNameOf } from './misdirected.ts'
import { receivedHttp2 } from './received-http2.ts'
import { Http2Reply } from './reply-http2.ts'
import { ReadableBody } from './request-body.ts'
import { upgradeReplyHttp2, withWebSocketKey } from './upgrade-http2.ts'

/** HTTP/2 requests: each goes to one of the edge's own hosts or into the pipeline. */
export function serveHttp2(edge: Edge, ownHosts: OwnHosts): Http2Hooks {
  return {
    onHttp2Request(request, response) {
      const own = ownHostOf(edge, ownHosts, request.authority, serverNameOf(request.socket))
      if (own) return serveOwn(own, request, response)
      const body = new ReadableBody(request.stream)
      enter(edge, receivedHttp2(request), body, new Http2Reply(request.stream))
    },
    onConnect(request) {
      const received = receivedHttp2(request)
      const reply = upgradeReplyHttp2(request)
      if (
        ownHostOf(edge, ownHosts, request.authority, serverNameOf(request.socket)) ||
        protocolOf(request) !== 'websocket'
      ) {
        return reply.whole(501, [], '')
      }
      const headers: RawHeaders = [...withWebSocketKey(received.headers), 'Upgrade', 'websocket']
      enter(edge, { ...received, headers }, undefined, reply)
    },
  }
}

function protocolOf(request: Http2ServerRequest): unknown {
  return request.headers[':protocol']
}
