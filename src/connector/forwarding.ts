import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import { Fault } from '../base/fault.ts'
import type { Log } from '../base/log.ts'
import { fieldValue, type RawHeaders } from '../http/headers.ts'
import type {
  AnsweringStream,
  RequestHandler,
  ResetCode,
  TunnelRequest,
} from '../tunnel/exchange.ts'
import { judgeHead, judgeTrailers, judgeUpgrade } from './answer-head.ts'
import { AnswerSender } from './answer-sender.ts'
import type { BackendClient, ConnectionHandler } from './backend-client.ts'
import { exchangeCode, isRubbishInHead, systemCode } from './backend-failure.ts'
import type { BackendPool } from './backend-pool.ts'
import { RequestBody } from './request-body.ts'
import { readRequestHead } from './request-head.ts'
import { EarlyBytes, TwoWay } from './two-way.ts'

type Controller = Dispatcher.DispatchController

/** A backend that says more than this before it answers never will; early hints come once or twice. */
const maxInformational = 10

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
}

/** One exchange with a backend: the tunnel tells it the request, undici tells it the answer. */
export class Forwarding implements RequestHandler, ConnectionHandler {
  readonly #request: TunnelRequest
  readonly #stream: AnsweringStream
  readonly #backend: BackendPool
  readonly #terms: ForwardingTerms
  connection: BackendClient | undefined
  #headers: string[] = []
  /** Where the rest of the request goes; undefined when it came whole. */
  #intake: RequestBody | EarlyBytes | TwoWay | undefined
  #body: RequestBody | Buffer | null = null
  #controller: Controller | undefined
  #timer: NodeJS.Timeout | undefined
  #informed = 0
  /** The first byte of the answer came; from here on nothing is repeated. */
  #answering = false
  #retried = false
  #sender: AnswerSender | undefined
  /** The exchange is over; whatever still comes from either side is dropped. */
  #over = false

  constructor(
    request: TunnelRequest,
    stream: AnsweringStream,
    backend: BackendPool,
    terms: ForwardingTerms,
  ) {
    this.#request = request
    this.#stream = stream
    this.#backend = backend
    this.#terms = terms
  }

