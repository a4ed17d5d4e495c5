import { Fault } from '../base/fault.ts'
import type { CorsDecision } from '../cors/decide.ts'
import type { RawHeaders } from '../http/headers.ts'
import { closeFrame, WebSocketFrames } from '../http/web-socket-frames.ts'
import type { Session } from '../identity/session.ts'
import { dressAnswer } from '../publishing/dress-answer.ts'
import type { Found } from '../publishing/route-table.ts'
import { translateHeaders } from '../publishing/translate.ts'
import { AwaitedBody } from './awaited-body.ts'
import type { Edge, Snapshot } from './edge.ts'
import { endClosedStreams, isEndless } from './endless-streams.ts'
import type { AnswerSink, ForwardedStream } from './forward.ts'
import type { StreamEnd } from './live-streams.ts'
import type { Recording, Refused } from './recording.ts'
import type { Reply, ReplyWriter } from './reply.ts'
import type { EdgeRequest } from './request.ts'
import type { RequestBody } from './request-body.ts'
import { rewriteTrailers } from './rewrite-request.ts'
import { keepPrivate, withoutEdgeCookies } from './rewrite-response.ts'

/** One decided request: everything that its answer is made with. */
export interface RelayContext {
  readonly edge: Edge
  readonly snapshot: Snapshot
  readonly request: EdgeRequest
  readonly found: Found
  readonly cors: CorsDecision
  readonly session: Session | undefined
  readonly reply: Reply
  readonly recording: Recording
  readonly fail: (fault: Fault) => void
  /** Answers that the session has ended. */
  readonly refuse: () => void
}

/** The tunnel's side of a request as its relay sees it. */
export type RequestStream = Pick<ForwardedStream, 'write' | 'end' | 'grant' | 'cancel' | 'onDrain'>

/** Pumps one answer from the tunnel to the client and one body the other way, each at the pace of its reader. */
export class Relay implements AnswerSink, ReplyWriter {
  readonly #context: RelayContext
  readonly #reply: Reply
  #stream: RequestStream | undefined
  /** A body that waits for the application's word. */
  #awaited: AwaitedBody | undefined
  #ungranted = 0
  /** Of the application's half of a WebSocket. */
  #frames: WebSocketFrames | undefined
  #forget: (() => void) | undefined
  #forgetEndless: (() => void) | undefined

  constructor(context: RelayContext) {
    this.#context = context
    this.#reply = context.reply
  }

  start(stream: RequestStream, body: RequestBody | undefined): void {
    this.#stream = stream
    this.#reply.writer = this
    if (!body || !this.#context.request.hasBody) return
    // What somebody who was thrown out still uploads must not arrive. Requests without a body are looked at when answered.
    this.#closeWithSession()
    const begin = () => this.#pump(body, stream)
    if (this.#context.request.fields.expect === undefined) begin()
    else this.#awaited = new AwaitedBody(begin)
  }

  onClose(): void {
    this.#awaited?.forget()
    this.#forgetAll()
    this.#stream?.cancel()
    this.#context.recording.breakOff()
  }

  onDrain(): void {
    this.#grantAll()
  }

  inform(status: number, headers: RawHeaders): void {
    // Whoever reads the body tells the client that it may begin.
    if (status === 100) this.#awaited?.begin()
    else if (!this.#reply.headSent) this.#reply.inform(status, this.#translate(headers))
  }

  answer(status: number, headers: RawHeaders, body: Buffer, end: boolean, reason?: string): void {
    // An application that has answered whole does not want the body.
    if (end) {
      this.#awaited?.forget()
      this.#forgetAll()
    }
    try {
      if (this.#reply.closed) this.#stream?.cancel()
      else if (this.#wasRevoked()) this.#refuse()
      else if (status === 101) this.#switchProtocols(headers, body)
      else if (end) this.#answerWhole(status, headers, body, reason)
      else this.#beginStreaming(status, headers, body, reason)
    } catch (cause) {
      // Whatever it is that cannot be written, the client must not wait for ever.
      this.#stream?.cancel()
      this.fail(new Fault('backend-rubbish', 'the answer cannot be passed on', { cause }))
    }
  }

  data(chunk: Buffer): void {
    this.#ungranted += chunk.length
    this.#frames?.pass(chunk)
    if (this.#write(chunk)) this.#grantAll()
  }

  end(trailers: RawHeaders): void {
    this.#awaited?.forget()
    this.#forgetAll()
    this.#reply.end(trailers)
    this.#context.recording.end()
  }

  fail(fault: Fault): void {
    this.#awaited?.forget()
    this.#forgetAll()
    const { edge, request, recording } = this.#context
    const facts = { requestId: request.id, code: fault.code, error: fault.message }
    recording.detail = fault.message
    edge.log.warn(facts, 'the application did not answer')
    this.#context.fail(fault)
  }

  #rewrite(headers: RawHeaders): RawHeaders {
    const { found, cors } = this.#context
    const { application, responseHeaders } = found.route
    const translated = this.#translate(headers)
    const own = application.preAuthentication ? keepPrivate(translated) : translated
    return dressAnswer(own, responseHeaders, cors)
  }

  #translate(headers: RawHeaders): RawHeaders {
    const { snapshot, found } = this.#context
    const { translateHostHeader } = found.route.application
    const own = withoutEdgeCookies(headers)
    return translateHostHeader ? translateHeaders(snapshot.routes, found, own) : own
  }

  #answerWhole(
    status: number,
    headers: RawHeaders,
    body: Buffer,
    reason: string | undefined,
  ): void {
    this.#reply.whole(status, this.#rewrite(headers), body, reason)
    this.#context.recording.answer(status, body.length)
  }

  #beginStreaming(status: number, headers: RawHeaders, body: Buffer, reason?: string): void {
    this.#closeWithSession()
    this.#reply.head(status, this.#rewrite(headers), reason)
    const endless = isEndless(headers)
    this.#context.recording.beginAnswer(status, endless)
    if (endless) this.#closeWithApplication()
    // It answers while it reads.
    this.#awaited?.begin()
    // Bytes that came with the head are free of credit (tunnel/spec.md).
    if (body.length > 0) this.#write(body)
  }

  #switchProtocols(headers: RawHeaders, first: Buffer): void {
    const stream = this.#stream
    if (!this.#reply.accept || !stream) {
      this.fail(new Fault('backend-rubbish', 'the application switched protocols unasked'))
      return
    }
    const incoming = this.#reply.accept(this.#rewrite(headers))
    this.#context.recording.beginAnswer(101, true)
    this.#closeWithSession()
    this.#frames = new WebSocketFrames()
    this.#closeWithApplication()
    this.#pump(incoming, stream)
    if (first.length === 0) return
    this.#frames.pass(first)
    this.#write(first)
  }

  #wasRevoked(): boolean {
    const { edge, snapshot, session } = this.#context
    if (session === undefined) return false
    if (edge.sessions.wasEnded(session)) return true
    return edge.snapshot !== snapshot && !this.#mayGoOn(session)
  }

