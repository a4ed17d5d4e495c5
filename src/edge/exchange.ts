import type { Fault } from '../base/fault.ts'
import type { CorsDecision } from '../cors/decide.ts'
import type { Answer } from '../http/answer.ts'
import { type ForwardedWay, forwardedWay } from '../http/forwarded.ts'
import type { RawHeaders } from '../http/headers.ts'
import type { Session } from '../identity/session.ts'
import { prepareRequest } from '../links/plan.ts'
import type { ResponseHeaderRule } from '../publishing/application.ts'
import { dressAnswer } from '../publishing/dress-answer.ts'
import { type Found, type RoutedApplication, toInternal } from '../publishing/route-table.ts'
import type { Problem } from '../refusal/problem.ts'
import { signedOutMeanwhile } from '../refusal/refusals.ts'
import type { TunnelRequest } from '../tunnel/exchange.ts'
import { faultProblem, problemAnswer } from './answer.ts'
import { ownBodyMaxBytes, readBodyBytes } from './body-bytes.ts'
import { bindingOf } from './client-binding.ts'
import type { Edge, Snapshot } from './edge.ts'
import { ForwardedStream } from './forward.ts'
import { HeldBody } from './held-body.ts'
import { pumpOut } from './pump-out.ts'
import type { Recording } from './recording.ts'
import { Relay } from './relay.ts'
import type { Reply } from './reply.ts'
import type { EdgeRequest } from './request.ts'
import type { RequestBody } from './request-body.ts'
import { kindOf } from './request-kind.ts'
import { rewriteRequest } from './rewrite-request.ts'
import { forwardedTraceparent, type RequestTrace } from './tracing.ts'
import { TranslatingRelay } from './translating-relay.ts'

/** Who was let in, and by what. */
export interface Admitted {
  readonly session: Session | undefined
  /** An access token let them in, not a cookie. [S10] */
  readonly byToken: boolean
}

/** One request with the streams it came on: sends the edge's own answers, or relays the application's. */
export class Exchange {
  readonly request: EdgeRequest
  readonly #body: RequestBody | undefined
  readonly #reply: Reply
  /** What is remembered of it. */
  readonly recording: Recording

  constructor(
    request: EdgeRequest,
    body: RequestBody | undefined,
    reply: Reply,
    recording: Recording,
  ) {
    this.request = request
    this.#body = body
    this.#reply = reply
    this.recording = recording
  }

  /** Whether the client asks for a WebSocket. */
  get upgrades(): boolean {
    return this.#reply.accept !== undefined
  }

  /** A whole answer of the edge itself. */
  send(answer: Answer): void {
    const { status, headers, body } = answer
    const bytes = Buffer.byteLength(body)
    const length = status === 204 ? [] : ['Content-Length', String(bytes)]
    const isHead = this.request.method === 'HEAD'
    this.#reply.whole(status, [...headers, ...length], isHead ? '' : body)
    this.recording.answer(status, isHead ? 0 : bytes, answer.refused)
  }

  /** The same with bytes. */
  sendBytes(status: number, headers: RawHeaders, body: Buffer): void {
    if (this.#reply.closed) {
      this.recording.breakOff()
      return
    }
    const length = ['Content-Length', String(body.length)]
    const isHead = this.request.method === 'HEAD'
    this.#reply.whole(status, [...headers, ...length], isHead ? '' : body)
    this.recording.answer(status, isHead ? 0 : body.length)
  }

