import { type ClientHttp2Stream, constants, type OutgoingHttpHeaders } from 'node:http2'
import { endToEnd, passableTrailers } from '../http/end-to-end.ts'
import { fieldValue, type RawHeaders } from '../http/headers.ts'
import { maxInformational } from './answer-reader.ts'
import type { AnswerListener, BackendExchange, BackendFailure } from './backend-exchange.ts'
import { brokenCode, stopping, systemCode } from './backend-failure.ts'
import type { OutgoingRequest } from './request-head.ts'

const {
  NGHTTP2_CANCEL,
  NGHTTP2_HTTP_1_1_REQUIRED,
  NGHTTP2_NO_ERROR,
  NGHTTP2_PROTOCOL_ERROR,
  NGHTTP2_REFUSED_STREAM,
} = constants

/** What an exchange asks and tells its session. */
export interface ExchangeOwner {
  /** Everything is being ended. */
  readonly stopping: boolean
  /** The last stream that the backend acted on, once it has said that it takes no more. */
  readonly lastStreamId: number
  /** The exchange is over, and its stream is gone. */
  onStreamClosed(): void
  /** The backend wants to be spoken to over HTTP/1.1. */
  onHttp1Required(): void
  /** Somebody gave up waiting for the first byte: is there anybody? */
  probe(): void
}

/** One request and its answer over one stream of HTTP/2 (RFC 9113 §8). */
export class SessionExchange implements BackendExchange {
  readonly #owner: ExchangeOwner
  readonly #stream: ClientHttp2Stream
  readonly #request: OutgoingRequest
  /** undefined once it has been told everything. */
  #listener: AnswerListener | undefined
  #informed = 0
  #answering = false
  #bodyLeft: number | undefined
  #wasPaused = false
  #error: Error | undefined
  #answerTrailers: RawHeaders = []
  #requestTrailers: RawHeaders = []

