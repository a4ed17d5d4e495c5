import { randomBytes } from 'node:crypto'
import { fieldValue } from '../http/headers.ts'
import type { Http2Stream } from '../http2/stream.ts'
import { malformedRequest } from '../refusal/refusals.ts'
import type { Edge } from './edge.ts'
import { enter, type OwnHosts, ownHostOf, refuse } from './entry.ts'
import type { ConnectionFacts, Http2Hooks } from './listen-http2.ts'
import { isTarget, OwnHttp2Socket } from './own-http2.ts'
import type { ReceivedHead } from './request.ts'

/** HTTP/2 requests: each goes to one of the edge's own hosts or into the pipeline. */
export function serveHttp2(edge: Edge, ownHosts: OwnHosts): Http2Hooks {
  return {
    onHttp2Request(stream, facts, acceptOwn) {
      const { method, scheme, protocol, authority, path, headers } = stream.request
      const host = authority || fieldValue(headers, 'host')
      const own = ownHostOf(edge, ownHosts, host, facts) !== undefined
      const connect = method === 'CONNECT'
      // RFC 8441 opens WebSockets to applications. Every other CONNECT asks for a proxy that this is not.
      if (connect && (own || protocol !== 'websocket')) stream.whole(501, [], '')
      // RFC 9113 §8.3.1: what this listener does not serve would lead elsewhere at the next reader.
      else if (scheme !== 'https') refuse(foreignScheme, stream)
      else if (!own) enter(edge, receivedHttp2(stream, facts), connect ? undefined : stream, stream)
      else if (isTarget(path)) acceptOwn(new OwnHttp2Socket(stream, host as string, facts))
      else refuse(strangeTarget, stream)
    },
  }
}

const foreignScheme = malformedRequest({ status: 400, because: ':scheme' })
const strangeTarget = malformedRequest({ status: 400, because: ':path' })

/** What the pipeline has to know of an HTTP/2 request. */
export function receivedHttp2(stream: Http2Stream, facts: ConnectionFacts): ReceivedHead {
  const { method, path, authority, headers } = stream.request
  const connect = method === 'CONNECT'
  return {
    // The application gets what HTTP/1.1 has for it (RFC 8441 §5).
    method: connect ? 'GET' : method,
    target: path,
    scheme: 'https',
    authority: authority || undefined,
    headers: connect ? asUpgrade(headers) : headers,
    http2: true,
    bodyAnnounced: !connect && stream.body !== undefined,
    serverName: facts.serverName,
    port: facts.port,
    peer: facts.peer,
    connection: facts,
  }
}

/** HTTP/2 needs no key, the application's HTTP/1.1 handshake does (RFC 8441 §5.1, RFC 6455 §4.1). */
function asUpgrade(headers: readonly string[]): string[] {
  const key = randomBytes(16).toString('base64')
  return [...headers, 'Sec-WebSocket-Key', key, 'Upgrade', 'websocket']
}
