import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { RawHeaders } from '../http/headers.ts'
import { hopByHop } from '../http/hop.ts'
import type { Http2Body } from './http2-body.ts'
import { Http2Outgoing } from './http2-outgoing.ts'
import type { Reply, ReplyWriter } from './reply.ts'

const endStream = { endStream: true } as const
// Trailers are decided when the body is over, so the stream has to wait for them.
const waitForTrailers = { waitForTrailers: true } as const

/** An answer over one HTTP/2 stream. */
export class Http2Reply implements Reply {
  protected readonly stream: ServerHttp2Stream
  readonly #body: Http2Body | undefined
  readonly #isHead: boolean
  #outgoing: Http2Outgoing | undefined
  #trailing: RawHeaders = []
  #overAtMs: number | undefined
  writer: ReplyWriter | undefined = undefined

  /** `body` is what comes the other way on the same stream; `isHead`: the request's method is HEAD. */
  constructor(stream: ServerHttp2Stream, body: Http2Body | undefined, isHead: boolean) {
    this.stream = stream
    this.#body = body
    this.#isHead = isHead
  }

  get headSent(): boolean {
    return this.stream.headersSent
  }

  get closed(): boolean {
    return this.stream.closed
  }

  inform(status: number, headers: RawHeaders): void {
    const { stream } = this
    if (!stream.headersSent && !stream.closed) stream.additionalHeaders(toObject(status, headers))
  }

  head(status: number, headers: RawHeaders): void {
    const { stream } = this
    if (stream.closed) return
    const empty = this.#hasNoBody(status)
    stream.respond(toFields(status, headers), empty ? endStream : waitForTrailers)
    if (!empty) stream.on('wantTrailers', () => this.#sendTrailers())
  }

  write(chunk: Uint8Array): boolean {
    const { stream } = this
    // What follows the head of an answer without a body is nobody's.
    if (stream.closed || stream.writableEnded) return true
    this.#outgoing ??= new Http2Outgoing(stream, () => this.writer?.onDrain())
    return this.#outgoing.write(chunk)
  }

  end(trailers: RawHeaders): void {
    this.#trailing = trailers
    if (this.#outgoing) this.#outgoing.end()
    else this.stream.end()
    this.#finish()
  }

  whole(status: number, headers: RawHeaders, body: Uint8Array | string): void {
    const { stream } = this
    if (stream.closed) return
    const fields = toFields(status, headers)
    if (body.length === 0 || this.#hasNoBody(status)) stream.respond(fields, endStream)
    else {
      stream.respond(fields)
      stream.end(body)
    }
    this.#finish()
  }

  abort(): void {
    this.stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  }

  // Other requests go on beside this one.
  endConnection(): void {}

  /** The stream is over, one way or the other. */
  close(): void {
    this.#body?.abort()
    // Node ends the writable side of a stream that was reset as well, so only we know whether the answer was whole.
    if (this.#overAtMs === undefined) this.writer?.onClose()
  }

  /** Whether the client has taken nothing for so long of what waits for it. */
  isStalled(nowMs: number, limitMs: number): boolean {
    const sinceMs = this.#outgoing?.waitingSinceMs ?? this.#overAtMs
    return sinceMs !== undefined && nowMs - sinceMs >= limitMs
  }

  /** RFC 9110 §6.4.1, §9.3.2; 205 has none by §15.3.6. */
  #hasNoBody(status: number): boolean {
    return this.#isHead || status === 204 || status === 205 || status === 304
  }

  #finish(): void {
    this.#overAtMs = performance.now()
    if (!this.#body || this.#body.whole) return
    this.#body.discard()
    this.stopRequest()
  }

  /** RFC 9113 §8.1: the answer does not depend on the rest of the request, which need not be sent. */
  protected stopRequest(): void {
    // Clients that meet answer and reset in one packet may lose the answer over it.
    setImmediate(() => this.stream.close(constants.NGHTTP2_NO_ERROR))
  }

  #sendTrailers(): void {
    try {
      this.stream.sendTrailers(toObject(undefined, this.#trailing))
    } catch {
      // Fields that no trailer may have: the client must not take the answer for whole.
      this.abort()
    }
  }
}

// RFC 9113 §8.2.1 leaves it to the client to call such an answer malformed, which would end the stream without a word.
const onlyInHttp1 = /[\v\f]/

/** As Node takes them without a second look at each: flat. Throws a TypeError for a value that HTTP/2 has no room for. */
export function toFields(status: number, headers: RawHeaders): string[] {
  const fields = [':status', String(status)]
  for (let i = 0; i < headers.length; i += 2) {
    const name = (headers[i] as string).toLowerCase()
    // RFC 9113 §8.2.2: fields of the connection are forbidden here, and Node throws on them.
    if (hopByHop.has(name)) continue
    const value = headers[i + 1] as string
    if (onlyInHttp1.test(value)) throw new TypeError(`the field ${name} cannot be sent over HTTP/2`)
    fields.push(name, value)
  }
  return fields
}

function toObject(status: number | undefined, headers: RawHeaders): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = Object.create(null)
  if (status !== undefined) fields[':status'] = status
  for (let i = 0; i < headers.length; i += 2) {
    const name = (headers[i] as string).toLowerCase()
    if (hopByHop.has(name)) continue
    const value = headers[i + 1] as string
    const present = fields[name]
    if (present === undefined) fields[name] = value
    else fields[name] = Array.isArray(present) ? [...present, value] : [String(present), value]
  }
  return fields
}
