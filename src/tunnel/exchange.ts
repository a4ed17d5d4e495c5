import type { RawHeaders } from '../http/headers.ts'

/** The meaning of one request, as the edge decided it. The connector re-serialises it towards the application. */
export interface TunnelRequest {
  /** The request id that is in every log and answer. */
  readonly id: string
  readonly method: string
  /** Scheme, host and port of the application, e.g. `http://10.0.0.5:8080`. */
  readonly origin: string
  /** Path and query in origin-form. */
  readonly target: string
  /** End-to-end fields in order, Host among them; never Connection, Transfer-Encoding, Upgrade. */
  readonly headers: RawHeaders
  /** Milliseconds until the response head must be there. [F5] */
  readonly headTimeoutMs: number
  readonly verifyCertificate: boolean
  /** `websocket` for an upgrade; the answer is then 101 and a two-way byte stream, or any other answer. */
  readonly upgrade: 'websocket' | undefined
  /** The application may be spoken to over HTTP/2; HTTP/1.1 alone when absent. */
  readonly http2?: boolean
  /**
   * Names the client's connection and the person on it, when credentials may count for a whole connection (NTLM,
   * Negotiate): what somebody signed in to is never used for anybody else.
   */
  readonly boundTo?: string | undefined
  /** A `traceparent` (W3C Trace Context) of the edge's own, for requests that are traced. */
  readonly trace?: string | undefined
}

/** What one side of a stream is told. Calls come in this order; `onError` may replace any of them and ends the stream. */
export interface AnswerHandler {
  /** 1xx other than 101; may come several times. */
  onInformation(status: number, headers: RawHeaders): void
  /**
   * `end` says that nothing follows. `body` may be empty, and needs no `grant`. `reason` is undefined when it is the usual
   * one.
   */
  onAnswer(status: number, headers: RawHeaders, body: Buffer, end: boolean, reason?: string): void
  /** Call `stream.grant(chunk.length)` once the bytes are passed on; until then they count against the credit. */
  onData(chunk: Buffer): void
  /** `trailers` is empty nearly always. */
  onEnd(trailers: RawHeaders): void
  onError(code: ResetCode, message: string): void
}

/** One end of one stream, for the side that sends. */
export interface OutboundStream {
  /** Queues bytes, which are kept and not copied. False: credit or socket is used up, wait for `onDrain`. */
  write(chunk: Uint8Array): boolean
  end(trailers?: RawHeaders): void
  /** Gives up in both directions. `detail` is a sentence for the other end's log, cut at 256 characters. */
  reset(code: ResetCode, detail?: string): void
  /** Bytes from the peer that have been passed on. */
  grant(bytes: number): void
  onDrain: (() => void) | undefined
}

/** Why a stream ended early: code ↔ number on the wire, one table for both ends (spec.md §Reset). */
export const resetCodes = {
  cancelled: 0,
  'link-lost': 1,
  'protocol-error': 2,
  'flow-control': 3,
  overloaded: 4,
  draining: 5,
  'backend-unreachable': 6,
  'backend-refused': 7,
  'backend-reset': 8,
  'backend-timeout': 9,
  'backend-rubbish': 10,
  'backend-certificate': 11,
  'destination-not-allowed': 12,
  internal: 13,
  'backend-truncated': 14,
} as const

export type ResetCode = keyof typeof resetCodes

/** The connector's end of a stream: it answers. */
export interface AnsweringStream extends OutboundStream {
  /** A 1xx other than 101. */
  inform(status: number, headers: RawHeaders): void
  /** The head of the answer, with what is there of the body; `end` when that is all of it; `reason` if it is unusual. */
  answer(status: number, headers: RawHeaders, body: Uint8Array, end: boolean, reason?: string): void
}

/** What the connector's end of a stream is told about the request after its head. */
export interface RequestHandler {
  /** Call `stream.grant(chunk.length)` once the bytes are passed on. */
  onData(chunk: Buffer): void
  onEnd(trailers: RawHeaders): void
  /** The edge gave up, or the link was lost. */
  onError(code: ResetCode, message: string): void
}

/** The connector's side of the product: one request in, an answer through `stream`. */
export type Serve = (
  request: TunnelRequest,
  body: Buffer,
  end: boolean,
  stream: AnsweringStream,
) => RequestHandler
