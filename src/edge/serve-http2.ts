import { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Log } from '../base/log.ts'
import type { RawHeaders } from '../http/headers.ts'
import type { Edge } from './edge.ts'
import { enter, type OwnHost, type OwnHosts, ownHostOf, refuse, serveOwn } from './entry.ts'
import type { Http2Arrival } from './http2-connection.ts'
import type { Http2Hooks } from './listen-http2.ts'
import { type ReceivedHttp2, receivedHttp2 } from './received-http2.ts'
import { malformedRequest } from './refusals.ts'
import { Http2Reply } from './reply-http2.ts'
import { Http2Upgrade, withWebSocketKey } from './upgrade-http2.ts'

/** HTTP/2 requests: each goes to one of the edge's own hosts or into the pipeline. */
export function serveHttp2(edge: Edge, ownHosts: OwnHosts): Http2Hooks {
  return {
    onHttp2Request(arrival) {
      const { connection, stream, raw } = arrival
      const head = receivedHttp2(raw, !stream.endAfterHeaders, connection.facts)
      connection.noteHead(head.headBytes)
      if (head.method === 'CONNECT') return connect(edge, ownHosts, arrival, head)
      const { host } = arrival.headers
      const own = ownHostOf(edge, ownHosts, head.authority ?? host, connection.facts)
      if (own) return serveOwnHttp2(own, arrival, edge.log)
      const body = head.bodyAnnounced
        ? connection.bodyOf(stream, expectsContinue(arrival))
        : undefined
      const reply = new Http2Reply(stream, body, head.method === 'HEAD')
      connection.watch({ stream, body, reply })
      // RFC 9113 §8.3.1: a scheme that this listener does not serve would lead elsewhere at the next reader.
      if (head.writtenScheme === head.scheme) enter(edge, head, body, reply)
      else refuse(foreignScheme, reply)
    },
  }
}

const foreignScheme = malformedRequest({ status: 400, because: ':scheme' })

/** RFC 8441: a WebSocket to an application. Every other CONNECT asks for a proxy that this is not. */
function connect(
  edge: Edge,
  ownHosts: OwnHosts,
  { connection, stream }: Http2Arrival,
  head: ReceivedHttp2,
): void {
  const body = connection.bodyOf(stream, false)
  const reply = new Http2Upgrade(stream, body)
  connection.watch({ stream, body, reply })
  const own = ownHostOf(edge, ownHosts, head.authority, connection.facts)
  if (head.protocol !== 'websocket' || own) {
    reply.whole(501, [], '')
  } else if (head.writtenScheme !== head.scheme) {
    refuse(foreignScheme, reply)
  } else {
    const headers: RawHeaders = [...withWebSocketKey(head.headers), 'Upgrade', 'websocket']
    enter(edge, { ...head, method: 'GET', headers, bodyAnnounced: false }, undefined, reply)
  }
}

/** Own hosts are written for Node's own objects. */
function serveOwnHttp2(own: OwnHost, arrival: Http2Arrival, log: Log): void {
  const { stream, headers, raw } = arrival
  const request = new Http2ServerRequest(stream, headers, {}, raw)
  const response = new Http2ServerResponse(stream)
  if (expectsContinue(arrival)) response.writeContinue()
  serveOwn(own, request, response, log)
}

/** RFC 9110 §10.1.1 */
function expectsContinue({ headers }: Http2Arrival): boolean {
  return headers.expect?.toLowerCase() === '100-continue'
}
