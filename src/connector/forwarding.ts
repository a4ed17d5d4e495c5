import type { Socket } from 'node:net'
import type { Log } from '../base/log.ts'
import { fieldValue, type RawHeaders } from '../http/headers.ts'
import type {
  AnsweringStream,
  RequestHandler,
  ResetCode,
  TunnelRequest,
} from '../tunnel/exchange.ts'
import { AnswerSender } from './answer-sender.ts'
import type { Backend } from './backend.ts'
import type {
  AnswerListener,
  BackendExchange,
  BackendFailure,
  BackendTransport,
  ByteReceiver,
  Seeker,
} from './backend-exchange.ts'
import { type BodyOwner, RequestBody } from './request-body.ts'
import { type OutgoingRequest, readRequest } from './request-head.ts'
import { EarlyBytes, TwoWay } from './two-way.ts'

/** RFC 9110 §9.2.2: repeating these does no harm. */
const idempotent: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PUT',
  'DELETE',
])

const nothing: Buffer = Buffer.alloc(0)

/** What all exchanges of a forwarder have in common. */
export interface ForwardingTerms {
  readonly log: Log
  /** Longest silence within a body; event streams keep quiet while nothing happens. [F5] */
  readonly bodyIdleTimeoutMs: number
  readonly eventStreamIdleTimeoutMs: number
  /** Called with each exchange that is over; it keeps nothing of it, and does not throw. */
  readonly onOver?: ((forwarded: Forwarded) => void) | undefined
}

/** One exchange that is over. Times are milliseconds of `performance.now()`; 0: never. */
export interface Forwarded {
  readonly asked: TunnelRequest
  readonly startedMs: number
  readonly headMs: number
  /** 0 when no answer came. */
  readonly status: number
  /** Why it ended before its time. */
  readonly code: ResetCode | undefined
}

/** One exchange with a backend: the tunnel tells it the request, the backend's side the answer. */
export class Forwarding implements Forwarded, RequestHandler, AnswerListener, Seeker, BodyOwner {
  readonly asked: TunnelRequest
  startedMs = 0
  headMs = 0
  status = 0
  code: ResetCode | undefined = undefined
  readonly #stream: AnsweringStream
  readonly #backend: Backend
  readonly #terms: ForwardingTerms
  #request: OutgoingRequest | undefined
  /** What came of the body with the head, and whether that was all. */
  #first: Buffer = nothing
  #whole = true
  /** Where the rest of the request goes; undefined when it came whole. */
  #intake: RequestBody | EarlyBytes | TwoWay | undefined
  #exchange: BackendExchange | undefined
  #timer: NodeJS.Timeout | undefined
  #retried = false
  #paused = false
  #sender: AnswerSender | undefined
  /** The exchange is over; whatever still comes from either side is dropped. */
  #over = false

  constructor(
    asked: TunnelRequest,
    stream: AnsweringStream,
    backend: Backend,
    terms: ForwardingTerms,
  ) {
    this.asked = asked
    this.#stream = stream
    this.#backend = backend
    this.#terms = terms
  }

