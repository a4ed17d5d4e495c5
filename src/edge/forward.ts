import { Fault, type FaultCode } from '../base/fault.ts'
import { endToEnd, passableTrailers } from '../http/end-to-end.ts'
import type { RawHeaders } from '../http/headers.ts'
import type { Link, Links } from '../tunnel/edge-end.ts'
import type { AnswerHandler, OutboundStream, ResetCode, TunnelRequest } from '../tunnel/exchange.ts'
import type { ClientBinding } from './client-binding.ts'
import { judgeAnswer } from './connector-answer.ts'
import { judgeRetry } from './retry.ts'

/** The connectors a request may travel through. */
export interface Path {
  readonly links: Links
  readonly groupId: string
  /** The client's address. */
  readonly client?: string
  /** Leads the requests of one client's connection to one connector. */
  readonly binding?: ClientBinding | undefined
  /** Learns who forwards the request. */
  readonly trace?: ForwardTrace
}

/** Who forwarded a request, and how many were asked to. */
export interface ForwardTrace {
  connectorId: string | undefined
  attempts: number
}

/** Where the answer of the application goes. */
export interface AnswerSink {
  inform(status: number, headers: RawHeaders): void
  /** `reason` is undefined when it is the usual one. */
  answer(status: number, headers: RawHeaders, body: Buffer, end: boolean, reason?: string): void
  data(chunk: Buffer): void
  end(trailers: RawHeaders): void
  /** `headSent` false: nothing of an answer has come; the failure can still be told. */
  fail(fault: Fault): void
}

/** The connector allows an application as many. */
const maxInformational = 10

/**
 * One request under way, at the least busy connector. A request without a body that a connector surely did not answer
 * is sent again through another one, or as soon as one is back. [K3] The constructor throws
 * `no-connector` when there is none, `overloaded` when all have too much to do, or this client's network has.
 */
export class ForwardedStream implements AnswerHandler {
  readonly #path: Path
  readonly #request: TunnelRequest
  readonly #hasBody: boolean
  readonly #sink: AnswerSink
  readonly #startedAt: number = performance.now()
  #link: Link | undefined
  #attempts = 0
  #answered = false
  #informed = 0
  /** Of a body of which the length was declared. */
  #bodyLeft: number | undefined
  #done = false
  /** Leaves the place that it has while it waits. */
  #leave: (() => void) | undefined
  /** Waits for a link no longer. */
  #stopSeeking: (() => void) | undefined
  #stream: OutboundStream
  onDrain: (() => void) | undefined

  constructor(path: Path, request: TunnelRequest, hasBody: boolean, sink: AnswerSink) {
    this.#path = path
    this.#request = request
    this.#hasBody = hasBody
    this.#sink = sink
    const link = path.links.choose(path.groupId, request.origin, path.binding?.link)
    if (!link) throw noLink(path)
    const seat = path.client === undefined ? undefined : link.seat?.(path.client)
    if (seat === 'full') throw new Fault('overloaded', `too many requests of ${path.client} wait`)
    this.#leave = seat
    this.#stream = this.#open(link)
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
    this.#leaveSeat()
    this.#stopSeeking?.()
    this.#stream.reset(code)
  }