  /** Sends the request; `body` is what is there of its body, `end` says that this is all. */
  start(body: Buffer, end: boolean): void {
    this.#backend.active++
    const head = readRequestHead(this.#request, body.length, end)
    if ('problem' in head) {
      this.#fail('protocol-error', head.problem)
      return
    }
    this.#headers = head.headers
    this.#timer = setTimeout(() => this.#onTimeout(), this.#request.headTimeoutMs)
    if (this.#request.upgrade) this.#intake = new EarlyBytes(body, end, this.#grant)
    else if (!end) this.#intake = this.#body = this.#streamBody(head.length, body)
    else if (body.length > 0) this.#body = body
    this.#dispatch()
  }

  // --- What the edge says about the request ---

  onData(chunk: Buffer): void {
    // A slow upload is no slow backend.
    this.#timer?.refresh()
    if (this.#intake) this.#intake.onData(chunk)
    else this.#stream.grant(chunk.length)
  }

  onEnd(): void {
    this.#intake?.onEnd()
  }

  onError(): void {
    this.#finish()
    this.#abort()
  }

  // --- What undici says about the answer ---

  onRequestStart(controller: Controller): void {
    this.#controller = controller
    if (this.#over) this.#abort()
    else this.connection?.expectHead()
  }

  onResponseStarted(): void {
    this.#answering = true
  }

  onResponseStart(controller: Controller, status: number): void {
    if (this.#over) return
    const head = judgeHead(this.#request.method, status, rawFields(controller.rawHeaders))
    if ('rubbish' in head) {
      this.#fail('backend-rubbish', head.rubbish)
    } else if (status < 200) {
      this.#inform(status, head.headers)
    } else {
      const streaming = (): void => this.#watchBody(fieldValue(head.headers, 'content-type'))
      // To an upgrade this is a refusal.
      if (this.#intake instanceof EarlyBytes) this.#intake.destroy()
      this.#sender = new AnswerSender(this.#stream, status, head.headers, streaming)
      this.#sender.start(head.bodyLength)
    }
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#over || !this.#sender) return
    this.#timer?.refresh()
    if (this.#sender.send(chunk)) return
    controller.pause()
    // Later, because another exchange's undici parser may be running when the stream drains, and there is only one.
    this.#stream.onDrain ??= () => queueMicrotask(() => controller.resume())
  }

  onResponseEnd(controller: Controller): void {
    if (this.#over) return
    this.#finish()
    this.#sender?.end(judgeTrailers(rawFields(controller.rawTrailers)))
  }

  onRequestUpgrade(controller: Controller, status: number, _: object, upgraded: Duplex): void {
    // Pools hand undici nothing but net and tls sockets.
    const socket = upgraded as Socket
    const head = judgeUpgrade(status, rawFields(controller.rawHeaders))
    if (this.#over || 'rubbish' in head) {
      // Without a listener a reset on the socket would end the process.
      socket.on('error', () => {}).destroy()
      if ('rubbish' in head) this.#fail('backend-rubbish', head.rubbish)
      return
    }
    this.#clearTimer()
    this.#backend.upgraded.add(socket)
    const twoWay = new TwoWay(socket, this.#stream, () => {
      this.#backend.upgraded.delete(socket)
      this.#finish()
    })
    if (this.#intake instanceof EarlyBytes) this.#intake.pourInto(twoWay)
    this.#intake = twoWay
    this.#stream.answer(status, head.headers, nothing, false)
  }

  onResponseError(_: Controller | null, error: Error): void {
    if (this.#over) return
    const code = this.#judgeError(error)
    if (code === 'backend-reset' && this.#mayRetry(error)) {
      this.#retried = true
      // By then undici has seen which of its other idle connections are closed as well.
      setImmediate(() => this.#dispatch())
      return
    }
    this.#fail(code, error instanceof Fault ? error.message : systemCode(error), error)
  }

  // --- Parts of the above ---

  #dispatch(): void {
    if (this.#over) return
    const { method, target, upgrade } = this.#request
    const { pool, servername } = this.#backend
    const options: Dispatcher.DispatchOptions & { servername: string } = {
      method,
      path: target,
      headers: this.#headers,
      body: this.#body,
      upgrade: upgrade ?? null,
      servername,
    }
    pool.dispatch(options, this)
  }

  readonly #grant = (bytes: number): void => this.#stream.grant(bytes)

  #streamBody(length: number | undefined, first: Buffer): RequestBody {
    const refuse = (problem: string): void => this.#fail('protocol-error', problem)
    const body = new RequestBody(length, this.#grant, refuse)
    if (first.length > 0) body.startWith(first)
    return body
  }

  #inform(status: number, headers: RawHeaders): void {
    this.#informed++
    // undici gives a 101 that switches protocols, as was asked for, to `onRequestUpgrade`.
    if (status === 101) this.#fail('backend-rubbish', 'a 101 that switches nothing')
    else if (this.#informed > maxInformational) this.#fail('backend-rubbish', 'too many 1xx')
    else this.#stream.inform(status, headers)
  }

  #watchBody(type: string | undefined): void {
    this.#clearTimer()
    const events = type?.startsWith('text/event-stream')
    const idleMs = events ? this.#terms.eventStreamIdleTimeoutMs : this.#terms.bodyIdleTimeoutMs
    this.#timer = setTimeout(() => this.#onTimeout(), idleMs)
  }

  #judgeError(error: Error): ResetCode {
    const inHead = this.#answering && !this.#sender
    return inHead && isRubbishInHead(error) ? 'backend-rubbish' : exchangeCode(error)
  }

  // A kept connection that closed before any byte of the answer; a Fault comes from opening a new one.
  #mayRetry(error: Error): boolean {
    if (this.#answering || this.#retried || error instanceof Fault) return false
    return this.#body === null && idempotent.has(this.#request.method)
  }

  #onTimeout(): void {
    // While paused the client, not the backend, is the one who is slow.
    if (this.#controller?.paused) this.#timer?.refresh()
    else this.#fail('backend-timeout', this.#sender ? 'silent body' : 'no answer')
  }

  #fail(code: ResetCode, detail: string, error?: Error): void {
    if (this.#over) return
    this.#finish()
    const { id, origin } = this.#request
    this.#terms.log.warn({ request: id, origin, code, detail, err: error }, 'backend failed')
    this.#stream.reset(code, detail)
    this.#abort()
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#clearTimer()
    this.#backend.active--
    this.#backend.lastUsedMs = Date.now()
  }

  #clearTimer(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #abort(): void {
    this.#sender?.discard()
    this.#intake?.destroy()
    this.#controller?.abort(cancelled)
  }
}

/** One for all: a stack trace for each cancelled request would cost more than the request. */
const cancelled = new Error('cancelled')

// undici types them for HTTP/2 as well; over HTTP/1.1 they are the bytes, name and value in turn.
function rawFields(fields: Controller['rawHeaders']): readonly Buffer[] {
  return (fields ?? []) as Buffer[]
}
