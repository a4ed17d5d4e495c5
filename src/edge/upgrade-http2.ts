import { randomBytes } from 'node:crypto'
import { constants, type ServerHttp2Stream } from 'node:http2'
import { type RawHeaders, withoutFields } from '../http/headers.ts'
import type { Http2Body } from './http2-body.ts'
import { Http2Reply, toFields } from './reply-http2.ts'
import type { RequestBody } from './request-body.ts'

/** A reply to an extended CONNECT: 200 and the stream both ways, or an ordinary answer (RFC 8441 §5). */
export class Http2Upgrade extends Http2Reply {
  readonly #incoming: Http2Body
  #switched = false

  constructor(stream: ServerHttp2Stream, incoming: Http2Body) {
    super(stream, incoming, false)
    this.#incoming = incoming
  }

  accept(headers: RawHeaders): RequestBody {
    this.#switched = true
    const fields = withoutFields(headers, (name) => name === 'sec-websocket-accept')
    this.stream.respond(toFields(200, fields))
    return this.#incoming
  }

  /** The client ends its own half, as it would end a TCP connection. */
  protected override stopRequest(): void {
    if (!this.#switched) super.stopRequest()
  }

  /** RFC 8441 §5: what a reset of the TCP connection would be. */
  override abort(): void {
    if (this.#switched) this.stream.close(constants.NGHTTP2_CANCEL)
    else super.abort()
  }
}

/** HTTP/2 needs no key, the application's HTTP/1.1 handshake does (RFC 8441 §5.1, RFC 6455 §4.1). */
export function withWebSocketKey(headers: RawHeaders): RawHeaders {
  return [...headers, 'Sec-WebSocket-Key', randomBytes(16).toString('base64')]
}