  /** Sends the request; `body` is what is there of its body, `end` says that this is all. */
  start(body: Buffer, end: boolean): void {
    this.#backend.active++
    if (this.#terms.onOver) this.startedMs = performance.now()
    const request = readRequest(this.asked, body.length, end)
    if ('problem' in request) {
      this.#fail('protocol-error', request.problem)
      return
    }
    this.#request = request
    this.#timer = setTimeout(onTimeout, this.asked.headTimeoutMs, this)
    if (request.upgrade) {
      this.#intake = new EarlyBytes(body, end, (bytes) => this.grant(bytes))
    } else {
      this.#first = body
      this.#whole = end
      if (!end) this.#intake = new RequestBody(request.length, body.length, this)
    }
    this.#backend.seek(this, request)
  }

  // --- What the edge says about the request ---

  onData(chunk: Buffer): void {
    // A slow upload is no slow backend.
    this.#timer?.refresh()
    if (this.#intake) this.#intake.onData(chunk)
    else this.#stream.grant(chunk.length)
  }

  onEnd(trailers: RawHeaders): void {
    this.#intake?.onEnd(trailers)
  }

  onError(code: ResetCode): void {
    if (!this.#over) this.code = code
    this.#finish()
    this.#abort()
  }

  // --- What the request's body says ---

  grant(bytes: number): void {
    this.#stream.grant(bytes)
  }

  refuse(problem: string): void {
    this.#fail('protocol-error', problem)
  }

  // --- What the search for a connection says ---

  get gone(): boolean {
    return this.#over
  }

  get fresh(): boolean {
    return this.#retried
  }

  get boundTo(): string | undefined {
    return this.asked.boundTo
  }

  get bindsConnection(): boolean {
    return this.#request?.bindsConnection === true
  }

  onTransport(transport: BackendTransport): void {
    const request = this.#request as OutgoingRequest // only `start` seeks, behind its assignment
    this.#exchange = transport.ask(request, this.#first, this.#whole, this)
    if (this.#intake instanceof RequestBody) this.#intake.pourInto(this.#exchange)
  }

  // --- What the backend says ---

  onInformation(status: number, headers: RawHeaders): void {
    this.#stream.inform(status, headers)
  }

  onAnswer(
    status: number,
    headers: RawHeaders,
    bodyLength: number | undefined,
    reason?: string,
  ): void {
    this.#noteHead(status)
    // To an upgrade this is a refusal.
    if (this.#intake instanceof EarlyBytes) this.#intake.drop()
    const streaming = (): void => this.#watchBody(fieldValue(headers, 'content-type'))
    this.#sender = new AnswerSender(this.#stream, { status, headers, reason }, streaming)
    this.#sender.start(bodyLength)
  }

  onBody(chunk: Buffer): boolean {
    this.#timer?.refresh()
    if (this.#sender?.send(chunk) !== false) return true
    this.#paused = true
    this.#stream.onDrain ??= () => this.#resume()
    return false
  }

  onRead(): void {
    this.#sender?.onRead()
  }

  onAnswerEnd(trailers: RawHeaders): void {
    this.#finish()
    this.#sender?.end(trailers)
    // The stream ends with its answer in both directions (tunnel/spec.md): what is left of the body is not wanted.
    this.#intake?.drop()
  }

  onSwitch(headers: RawHeaders, socket: Socket): ByteReceiver {
    this.#noteHead(101)
    this.#clearTimer()
    const twoWay = new TwoWay(socket, this.#stream, () => this.#finish())
    this.#stream.answer(101, headers, nothing, false)
    if (this.#intake instanceof EarlyBytes) this.#intake.pourInto(twoWay)
    this.#intake = twoWay
    return (chunk) => twoWay.onBytes(chunk)
  }

  onDrain(): void {
    if (this.#intake instanceof RequestBody) this.#intake.onDrain()
  }

  onFailure(failure: BackendFailure): void {
    if (this.#over) return
    if (this.#mayRepeat(failure)) {
      this.#retried = true
      this.#exchange = undefined
      this.#backend.seek(this, this.#request as OutgoingRequest)
    } else this.#fail(failure.code, failure.detail, failure.cause)
  }

  // --- Parts of the above ---

  // Once, within what the backend's budget for repeats allows. [R15]
  #mayRepeat({ repeat }: BackendFailure): boolean {
    if (this.#retried || !this.#whole || repeat === 'never') return false
    const harmless = this.#first.length === 0 && idempotent.has(this.asked.method)
    return (repeat === 'always' || harmless) && this.#backend.takeRepeat()
  }

  #resume(): void {
    this.#paused = false
    // The backend's silence begins now.
    this.#timer?.refresh()
    if (!this.#over) this.#exchange?.resume()
  }

  #watchBody(type: string | undefined): void {
    this.#clearTimer()
    const events = type?.startsWith('text/event-stream')
    const idleMs = events ? this.#terms.eventStreamIdleTimeoutMs : this.#terms.bodyIdleTimeoutMs
    this.#timer = setTimeout(onTimeout, idleMs, this)
  }

  /** For the timer. */
  onTimeout(): void {
    // While paused the client, not the backend, is the one who is slow.
    if (this.#paused) this.#timer?.refresh()
    else this.#fail('backend-timeout', this.#sender ? 'silent body' : 'no answer')
  }

  #fail(code: ResetCode, detail: string, cause?: Error): void {
    if (this.#over) return
    this.code = code
    this.#finish()
    const { id, origin } = this.asked
    this.#terms.log.warn({ requestId: id, origin, code, detail, error: cause }, 'backend failed')
    this.#stream.reset(code, detail)
    this.#abort()
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#clearTimer()
    this.#backend.active--
    this.#backend.lastUsedMs = Date.now()
    this.#terms.onOver?.(this)
  }

  #noteHead(status: number): void {
    this.status = status
    if (this.#terms.onOver) this.headMs = performance.now()
  }

  #clearTimer(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #abort(): void {
    this.#sender?.discard()
    this.#intake?.drop()
    this.#exchange?.abort()
    this.#backend.forget(this)
  }
}

// One function for all timers: a closure for each would outlive its exchange in the timer's list.
function onTimeout(forwarding: Forwarding): void {
  forwarding.onTimeout()
}
