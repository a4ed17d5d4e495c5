import { BodyPace } from '../http/body-pace.ts'
import { type RawHeaders, withoutFields } from '../http/headers.ts'
import { errorCodes, framePayloadMaxBytes, windowDefaultBytes } from './frame.ts'
import { type BodyReader, IncomingBody } from './incoming-body.ts'
import type { Http2Limits } from './limits.ts'
import type { Http2RequestHead } from './request-head.ts'
import { SendQueue } from './send-queue.ts'

/** The connection as its streams see it. */
export interface StreamHost {
  readonly limits: Http2Limits
  /** Bytes of DATA that the client takes, over all streams. */
  readonly sendWindow: number
  /** Others have something to send as well, or the socket takes nothing. */
  readonly congested: boolean
  /** Writes a head: 1xx, an answer's, or trailers where `status` is 0. */
  writeHead(stream: Http2Stream, status: number, headers: RawHeaders, end: boolean): void
  /** Writes head and body in one piece, the end of the stream included. */
  writeWhole(stream: Http2Stream, status: number, headers: RawHeaders, body: Uint8Array): void
  /** The stream has something to send, as soon as windows and socket allow. */
  wantsToSend(stream: Http2Stream): void
  /** Bytes of the stream's body were read. */
  giveCredit(stream: Http2Stream, bytes: number): void
  /** Ends the stream with this code before both sides are through. */
  reset(stream: Http2Stream, code: number): void
  /** Both sides are through. */
  forget(stream: Http2Stream): void
}

/** Whoever writes an answer piece by piece. */
export interface StreamWriter {
  /** The client left before the answer was whole. Called at most once. */
  onClose(): void
  /** The client has read: `write` may go on. */
  onDrain(): void
}

const requestTimeout = 408
const nothing = new Uint8Array(0)

/** One request and its answer, on one stream of a client's connection (RFC 9113 §5, §8.1). */
export class Http2Stream {
  readonly id: number
  readonly request: Http2RequestHead
  protected readonly host: StreamHost
  writer: StreamWriter | undefined = undefined
  /** What the client takes of this stream. */
  sendWindow: number
  /** What we take of the client, and what of it was read and not yet given back. */
  receiveWindow: number
  owedCredit = 0
  readonly #body: IncomingBody | undefined
  #headSent = false
  #queue: SendQueue | undefined = undefined
  #trailers: RawHeaders = []
  /** The answer is whole, as far as its writer is concerned; it is sent to its end. */
  #answered = false
  #localEnded = false
  #closed = false
  /** How fast the client takes what waits for it. */
  #pace: BodyPace | undefined = undefined
  #answeredMs = 0

  constructor(
    host: StreamHost,
    id: number,
    request: Http2RequestHead,
    ended: boolean,
    sendWindow: number,
  ) {
    const { limits } = host
    this.host = host
    this.id = id
    this.request = request
    this.sendWindow = sendWindow
    this.receiveWindow = Math.max(limits.streamWindowBytes, windowDefaultBytes)
    this.#body = ended
      ? undefined
      : new IncomingBody(request.contentLength, limits, (bytes) => host.giveCredit(this, bytes))
  }

  /** What comes behind the head; undefined when nothing does. */
  get body(): IncomingBody | undefined {
    return this.#body
  }

  /** The client sends no more. */
  get remoteEnded(): boolean {
    return this.#body === undefined || this.#body.ended
  }

  get headSent(): boolean {
    return this.#headSent
  }

  /** True when the client is gone, or the answer. */
  get closed(): boolean {
    return this.#closed
  }

