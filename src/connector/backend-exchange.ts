import type { Socket } from 'node:net'
import type { RawHeaders } from '../http/headers.ts'
import type { ResetCode } from '../tunnel/exchange.ts'
import type { OutgoingRequest } from './request-head.ts'

/** Why there is no answer, or no whole one. */
export interface BackendFailure {
  readonly code: ResetCode
  /** A few words for logs. */
  readonly detail: string
  readonly cause?: Error | undefined
  /**
   * Whether the request may be sent again: `always` when the backend surely did not act on it, `harmless` when nobody
   * knows and only a method that may be repeated is safe (RFC 9110 §9.2.2).
   */
  readonly repeat: 'never' | 'harmless' | 'always'
}

/** Takes bytes, which it may keep. False: nothing more until the socket's `resume`. */
export type ByteReceiver = (chunk: Buffer) => boolean

/** What a request is told about its answer. `onFailure` may replace any call; nothing follows it or `onAnswerEnd`. */
export interface AnswerListener {
  /** 1xx other than 101; fields of this hop and cookies are out. */
  onInformation(status: number, headers: RawHeaders): void
  /**
   * `bodyLength` is undefined when only the end will tell, `reason` when it is the usual one. Fields of this hop are out.
   */
  onAnswer(
    status: number,
    headers: RawHeaders,
    bodyLength: number | undefined,
    reason?: string,
  ): void
  /** The chunk is the listener's. False: nothing more until `resume`. */
  onBody(chunk: Buffer): boolean
  /** What was there has been read; the answer is not over. */
  onRead(): void
  onAnswerEnd(trailers: RawHeaders): void
  /** 101 to an upgrade: the socket is the listener's, all but its bytes, which the returned function gets. */
  onSwitch(headers: RawHeaders, socket: Socket): ByteReceiver
  /** The backend takes bytes again. */
  onDrain(): void
  onFailure(failure: BackendFailure): void
}

/** A request under way, for the side that sends it. */
export interface BackendExchange {
  /** False: wait for `onDrain`. */
  write(chunk: Buffer): boolean
  end(trailers: RawHeaders): void
  resume(): void
  /** Gives up: the backend sees its connection closed or its stream reset, at once. The listener is not told. */
  abort(): void
}

/** A connection, or a session with room for one more stream, that is ready for a request. */
export interface BackendTransport {
  /** Sends the head and `first`; with `end` that is all. */
  ask(
    request: OutgoingRequest,
    first: Buffer,
    end: boolean,
    listener: AnswerListener,
  ): BackendExchange
}

/** A request that looks for a way to its backend. */
export interface Seeker {
  /** Nobody waits for it any more. */
  readonly gone: boolean
  /** A kept connection has failed it already. */
  readonly fresh: boolean
  /** Name of the client's connection, when credentials may count for a whole connection. */
  readonly boundTo: string | undefined
  /** It carries such credentials. */
  readonly bindsConnection: boolean
  onTransport(transport: BackendTransport): void
  onFailure(failure: BackendFailure): void
}