  constructor(
    owner: ExchangeOwner,
    stream: ClientHttp2Stream,
    request: OutgoingRequest,
    listener: AnswerListener,
  ) {
    this.#owner = owner
    this.#stream = stream
    this.#request = request
    this.#listener = listener
    stream.on('headers', (_headers, _flags, raw: string[]) => this.#onInformation(raw))
    stream.on('response', (_headers, flags: number, raw: string[]) => this.#onAnswer(raw, flags))
    stream.on('trailers', (_headers, _flags, raw: string[]) => {
      this.#answerTrailers = passableTrailers(raw)
    })
    stream.on('data', (chunk: Buffer) => this.#onData(chunk))
    stream.on('end', () => this.#onEnd())
    stream.on('drain', () => this.#listener?.onDrain())
    stream.on('wantTrailers', () => this.#sendTrailers())
    stream.on('error', (error: Error) => {
      this.#error = error
    })
    stream.on('close', () => this.#onClose())
  }

  write(chunk: Buffer): boolean {
    return !this.#stream.writable || this.#stream.write(chunk)
  }

  end(trailers: RawHeaders): void {
    this.#requestTrailers = trailers
    if (this.#stream.writable) this.#stream.end()
  }

  resume(): void {
    this.#stream.resume()
  }

  abort(): void {
    if (!this.#answering) this.#owner.probe()
    this.#listener = undefined
    this.#stream.close(NGHTTP2_CANCEL)
  }

  #sendTrailers(): void {
    try {
      this.#stream.sendTrailers(toObject(this.#requestTrailers))
    } catch {
      // Fields that HTTP/2 has no words for: the application must not take the request for whole.
      this.#fail('protocol-error', 'trailers that cannot be sent')
    }
  }

  #onInformation(raw: readonly string[]): void {
    const { status, headers } = readHead(raw)
    if (++this.#informed > maxInformational || status === 101) {
      this.#fail('backend-rubbish', status === 101 ? 'a 101 over HTTP/2' : 'too many 1xx')
    } else if (status !== 100 || this.#request.expectsContinue) {
      this.#listener?.onInformation(status, headers)
    }
  }

  #onAnswer(raw: readonly string[], flags: number): void {
    this.#answering = true
    const { status, headers } = readHead(raw)
    const declared = fieldValue(headers, 'content-length')
    // RFC 9110 §6.4.1: what they say of a length is that of another answer.
    const bodyless =
      this.#request.method === 'HEAD' ||
      status === 304 ||
      (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0
    this.#bodyLeft = bodyless ? 0 : declared === undefined ? undefined : Number(declared)
    this.#listener?.onAnswer(status, headers, this.#bodyLeft)
    this.#listener?.onRead()
  }

  #onData(chunk: Buffer): void {
    if (this.#bodyLeft !== undefined) this.#bodyLeft -= chunk.length
    if (this.#listener?.onBody(chunk) !== false) return
    this.#wasPaused = true
    this.#stream.pause()
  }

  #onEnd(): void {
    // Node says `end` for a stream that was cut off as well. To a reader who keeps up it says it before the stream is
    // closed when the backend ended it, and behind that when it did not.
    const { closed, rstCode } = this.#stream
    const inTime = !closed || (this.#wasPaused && rstCode === NGHTTP2_NO_ERROR)
    if (!this.#answering || !inTime || (this.#bodyLeft ?? 0) > 0) return
    const listener = this.#listener
    this.#listener = undefined
    listener?.onAnswerEnd(this.#answerTrailers)
    // What the backend did not wait for is not sent any more.
    if (!this.#stream.writableFinished) this.#stream.close(NGHTTP2_CANCEL)
  }

  #onClose(): void {
    const { rstCode } = this.#stream
    if (rstCode === NGHTTP2_HTTP_1_1_REQUIRED) this.#owner.onHttp1Required()
    const listener = this.#listener
    this.#listener = undefined
    this.#owner.onStreamClosed()
    listener?.onFailure(this.#owner.stopping ? stopping : this.#failure())
  }

  #failure(): BackendFailure {
    const { id = 0, rstCode } = this.#stream
    const cause = this.#error
    const detail = `stream reset with ${rstCode}${cause ? `, ${systemCode(cause)}` : ''}`
    const refused = rstCode === NGHTTP2_REFUSED_STREAM || rstCode === NGHTTP2_HTTP_1_1_REQUIRED
    if (refused || id > this.#owner.lastStreamId) {
      return { code: 'backend-reset', detail, cause, repeat: 'always' }
    }
    if (rstCode === NGHTTP2_PROTOCOL_ERROR || (cause && brokenCode(cause) === 'backend-rubbish')) {
      return { code: 'backend-rubbish', detail, cause, repeat: 'never' }
    }
    return this.#answering
      ? { code: 'backend-truncated', detail, cause, repeat: 'never' }
      : { code: 'backend-reset', detail, cause, repeat: 'harmless' }
  }

  #fail(code: 'backend-rubbish' | 'protocol-error', detail: string): void {
    const listener = this.#listener
    this.#listener = undefined
    this.#stream.close(NGHTTP2_CANCEL)
    listener?.onFailure({ code, detail, repeat: 'never' })
  }
}

/** A head without its pseudo-fields; what belongs to one hop only is malformed in HTTP/2, and taken out all the same. */
function readHead(raw: readonly string[]): { status: number; headers: RawHeaders } {
  let status = 0
  const fields: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string
    if (name === ':status') status = Number(raw[i + 1])
    else if (!name.startsWith(':')) fields.push(name, raw[i + 1] as string)
  }
  return { status, headers: endToEnd(status, fields, undefined) }
}

/** The fields of a request as HTTP/2 has them: pseudo-fields first, names in lower case (RFC 9113 §8.2, §8.3). */
export function requestFields(request: OutgoingRequest, scheme: string): string[] {
  const fields: string[] = [
    ...[':method', request.method, ':scheme', scheme],
    ...[':authority', fieldValue(request.fields, 'host') as string, ':path', request.target],
  ]
  for (let i = 0; i < request.fields.length; i += 2) {
    const name = (request.fields[i] as string).toLowerCase()
    if (name !== 'host') fields.push(name, request.fields[i + 1] as string)
  }
  // Trailers pass through the tunnel, and applications that need them (gRPC) ask whether they do (RFC 9110 §10.1.4).
  fields.push('te', 'trailers')
  return fields
}

function toObject(trailers: RawHeaders): OutgoingHttpHeaders {
  const fields: Record<string, string[]> = Object.create(null)
  for (let i = 0; i < trailers.length; i += 2) {
    const name = (trailers[i] as string).toLowerCase()
    const values = fields[name] ?? []
    fields[name] = values
    values.push(trailers[i + 1] as string)
  }
  return fields
}
