import { Fault, type FaultCode } from '../base/fault.ts'
import type { RawHeaders } from '../http/headers.ts'
import type { Link, LinkHub } from '../tunnel/edge-end.ts'
import type { AnswerHandler, OutboundStream, ResetCode, TunnelRequest } from '../tunnel/exchange.ts'

/** The connectors a request may travel through. */
export interface Path {
  readonly hub: LinkHub
  readonly groupId: string
}

/** Where the answer of the application goes. */
export interface AnswerSink {
  inform(status: number, headers: RawHeaders): void
  answer(status: number, headers: RawHeaders, body: Buffer, end: boolean): void
  data(chunk: Buffer): void
  end(trailers: RawHeaders): void
  /** `headSent` false: nothing of an answer has come; the failure can still be told. */
  fail(fault: Fault): void
}

// RFC 9110 §9.2.2. Only these may be sent again when nobody knows whether they were acted on.
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/**
 * One request under way, at the least busy connector. A request without a body that a connector surely did not answer
 * is sent once more through another one. [K3] The constructor throws `no-connector` when there is none.
 */
export class ForwardedStream implements AnswerHandler {
  readonly #path: Path
  readonly #request: TunnelRequest
  readonly #hasBody: boolean
  readonly #sink: AnswerSink
  #first: Link | undefined
  #again = false
  #answered = false
  #done = false
  #stream: OutboundStream
  onDrain: (() => void) | undefined

  constructor(path: Path, request: TunnelRequest, hasBody: boolean, sink: AnswerSink) {
    this.#path = path
    this.#request = request
    this.#hasBody = hasBody
    this.#sink = sink
    this.#stream = this.#open()
  }

  write(chunk: Uint8Array): boolean {
    return this.#stream.write(chunk)
  }

  end(trailers: RawHeaders): void {
    this.#stream.end(trailers)
  }

  grant(bytes: number): void {
    this.#stream.grant(bytes)
  }

  /** The client left: the application is told at once. */
  cancel(code: ResetCode = 'cancelled'): void {
    if (this.#done) return
    this.#done = true
    this.#stream.reset(code)
  }

  onInformation(status: number, headers: RawHeaders): void {
    this.#sink.inform(status, headers)
  }

  onAnswer(status: number, headers: RawHeaders, body: Buffer, end: boolean): void {
    this.#answered = true
    this.#done = end
    this.#sink.answer(status, headers, body, end)
  }

  onData(chunk: Buffer): void {
    this.#sink.data(chunk)
  }

  onEnd(trailers: RawHeaders): void {
    this.#done = true
    this.#sink.end(trailers)
  }

  onError(code: ResetCode, message: string): void {
    if (this.#done) return
    if (this.#mayTryAgain(code)) {
      try {
        // Finds another connector or tells that there is none; a third attempt would multiply load in an outage.
        this.#again = true
        this.#stream = this.#open()
        return
      } catch (thrown) {
        if (!(thrown instanceof Fault)) throw thrown
        // No other connector: the first failure says more than the lack of a second one.
      }
    }
    this.#done = true
    this.#sink.fail(new Fault(resetFaults[code], message))
  }

  #mayTryAgain(code: ResetCode): boolean {
    if (this.#answered || this.#hasBody || this.#again) return false
    // Refused before it was looked at: safe whatever the method. Lost on the way: only if repeating does no harm.
    if (code === 'draining' || code === 'overloaded') return true
    return code === 'link-lost' && idempotent.has(this.#request.method)
  }

  #open(): OutboundStream {
    const { hub, groupId } = this.#path
    const link = hub.choose(groupId, this.#first && new Set([this.#first]))
    if (!link) throw noLink(hub, groupId)
    this.#first = link
    // A WebSocket has no body, but what the client says after the switch goes on this stream.
    const ends = !this.#hasBody && this.#request.upgrade === undefined
    const stream = link.open(this.#request, nothing, ends, this)
    // Assigned by name: V8 makes a function that is written at an assignment to a property in the old generation, and
    // there it keeps all of its request until the next full collection. That cost a fifth of the edge's time.
    const onDrain = () => this.onDrain?.()
    if (!ends) stream.onDrain = onDrain
    return stream
  }
}

// All of them at their limit is another matter than none at all: one passes by itself.
function noLink(hub: LinkHub, groupId: string): Fault {
  if (hub.serves(groupId)) return new Fault('overloaded', `all links of group ${groupId} are full`)
  return new Fault('no-connector', `no connector of group ${groupId} is connected`)
}

const nothing = new Uint8Array(0)

const resetFaults: Readonly<Record<ResetCode, FaultCode>> = {
  cancelled: 'connector-lost',
  'link-lost': 'connector-lost',
  'protocol-error': 'connector-lost',
  'flow-control': 'connector-lost',
  overloaded: 'overloaded',
  draining: 'connector-lost',
  'backend-unreachable': 'backend-unreachable',
  'backend-refused': 'backend-refused',
  'backend-reset': 'backend-reset',
  'backend-truncated': 'backend-truncated',
  'backend-timeout': 'backend-timeout',
  'backend-rubbish': 'backend-rubbish',
  'backend-certificate': 'backend-certificate',
  'destination-not-allowed': 'destination-not-allowed',
  internal: 'internal',
}
