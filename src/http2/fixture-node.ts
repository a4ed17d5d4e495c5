import { once } from 'node:events'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionOptions,
  connect,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from 'node:http2'
import { buffer } from 'node:stream/consumers'

/** A whole answer, as nghttp2 understood it. */
export interface NodeAnswer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly trailers: IncomingHttpHeaders
}

/** A client that is not ours: the one of Node, without TLS. Use `await using`. */
export class NodeClient implements AsyncDisposable {
  readonly session: ClientHttp2Session

  private constructor(session: ClientHttp2Session) {
    this.session = session
  }

  static async open(port: number, options: ClientSessionOptions = {}): Promise<NodeClient> {
    const session = connect(`http://localhost:${port}`, options)
    session.on('error', () => {}) // Each stream tells what it lost.
    await once(session, 'remoteSettings')
    return new NodeClient(session)
  }

  /** Sends a head, and leaves the rest to the caller. */
  begin(fields: OutgoingHttpHeaders, endStream = false): ClientHttp2Stream {
    const stream = this.session.request(fields, { endStream })
    stream.on('error', () => {}) // The close event follows.
    return stream
  }

  /** Sends one request and reads all that is answered. */
  async ask(fields: OutgoingHttpHeaders, body?: Uint8Array): Promise<NodeAnswer> {
    const stream = this.begin(fields, body === undefined)
    if (body !== undefined) stream.end(body)
    let headers: IncomingHttpHeaders & IncomingHttpStatusHeader = {}
    let trailers: IncomingHttpHeaders = {}
    stream.on('response', (received) => {
      headers = received
    })
    stream.on('trailers', (received) => {
      trailers = received
    })
    return { body: await buffer(stream), status: headers[':status'], headers, trailers }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.session.destroy()
  }
}