  /** An answer without an end of its own. `watch` gets what cuts it, and gives back how to be told of its end. */
  async stream(
    response: Response,
    headers: RawHeaders,
    watch: (cut: () => void) => () => void,
  ): Promise<void> {
    const { status, body } = response
    if (!body || this.request.method === 'HEAD') this.#reply.whole(status, headers, '')
    else {
      this.recording.beginAnswer(status, true)
      await pumpOut(this.#reply, status, headers, body, watch)
    }
    this.recording.answer(status, 0)
  }

  /** The answer when it can still be given, else an abort that the client notices (RFC 9112 §8). Never throws. */
  fail(answer: Answer, cors: CorsDecision, rules: readonly ResponseHeaderRule[]): void {
    if (this.#reply.closed) {
      this.recording.breakOff()
      return
    }
    try {
      if (this.#reply.headSent) this.#abort(answer)
      else this.send({ ...answer, headers: dressAnswer(answer.headers, rules, cors) })
    } catch {
      // Node refused a field of the answer to the failure itself; there is nothing left to say.
      this.#abort(answer)
    }
  }

  #abort({ refused }: Answer): void {
    this.#reply.abort()
    this.recording.breakOff(refused)
  }

  /** The request's body as text. Rejects with `too-large`, and `malformed-request` when it does not come whole in time. */
  async readBody(): Promise<string> {
    return (await this.readBytes(ownBodyMaxBytes)).toString('utf8')
  }

  /** The body as bytes. Rejects like `readBody`; to be called in its place. */
  async readBytes(maxBytes: number): Promise<Buffer> {
    if (!this.#body || !this.request.hasBody) return Buffer.alloc(0)
    try {
      return await readBodyBytes(this.#body, maxBytes)
    } catch (thrown) {
      // What the client still wants to say would be read as its next request.
      this.#reply.endConnection()
      throw thrown
    }
  }

  /** The same exchange, with a request and a body in place of those that came. */
  withBody(request: EdgeRequest, bytes: Buffer): Exchange {
    return new Exchange(request, new HeldBody(bytes), this.#reply, this.recording)
  }

  /** Sends the request to the application and its answer back. Throws `no-connector`. */
  forward(
    edge: Edge,
    snapshot: Snapshot,
    found: Found,
    cors: CorsDecision,
    { session, byToken }: Admitted,
  ): void {
    const { application, responseHeaders } = found.route
    const { request, recording } = this
    const reply = this.#reply
    // Gone while the session was looked up: nobody would hear of the answer, and nothing would end the stream.
    if (reply.closed) {
      recording.breakOff()
      return
    }
    recording.forward()
    const answer = (problem: Problem) =>
      this.fail(problemAnswer(request, problem), cors, responseHeaders)
    const fail = (fault: Fault) => answer(faultProblem(fault))
    const refuse = () => answer(signedOutMeanwhile(request))
    const decided = {
      edge,
      snapshot,
      request,
      found,
      cors,
      session,
      reply,
      recording,
      fail,
      refuse,
    }
    const relay = new Relay(decided)
    const binding = bindingOf(request.connection, session?.id ?? '', request.headers)
    const groupId = application.connectorGroupId ?? snapshot.defaultGroupId
    const way = wayOf(edge, request)
    const path = { links: edge.links, groupId, binding, client: way.hops[0], trace: recording }
    const onward = tunnelRequest(
      {
        edge,
        snapshot,
        request,
        found,
        way,
        admitted: { session, byToken },
        trace: recording.trace,
      },
      this.upgrades,
      binding?.name,
    )
    const sink = changesBodies(application, request)
      ? new TranslatingRelay(relay, {
          snapshot,
          found,
          request,
          injects: injects(application, request),
        })
      : relay
    const stream = new ForwardedStream(path, onward, request.hasBody, sink)
    relay.start(sink instanceof TranslatingRelay ? sink.attach(stream) : stream, this.#body)
  }
}

function changesBodies(application: RoutedApplication, request: EdgeRequest): boolean {
  return application.translateLinksInBody || injects(application, request)
}

/** Only into what a person looks at: a part of a page that a script fetches is no place for it. */
function injects(application: RoutedApplication, request: EdgeRequest): boolean {
  if (!application.injectSessionScript || !application.preAuthentication) return false
  return kindOf(request) !== 'script'
}

/** A request that may go to the application. */
interface Decided {
  readonly edge: Edge
  readonly snapshot: Snapshot
  readonly request: EdgeRequest
  readonly found: Found
  readonly way: ForwardedWay
  readonly admitted: Admitted
  /** Its place in a trace; none where nothing is traced. */
  readonly trace?: RequestTrace | undefined
}

/** The request as the connector gets it; `boundTo` names the connection where credentials may count for all of it. */
export function tunnelRequest(
  { edge, snapshot, request, found, way, admitted, trace }: Decided,
  upgrade: boolean,
  boundTo: string | undefined,
): TunnelRequest {
  const { application } = found.route
  const internal = toInternal(found, request.target.path)
  const internalHost = internal.origin.slice(internal.origin.indexOf('//') + 2)
  const traceparent = trace && forwardedTraceparent(trace)
  const headers = rewriteRequest(request, {
    host: application.translateHostHeader ? internalHost : request.written,
    origin: application.translateHostHeader ? internal.origin : undefined,
    way,
    identityNames: application.identity?.names,
    identity: identityOf(edge, snapshot, application, admitted.session),
    traceparent,
    keepsTraceState: trace?.parentSpanId !== undefined,
    withoutAuthorization: admitted.byToken && !application.forwardAccessToken,
  })
  return {
    id: request.id,
    method: upgrade ? 'GET' : request.method,
    origin: internal.origin,
    target: internal.path + request.target.query,
    headers: changesBodies(application, request)
      ? prepareRequest(headers, snapshot.version)
      : headers,
    headTimeoutMs: application.headTimeoutMs,
    verifyCertificate: application.verifyCertificate,
    upgrade: upgrade ? 'websocket' : undefined,
    http2: application.backendHttp2,
    boundTo,
    trace: trace?.sampled ? traceparent : undefined,
  }
}

/** The way that the request has come. [F2] */
export function wayOf({ trustedProxies }: Edge, request: EdgeRequest): ForwardedWay {
  const { peer, written: host, scheme: proto, authority, headers } = request
  return forwardedWay({ peer, host, proto, port: authority.port }, headers, trustedProxies)
}

function identityOf(
  { identityFields }: Edge,
  { memberships }: Snapshot,
  application: RoutedApplication,
  session: Session | undefined,
): RawHeaders {
  const plan = application.identity
  return plan && session
    ? identityFields.fieldsFor(application, plan, session, memberships)
    : noFields
}

const noFields: RawHeaders = []
