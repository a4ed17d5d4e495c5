import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import type { Socket } from 'node:net'
import { serializeOrigin } from '../http/origin.ts'
import type { AnswerListener, BackendExchange, BackendTransport } from './backend-exchange.ts'
import { systemCode } from './backend-failure.ts'
import type { Destination } from './backend-socket.ts'
import type { OutgoingRequest } from './request-head.ts'
import { type ExchangeOwner, requestFields, SessionExchange } from './session-exchange.ts'

const kibibyte = 1_024

/** What nginx, Apache and Node allow of their own accord. */
const maxStreams = 100

/** What a reader who has stopped may leave lying here. */
const streamWindowBytes = 256 * kibibyte

/** Room for all streams of a session, so that readers who have stopped never stop the others. */
const sessionWindowBytes = maxStreams * streamWindowBytes

const maxHeadBytes = 64 * kibibyte
const maxFields = 128

/** Longer silence than this, and the connection is looked at before a request is left waiting on it. */
const doubtfulMs = 10_000

/** A living backend answers a ping at once. */
const pingTimeoutMs = 5_000

/** Whom a session tells that it has room again, or is over. */
export interface SessionOwner {
  onRoom(session: BackendSession): void
  onGone(session: BackendSession): void
  /** The backend wants to be spoken to over HTTP/1.1. */
  onHttp1Required(): void
}

/** One HTTP/2 connection to a backend: many requests at a time (RFC 9113). */
export class BackendSession implements BackendTransport, ExchangeOwner {
  readonly #owner: SessionOwner
  readonly #session: ClientHttp2Session
  readonly #scheme: string
  #streams = 0
  #leaving = false
  #pinging = false
  #heardAtMs = performance.now()
  stopping = false
  lastStreamId: number = Number.POSITIVE_INFINITY

  /** `socket` is open and has spoken no HTTP yet. */
  constructor(owner: SessionOwner, destination: Destination, socket: Socket) {
    this.#owner = owner
    this.#scheme = destination.origin.scheme
    const settings = {
      enablePush: false,
      initialWindowSize: streamWindowBytes,
      maxHeaderListSize: maxHeadBytes,
    }
    const options = {
      createConnection: () => socket,
      settings,
      maxHeaderListPairs: maxFields,
      // Repeats are the client's and the application's own business; Node would throw.
      strictSingleValueFields: false,
    }
    const session = connect(serializeOrigin(destination.origin), options)
    this.#session = session
    session.setLocalWindowSize(sessionWindowBytes)
    session.on('goaway', (_code: number, lastStreamId: number) => {
      this.lastStreamId = lastStreamId
      this.#leave()
    })
    // Every stream is told by itself; without a listener the error would end the process.
    session.on('error', () => this.#leave())
    session.on('close', () => {
      this.#leaving = true
      owner.onGone(this)
    })
  }

  /** Whether one more request may go out on it. */
  get hasRoom(): boolean {
    if (this.#leaving || this.#session.closed || this.#session.destroyed) return false
    const { maxConcurrentStreams = maxStreams } = this.#session.remoteSettings
    return this.#streams < Math.min(maxStreams, maxConcurrentStreams)
  }

  /** Since when nothing is under way, by the monotonic clock; undefined while something is. */
  get idleSinceMs(): number | undefined {
    return this.#streams === 0 ? this.#heardAtMs : undefined
  }

  ask(
    request: OutgoingRequest,
    first: Buffer,
    end: boolean,
    listener: AnswerListener,
  ): BackendExchange {
    if (performance.now() - this.#heardAtMs > doubtfulMs) this.probe()
    const endStream = end && first.length === 0
    const options = { endStream, waitForTrailers: !end }
    let stream: ClientHttp2Stream
    try {
      stream = this.#session.request(requestFields(request, this.#scheme), options)
    } catch (thrown) {
      // Node refuses what HTTP/2 has no words for.
      const cause = thrown instanceof Error ? thrown : undefined
      const detail = `HTTP/2: ${systemCode(thrown)}`
      listener.onFailure({ code: 'protocol-error', detail, cause, repeat: 'never' })
      return neverSent
    }
    this.#streams++
    const exchange = new SessionExchange(this, stream, request, listener)
    if (first.length > 0) stream.write(first)
    if (end && !endStream) stream.end()
    return exchange
  }

  /** A stream is over. */
  onStreamClosed(): void {
    this.#streams--
    this.#heardAtMs = performance.now()
    if (this.#leaving && this.#streams === 0) this.#session.close()
    else if (this.hasRoom) this.#owner.onRoom(this)
  }

  onHttp1Required(): void {
    this.#owner.onHttp1Required()
  }

  /** Asks whether anybody is still there, and ends the session if not. */
  probe(): void {
    if (this.#pinging || this.#session.destroyed) return
    this.#pinging = true
    const timer = setTimeout(() => this.#session.destroy(), pingTimeoutMs)
    this.#session.ping(() => {
      clearTimeout(timer)
      this.#pinging = false
      this.#heardAtMs = performance.now()
    })
  }

  /** Ends it, whatever is under way. */
  close(): void {
    this.stopping = true
    this.#session.destroy()
  }

  #leave(): void {
    this.#leaving = true
    if (this.#streams === 0) this.#session.close()
  }
}

const neverSent: BackendExchange = { write: () => true, end() {}, resume() {}, abort() {} }