  inform(status: number, headers: RawHeaders): void {
    // RFC 9113 §8.6: there is no 101.
    if (this.#headSent || this.#closed || status === 101) return
    this.host.writeHead(this, status, headers, false)
  }

  head(status: number, headers: RawHeaders): void {
    if (this.#closed) return
    const end = this.#hasNoBody(status)
    this.#headSent = true
    this.host.writeHead(this, status, headers, end)
    if (!end) return
    this.#finish()
    this.#endLocally()
  }

  /** False when the client reads slower than we write: wait for the writer's `onDrain`. */
  write(chunk: Uint8Array): boolean {
    // What follows the head of an answer without a body is nobody's.
    if (this.#closed || this.#localEnded) return true
    this.#queue ??= new SendQueue()
    const room = this.#queue.push(chunk)
    this.host.wantsToSend(this)
    return room
  }

  end(trailers: RawHeaders): void {
    if (this.#closed || this.#answered) return
    this.#trailers = trailers
    this.#finish()
    if (!this.#localEnded) this.host.wantsToSend(this)
  }

  /** Head and whole body, in one piece where windows allow. */
  whole(status: number, headers: RawHeaders, body: Uint8Array | string): void {
    if (this.#closed) return
    const bytes = this.#hasNoBody(status)
      ? nothing
      : typeof body === 'string'
        ? Buffer.from(body)
        : body
    this.#headSent = true
    const { length } = bytes
    if (length === 0) this.host.writeHead(this, status, headers, true)
    else if (!this.host.congested && length <= framePayloadMaxBytes && length <= this.#window) {
      this.host.writeWhole(this, status, headers, bytes)
    } else {
      this.host.writeHead(this, status, headers, false)
      this.write(bytes)
      this.end([])
      return
    }
    this.#finish()
    this.#endLocally()
  }

  /** So that the client sees that it is not whole (RFC 9113 §5.4.2). */
  abort(): void {
    this.reset(errorCodes.internal)
  }

  /** Ends the stream in both directions at once. */
  reset(code: number): void {
    if (!this.#closed) this.host.reset(this, code)
  }

  // Other requests go on beside this one.
  endConnection(): void {}

  read(reader: BodyReader): void {
    const { headers } = this.request
    // RFC 9110 §10.1.1: the body is wanted now.
    if (!this.remoteEnded && awaitsContinue(headers)) this.inform(100, [])
    this.#body?.read(reader)
  }

  pause(): void {
    this.#body?.pause()
  }

  resume(): void {
    this.#body?.resume()
  }

  // What follows is for the connection.

  /** Bytes of DATA that could be sent now, and end with them where that is all. */
  get sendable(): { readonly bytes: number; readonly last: boolean } {
    const waiting = this.#queue?.bytes ?? 0
    const bytes = Math.max(0, Math.min(waiting, framePayloadMaxBytes, this.sendWindow))
    return { bytes, last: this.#answered && bytes === waiting }
  }

  /** Whether there is anything to send, now or later. */
  get waits(): boolean {
    return !this.#localEnded && (this.#answered || (this.#queue?.bytes ?? 0) > 0)
  }

  get trailers(): RawHeaders {
    return this.#trailers
  }

  /** Takes so many bytes out of the queue, for a frame. */
  take(bytes: number, take: (piece: Uint8Array) => void): void {
    this.sendWindow -= bytes
    this.#pace?.add(bytes)
    this.#queue?.take(bytes, take)
  }

  /** The client has sent all. */
  receivedEnd(): void {
    if (this.#localEnded && !this.#closed) this.host.forget(this)
  }

  /** The last frame of the answer is on its way. */
  sentEnd(): void {
    this.#endLocally()
  }

  /** Some of the answer is on its way. */
  sent(): void {
    if (this.#queue?.drained()) this.writer?.onDrain()
  }

  /** The stream is over; `whole` is false for whoever is in the middle. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#queue = undefined
    this.#body?.abort()
    if (!this.#answered) this.writer?.onClose()
    this.writer = undefined
  }

  /** So much time has passed. */
  sweep(elapsedMs: number): void {
    if (!this.#headSent && this.#body?.isTooSlow(elapsedMs)) {
      this.#body.abort()
      this.whole(requestTimeout, [], '')
    } else if (this.#isStalled(elapsedMs)) this.reset(errorCodes.cancel)
  }

  /** The client takes nothing of what waits for it, or does not end what it began. */
  #isStalled(elapsedMs: number): boolean {
    const { limits } = this.host
    if (this.#localEnded) {
      this.#answeredMs += elapsedMs
      return this.#answeredMs >= limits.writeIdleTimeoutMs
    }
    if (!this.waits) {
      this.#pace = undefined
      return false
    }
    // It is the socket, or other answers, that this one waits for.
    if (this.#window > 0) return false
    this.#pace ??= new BodyPace({
      bodyIdleTimeoutMs: limits.writeIdleTimeoutMs,
      bodyBytesPerSecondMin: limits.bodyBytesPerSecondMin,
    })
    return this.#pace.pass(elapsedMs)
  }

  get #window(): number {
    return Math.min(this.sendWindow, this.host.sendWindow)
  }

  /** RFC 9110 §6.4.1, §9.3.2; 205 has none by §15.3.6. */
  #hasNoBody(status: number): boolean {
    return this.request.method === 'HEAD' || status === 204 || status === 205 || status === 304
  }

  #finish(): void {
    this.#answered = true
    this.#body?.discard()
  }

  #endLocally(): void {
    this.#localEnded = true
    if (this.remoteEnded) this.host.forget(this)
    else this.stopRequest()
  }

  /** RFC 9113 §8.1: the answer does not depend on the rest of the request, which need not be sent. */
  protected stopRequest(): void {
    // Clients that meet answer and reset in one packet may lose the answer over it.
    setImmediate(() => this.reset(errorCodes.none))
  }
}

/** A WebSocket, or whatever else is asked for by extended CONNECT (RFC 8441). */
export class ConnectStream extends Http2Stream {
  #switched = false
  #quietMs = 0
  #moved = 0

  /** 200, and the stream both ways. */
  accept(headers: RawHeaders): ConnectStream {
    this.#switched = true
    this.head(
      200,
      withoutFields(headers, (name) => name === 'sec-websocket-accept'),
    )
    return this
  }

  /** RFC 8441 §5: what a reset of the TCP connection would be. */
  override abort(): void {
    this.reset(this.#switched ? errorCodes.cancel : errorCodes.internal)
  }

  override sweep(elapsedMs: number): void {
    super.sweep(elapsedMs)
    const moved = this.sendWindow + this.receiveWindow
    this.#quietMs = moved === this.#moved ? this.#quietMs + elapsedMs : 0
    this.#moved = moved
    if (this.#switched && this.#quietMs >= this.host.limits.webSocketIdleTimeoutMs) this.abort()
  }

  /** The client ends its own half, as it would end a TCP connection. */
  protected override stopRequest(): void {
    if (!this.#switched) super.stopRequest()
  }
}

function awaitsContinue(headers: readonly string[]): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] === 'expect') return headers[i + 1]?.toLowerCase() === '100-continue'
  }
  return false
}
