import { once } from 'node:events'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from 'node:http2'
import { text } from 'node:stream/consumers'
import { openRawSocket } from './raw-socket.ts'

/** A whole answer over HTTP/2. `status` is 0 when none came before the stream was closed. */
export interface Http2Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly trailers: IncomingHttpHeaders
}

/** One HTTP/2 connection of its own to one host of an edge on this machine. Use `await using`. */
export class Http2Connection implements AsyncDisposable {
  readonly #session: ClientHttp2Session

  private constructor(session: ClientHttp2Session) {
    this.#session = session
  }

  /** Connects to the origin of `address`, trusting `ca`. Rejects with the socket's error. */
  static async open(address: string, ca: string): Promise<Http2Connection> {
    const { origin, hostname, port } = new URL(address)
    const tls = { servername: hostname, ca, protocols: ['h2'] }
    const socket = await openRawSocket({ port: Number(port), tls })
    const session = connect(origin, { createConnection: () => socket })
    session.on('error', () => {}) // Each stream tells what it lost.
    await once(session, 'remoteSettings')
    return new Http2Connection(session)
  }

  /** Sends one request and leaves the rest to the caller; a GET unless the fields say otherwise. */
  start(fields: OutgoingHttpHeaders, body?: string): ClientHttp2Stream {
    const stream = this.#session.request(fields, { endStream: body === undefined })
    stream.on('error', () => {}) // The close event follows.
    if (body !== undefined) stream.end(body)
    return stream
  }

  /** Sends the head of one request, and leaves the body to the caller as well. */
  begin(fields: OutgoingHttpHeaders): ClientHttp2Stream {
    const stream = this.#session.request(fields, { endStream: false })
    stream.on('error', () => {}) // The close event follows.
    return stream
  }

  /** Sends one request and reads all that is answered. */
  async ask(fields: OutgoingHttpHeaders, body?: string): Promise<Http2Answer> {
    const stream = this.start(fields, body)
    let headers: IncomingHttpHeaders & IncomingHttpStatusHeader = {}
    let trailers: IncomingHttpHeaders = {}
    stream.on('response', (received) => {
      headers = received
    })
    stream.on('trailers', (received) => {
      trailers = received
    })
    const received = await text(stream).catch(() => '')
    return { status: headers[':status'] ?? 0, headers, text: received, trailers }
  }

  /** Cuts the connection with everything on it. */
  destroy(): void {
    this.#session.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.destroy()
  }
}
