import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { RawHeaders } from '../http/headers.ts'
import { hopByHop } from '../http/hop.ts'
import type { Reply, ReplyWriter } from './reply.ts'

/** An answer over one HTTP/2 stream. */
export class Http2Reply implements Reply {
  readonly #stream: ServerHttp2Stream
  #trailing: RawHeaders = []
  // Node ends the writable side of a stream that was reset as well, so only we know whether the answer was whole.
  #over = false
  writer: ReplyWriter | undefined = undefined

  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream
    // Node's compatibility layer would send its own, empty trailers first, and ours would then end the process.
    stream.removeAllListeners('wantTrailers')
    stream.on('wantTrailers', () => this.#sendTrailers())
    stream.on('close', () => {
      if (!this.#over) this.writer?.onClose()
    })
    stream.on('drain', () => this.writer?.onDrain())
    // The close event tells what matters; without a listener a reset stream would end the process.
    stream.on('error', () => {})
  }

  get headSent(): boolean {
    return this.#stream.headersSent
  }

  get closed(): boolean {
    return this.#stream.closed || this.#stream.destroyed
  }

  inform(status: number, headers: RawHeaders): void {
    const stream = this.#stream
    if (!stream.headersSent && !stream.closed) stream.additionalHeaders(toObject(status, headers))
  }

  head(status: number, headers: RawHeaders): void {
    // Trailers are decided when the body is over, so the stream has to wait for them.
    if (!this.#stream.closed) {
      this.#stream.respond(toObject(status, headers), { waitForTrailers: true })
    }
  }

  write(chunk: Uint8Array): boolean {
    return this.#stream.write(chunk)
  }

  end(trailers: RawHeaders): void {
    this.#over = true
    this.#trailing = trailers
    this.#stream.end()
  }

  whole(status: number, headers: RawHeaders, body: Uint8Array | string): void {
    const stream = this.#stream
    if (stream.closed) return
    this.#over = true
    const endStream = body.length === 0
    stream.respond(toObject(status, headers), { endStream })
    if (!endStream) stream.end(body)
  }

  abort(): void {
    this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  }

  // Other requests go on beside this one.
  endConnection(): void {}

  #sendTrailers(): void {
    try {
      this.#stream.sendTrailers(toObject(undefined, this.#trailing))
    } catch {
      // Fields that no trailer may have: the client must not take the answer for whole.
      this.abort()
    }
  }
}

function toObject(status: number | undefined, headers: RawHeaders): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = Object.create(null)
  if (status !== undefined) fields[':status'] = status
  for (let i = 0; i < headers.length; i += 2) {
    const name = (headers[i] as string).toLowerCase()
    // RFC 9113 §8.2.2: fields of the connection are forbidden here, and Node throws on them.
    if (hopByHop.has(name)) continue
    const value = headers[i + 1] as string
    const present = fields[name]
    if (present === undefined) fields[name] = value
    else fields[name] = Array.isArray(present) ? [...present, value] : [String(present), value]
  }
  return fields
}
