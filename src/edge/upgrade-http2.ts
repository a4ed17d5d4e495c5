import { randomBytes } from 'node:crypto'
import type { Http2ServerRequest } from 'node:http2'
import { type RawHeaders, withoutFields } from '../http/headers.ts'
import type { Reply } from './reply.ts'
import { Http2Reply } from './reply-http2.ts'
import { ReadableBody, type RequestBody } from './request-body.ts'

/** A reply to an extended CONNECT: 200 and the stream, or an ordinary answer (RFC 8441 §5). */
export function upgradeReplyHttp2(request: Http2ServerRequest): Reply {
  const reply = new Http2Reply(request.stream)
  return Object.assign(reply, {
    accept(headers: RawHeaders): RequestBody {
      reply.head(
        200,
        withoutFields(headers, (name) => name === 'sec-websocket-accept'),
      )
      return new ReadableBody(request.stream)
    },
  })
}

/** HTTP/2 needs no key, the application's HTTP/1.1 handshake does (RFC 8441 §5.1, RFC 6455 §4.1). */
export function withWebSocketKey(headers: RawHeaders): RawHeaders {
  return [...headers, 'Sec-WebSocket-Key', randomBytes(16).toString('base64')]
}