  /** Whether the policies that hold now would let it in, as those that held at its beginning did. [S8] */
  #mayGoOn(session: Session): boolean {
    const { edge, request, found } = this.#context
    return edge.accessJudge.judgeSession(found.route.application, session, request).allowed
  }

  /** The session was revoked while the application was still thinking. [S9] */
  #refuse(): void {
    this.#forgetAll()
    this.#stream?.cancel()
    this.#context.refuse()
  }

  #closeWithSession(): void {
    const { edge, session } = this.#context
    if (!session) return
    this.#forget ??= edge.live.add(
      session.id,
      (because) => this.#giveUp(because),
      (now) => this.#mayGoOn(now),
    )
  }

  #closeWithApplication(): void {
    const { edge, snapshot, found } = this.#context
    const { id } = found.route.application
    this.#forgetEndless = edge.endless.add(id, (because) => this.#giveUp(because))
    // Closed while it was still thinking.
    if (edge.snapshot !== snapshot) endClosedStreams(edge)
  }

  #forgetAll(): void {
    this.#forget?.()
    this.#forgetEndless?.()
  }

  /** Session or application are over: the stream must not go on, and the client is to see that it was cut. [S9] [P13] */
  #giveUp(because: StreamEnd): void {
    if (!this.#reply.headSent) {
      this.#refuse()
      return
    }
    this.#forgetAll()
    this.#stream?.cancel()
    if (this.#frames?.between) this.#closeWebSocket(because)
    else this.#reply.abort()
    this.#context.recording.breakOff(endings[because])
  }

  #closeWebSocket(because: StreamEnd): void {
    const reply = this.#reply
    reply.write(closeFrame(...closeWords[because]))
    reply.end([])
    setTimeout(() => reply.abort(), answerCloseMs).unref()
  }

  /** The client's bytes into the tunnel; reading pauses while the tunnel has no credit. */
  #pump(body: RequestBody, stream: RequestStream): void {
    const { recording, found } = this.#context
    const identityNames = found.route.application.identity?.names
    body.read({
      onData(chunk) {
        recording.requestBytes += chunk.length
        if (!stream.write(chunk)) body.pause()
      },
      onEnd: (trailers) => stream.end(rewriteTrailers(trailers, identityNames)),
      onAbort: () => stream.cancel(),
    })
    stream.onDrain = () => body.resume()
  }

  #write(chunk: Buffer): boolean {
    this.#context.recording.responseBytes += chunk.length
    return this.#reply.write(chunk)
  }

  #grantAll(): void {
    const bytes = this.#ungranted
    this.#ungranted = 0
    if (bytes > 0) this.#stream?.grant(bytes)
  }
}

// RFC 6455 §7.4.2: 4000 to 4999 are anybody's; 4401 is what many take for "sign in again", and no application means by it.
const sessionOver = 4401
// The registry of RFC 6455: the service restarts, and the other end is going away.
const closeWords: Readonly<Record<StreamEnd, readonly [code: number, reason: string]>> = {
  ended: [sessionOver, 'The session was ended. Sign in again.'],
  expired: [sessionOver, 'The session has expired. Sign in again.'],
  refused: [sessionOver, 'A policy asks for another sign-in. Sign in again.'],
  maintenance: [1012, 'The application is under maintenance. Try again later.'],
  unpublished: [1001, 'The application is not published any more.'],
}
// Browsers answer a Close frame at once; who does not is not waited for.
const answerCloseMs = 1_000

// What is remembered of a stream that the edge itself ended.
const endings: Readonly<Record<StreamEnd, Refused>> = {
  ended: { code: 'session-ended', sentence: 'The session was ended, and the stream with it.' },
  expired: { code: 'session-ended', sentence: 'The session expired, and the stream with it.' },
  refused: { code: 'session-ended', sentence: 'A policy does not allow the stream any more.' },
  maintenance: { code: 'maintenance', sentence: 'The application went into maintenance.' },
  unpublished: { code: 'unpublished', sentence: 'The application is not published any more.' },
}
