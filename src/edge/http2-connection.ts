import {
  constants,
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { Log } from '../base/log.ts'
import type { RawHeaders } from '../http/headers.ts'
import { Budget } from './budget.ts'
import { Http2Body } from './http2-body.ts'
import type { Http2Limits } from './http2-limits.ts'
import { serverNameOf } from './misdirected.ts'
import type { ConnectionFacts } from './received-http2.ts'
import type { Http2Reply } from './reply-http2.ts'

/** One request as it came, before anything is known of it. */
export interface Http2Arrival {
  readonly connection: Http2Connection
  readonly stream: ServerHttp2Stream
  readonly headers: IncomingHttpHeaders
  readonly raw: RawHeaders
}

export interface Http2ConnectionOptions {
  readonly limits: Http2Limits
  readonly onRequest: (arrival: Http2Arrival) => void
  readonly log: Log
}

// A WINDOW_UPDATE for every 100 bytes we send, or the head of a DATA frame for every 100 we get, is nothing odd.
const overheadShare = 1 / 8

/**
 * One HTTP/2 connection of a browser. nghttp2 keeps the protocol; what it lets pass for ever is ended here: what never
 * begins, never ends, is never read, is reset again and again, or carries nothing. [F8]
 */
export class Http2Connection {
  readonly facts: ConnectionFacts
  readonly #socket: TLSSocket
  readonly #session: ServerHttp2Session
  readonly #options: Http2ConnectionOptions
  readonly #resets: Budget
  readonly #overhead: Budget
  readonly #exchanges = new Set<Http2Exchange>()
  /** Bytes of heads and bodies that came, and what may come with them. */
  #usefulBytes = 0
  #countedBytes = 0
  #streams = 0
  #lastStreamId = 0
  #started = false
  #quietSinceMs = performance.now()
  #stalled: { readonly atMs: number; readonly bytesWritten: number } | undefined
  #endedAtMs: number | undefined

  /** Throws Node's error when the socket is gone already. */
  constructor(socket: TLSSocket, options: Http2ConnectionOptions) {
    const { limits, log } = options
    const nowMs = performance.now()
    this.#socket = socket
    this.#options = options
    this.#resets = new Budget(limits.resetBurst, limits.resetsPerSecond, nowMs)
    this.#overhead = new Budget(limits.overheadBurstBytes, limits.overheadBytesPerSecond, nowMs)
    const { remoteAddress: peer = '', localPort: port = 0 } = socket
    this.facts = { peer, port, serverName: serverNameOf(socket) }
    const session = performServerHandshake(socket, sessionOptions(limits))
    this.#session = session
    session.setLocalWindowSize(limits.connectionWindowBytes)
    session.on('error', (error) => log.debug({ error: error.message }, 'HTTP/2 session'))
    session.once('remoteSettings', () => {
      this.#started = true
    })
    session.on('stream', (stream, headers, _flags, raw: RawHeaders) =>
      this.#take(stream, headers, raw),
    )
  }

  /** What comes on the stream behind the head; `awaited`: the client sends it only when told to. */
  bodyOf(stream: ServerHttp2Stream, awaited: boolean): Http2Body {
    const { limits } = this.#options
    return new Http2Body(stream, { awaited, limits, onBytes: this.#onBodyBytes })
  }

  /** A head of so many bytes has come. */
  noteHead(bytes: number): void {
    this.#usefulBytes += bytes
  }

  /** From now on the exchange is watched, and told when the stream closes. */
  watch(exchange: Http2Exchange): void {
    this.#exchanges.add(exchange)
    exchange.stream.on('close', () => {
      this.#exchanges.delete(exchange)
      // What the client had on its way for a body that nobody wanted was no fault of its own.
      if (exchange.body) this.#usefulBytes += this.#options.limits.streamWindowBytes
      exchange.reply.close()
    })
  }

  /**
   * Requests under way end in peace; what comes later the client may ask again elsewhere, GOAWAY tells which (RFC 9113
   * §6.8). Only the first GOAWAY counts for nghttp2, so there is no telling the client before.
   */
  drain(): void {
    this.#session.close()
  }

  /** Looks after the connection; `elapsedMs` have passed since the last time. */
  sweep(nowMs: number, elapsedMs: number): void {
    if (this.#endedAtMs !== undefined || this.#session.destroyed) this.#awaitClose(nowMs)
    else if (!this.#withinOverhead(nowMs)) this.#end('frames that carry nothing')
    else if (this.#isStuck(nowMs)) this.#socket.destroy()
    else if (this.#streams === 0) this.#sweepQuiet(nowMs)
    else for (const exchange of this.#exchanges) this.#sweepExchange(exchange, nowMs, elapsedMs)
  }

  #take(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: RawHeaders): void {
    // The close event tells what matters; without a listener a reset stream would end the process.
    stream.on('error', ignore)
    stream.on('close', () => this.#release(stream))
    this.#streams += 1
    this.#lastStreamId = stream.id ?? this.#lastStreamId
    // Reset in the same breath: nobody waits for an answer.
    if (stream.destroyed || this.#endedAtMs !== undefined) return
    this.#options.onRequest({ connection: this, stream, headers, raw })
  }

  #release(stream: ServerHttp2Stream): void {
    this.#streams -= 1
    const nowMs = performance.now()
    if (this.#streams === 0) this.#quietSinceMs = nowMs
    const whole = stream.rstCode === constants.NGHTTP2_NO_ERROR && !stream.aborted
    if (whole && stream.headersSent) return
    if (!this.#resets.take(1, nowMs)) this.#end('too many streams that are reset')
  }

  #sweepQuiet(nowMs: number): void {
    const quietMs = nowMs - this.#quietSinceMs
    const { headersTimeoutMs, idleTimeoutMs } = this.#options.limits
    if (quietMs < headersTimeoutMs) return
    if (!this.#started || this.#isHeadBegun()) this.#end('a head that does not end')
    else if (quietMs >= idleTimeoutMs) this.#session.close()
  }

  #sweepExchange({ stream, body, reply }: Http2Exchange, nowMs: number, elapsedMs: number): void {
    if (reply.isStalled(nowMs, this.#options.limits.writeIdleTimeoutMs)) {
      this.#stalled ??= { atMs: nowMs, bytesWritten: this.#socket.bytesWritten }
      stream.close(constants.NGHTTP2_CANCEL)
      // Node keeps what a stream has still to send until its socket has taken it, which this one may never do.
      stream.destroy()
    } else if (!reply.headSent && body?.isTooSlow(elapsedMs)) {
      body.abort()
      reply.whole(requestTimeout, [], '')
    }
  }

  /** The reset of a stalled answer does not get out either: it is the socket that takes nothing. */
  #isStuck(nowMs: number): boolean {
    const stalled = this.#stalled
    if (!stalled || !this.#isPast(stalled.atMs, nowMs)) return false
    this.#stalled = undefined
    return stalled.bytesWritten === this.#socket.bytesWritten
  }

  readonly #onBodyBytes = (bytes: number): void => {
    this.#usefulBytes += bytes
  }

  #withinOverhead(nowMs: number): boolean {
    let waiting = 0
    for (const { body } of this.#exchanges) waiting += body?.waitingBytes ?? 0
    const { bytesRead, bytesWritten } = this.#socket
    const allowed = (this.#usefulBytes + waiting) * (1 + overheadShare)
    const overhead = bytesRead - allowed - bytesWritten * overheadShare
    const grown = Math.max(0, overhead - this.#countedBytes)
    this.#countedBytes += grown
    return this.#overhead.take(grown, nowMs)
  }

  /** nghttp2 has seen the beginning of a head that we have not seen the end of; it tells of neither. */
  #isHeadBegun(): boolean {
    return (this.#session.state.lastProcStreamID ?? 0) > this.#lastStreamId
  }

  #end(because: string): void {
    if (this.#endedAtMs !== undefined || this.#session.destroyed) return
    this.#endedAtMs = performance.now()
    this.#options.log.debug({ because, peer: this.facts.peer }, 'an HTTP/2 connection was ended')
    this.#session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM)
    for (const { stream } of this.#exchanges) stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM)
  }

  /** The client gets a moment to read why, and nothing new is taken from it; Node would wait for it to leave. */
  #awaitClose(nowMs: number): void {
    this.#endedAtMs ??= nowMs
    if (this.#isPast(this.#endedAtMs, nowMs)) this.#socket.destroy()
  }

  #isPast(sinceMs: number, nowMs: number): boolean {
    return nowMs - sinceMs >= this.#options.limits.closeTimeoutMs
  }
}

/** One request under way, as its connection watches it. */
export interface Http2Exchange {
  readonly stream: ServerHttp2Stream
  readonly body: Http2Body | undefined
  readonly reply: Http2Reply
}

const requestTimeout = 408

const ignore = (): void => {}

function sessionOptions(limits: Http2Limits) {
  return {
    settings: {
      // Announced so that WebSockets travel on the same connection (RFC 8441 §3).
      enableConnectProtocol: true,
      maxConcurrentStreams: limits.streamsMax,
      maxHeaderListSize: limits.headerListBytes,
      initialWindowSize: limits.streamWindowBytes,
    },
    // A repeated X-Content-Type-Options of an application is no reason to refuse its answer.
    strictSingleValueFields: false,
    maxHeaderListPairs: limits.headerPairs,
    maxSessionInvalidFrames: limits.invalidFramesMax,
    maxSessionRejectedStreams: limits.refusedStreamsMax,
    streamResetBurst: limits.resetBurst,
    streamResetRate: limits.resetsPerSecond,
  }
}