  onInformation(status: number, headers: RawHeaders): void {
    if (this.#done) return
    if (++this.#informed > maxInformational) this.#refuse('too many 1xx')
    else this.#sink.inform(status, endToEnd(status, headers, undefined))
  }

  onAnswer(status: number, headers: RawHeaders, body: Buffer, end: boolean, reason?: string): void {
    if (this.#done) return
    const answer = judgeAnswer(this.#request.method, status, headers)
    const problem = 'problem' in answer ? answer.problem : this.#count(answer.bodyBytes, body, end)
    if ('problem' in answer || problem !== undefined) {
      this.#refuse(problem ?? 'the head of the answer')
      return
    }
    this.#answered = true
    this.#leaveSeat()
    this.#done = end
    this.#sink.answer(status, answer.headers, body, end, reason)
  }

  onData(chunk: Buffer): void {
    if (this.#done) return
    const problem = this.#count(this.#bodyLeft, chunk, false)
    if (problem === undefined) this.#sink.data(chunk)
    else this.#refuse(problem)
  }

  onEnd(trailers: RawHeaders): void {
    if (this.#done) return
    const problem = this.#count(this.#bodyLeft, nothing, true)
    if (problem !== undefined) {
      this.#refuse(problem)
      return
    }
    this.#done = true
    this.#sink.end(passableTrailers(trailers))
  }

  onError(code: ResetCode, message: string): void {
    if (this.#done) return
    const { links, groupId } = this.#path
    const { method, origin } = this.#request
    const retry = judgeRetry({
      method,
      hasBody: this.#hasBody,
      answered: this.#answered,
      attempts: this.#attempts,
      code,
    })
    const tried = this.#link
    if (retry === 'never' || !tried || this.#leftMs() <= 0 || !links.mayRetry()) {
      this.#fail(code, message)
      return
    }
    const other = links.chooseAgain(groupId, origin, tried)
    // What one connector does not reach, it does not reach through its other link either.
    const isElsewhere = other?.connectorId !== tried.connectorId
    if (other && (isElsewhere || retry !== 'another-connector')) this.#stream = this.#open(other)
    else if (retry === 'any-link-in-time') this.#seek(tried, code, message)
    else this.#fail(code, message)
  }

  /** Its connector may be the only one, and back within a moment. */
  #seek(tried: Link, code: ResetCode, message: string): void {
    const { links, groupId } = this.#path
    this.#stopSeeking = links.seek(groupId, this.#request.origin, tried, (link) => {
      this.#stopSeeking = undefined
      if (link && this.#leftMs() > 0) this.#stream = this.#open(link)
      else this.#fail(code, message)
    })
  }

  #fail(code: ResetCode, message: string): void {
    this.#done = true
    this.#leaveSeat()
    this.#sink.fail(new Fault(resetFaults[code], message))
  }

  /** Of the time in which the head of an answer must be there. */
  #leftMs(): number {
    return this.#request.headTimeoutMs - (performance.now() - this.#startedAt)
  }

  #leaveSeat(): void {
    this.#leave?.()
    this.#leave = undefined
  }

  /** What is wrong with the length of the body so far. */
  #count(left: number | undefined, chunk: Uint8Array, end: boolean): string | undefined {
    if (left === undefined) return undefined
    this.#bodyLeft = left - chunk.length
    if (this.#bodyLeft < 0) return 'a body longer than declared'
    return end && this.#bodyLeft > 0 ? 'a body shorter than declared' : undefined
  }

  /** The connector sent what no answer may be. */
  #refuse(problem: string): void {
    this.cancel('protocol-error')
    this.#sink.fail(new Fault('backend-rubbish', problem))
  }

  #open(link: Link): OutboundStream {
    this.#link = link
    const { binding, trace } = this.#path
    if (binding) binding.link = link
    if (trace) {
      trace.connectorId = link.connectorId
      trace.attempts++
    }
    // A WebSocket has no body, but what the client says after the switch goes on this stream.
    const ends = !this.#hasBody && this.#request.upgrade === undefined
    const request = this.#attempts++ === 0 ? this.#request : this.#requestInTime()
    const stream = link.open(request, nothing, ends, this)
    // Assigned by name: V8 makes a function that is written at an assignment to a property in the old generation, and
    // there it keeps all of its request until the next full collection. That cost a fifth of the edge's time.
    const onDrain = () => this.onDrain?.()
    if (!ends) stream.onDrain = onDrain
    return stream
  }

  /** The next connector has what the ones before left of the time. */
  #requestInTime(): TunnelRequest {
    return { ...this.#request, headTimeoutMs: Math.ceil(this.#leftMs()) }
  }
}

// All of them at their limit is another matter than none at all: one passes by itself.
function noLink({ links, groupId }: Path): Fault {
  if (links.serves(groupId))
    return new Fault('overloaded', `all links of group ${groupId} are full`)
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
