import type { RequestKindName } from '../base/request-record.ts'
import type { TrailStepName } from '../base/trail.ts'
import type { CorsDecision } from '../cors/decide.ts'
import { messageLimits } from '../http1/limits.ts'
import type { PolicyName } from '../identity/access-gate.ts'
import type { Session } from '../identity/session.ts'
import type { RoutedApplication } from '../publishing/route.ts'
import type { Found } from '../publishing/route-table.ts'
import { keptText } from './kept-text.ts'
import type { EdgeRequest } from './request.ts'
import { recordedKind } from './request-kind.ts'
import type { RequestTrace } from './tracing.ts'

/** What of a refusal is worth remembering. */
export interface Refused {
  readonly code: string
  readonly sentence: string
}

/** When a step began, of requests that are watched. Milliseconds of `performance.now()`. */
export interface Mark {
  readonly step: TrailStepName
  readonly atMs: number
}

/** What is told of the application that a request led to. The edge's own hosts have a name in its place. */
export type RecordedApplication = Pick<
  RoutedApplication,
  'id' | 'displayName' | 'preAuthentication'
>

// Browsers' are below 200 characters, and nobody reads further.
const userAgentMaxLength = 200

/** Who is told that a request is over, or begins to stream without an end. */
export interface Recordings {
  close(recording: Recording): void
  open(recording: Recording): void
}

/**
 * One request while it is under way: references to what its decisions came to, filled in by whoever decides, and put into
 * words only for those who ask. Times are milliseconds of `performance.now()`; 0: not yet.
 */
export class Recording {
  readonly request: EdgeRequest
  readonly http2: boolean
  readonly startedMs: number
  /** Taken while the head of the request is at hand: later it has gone cold in the caches. */
  readonly method: string
  readonly kind: RequestKindName
  readonly userAgent: string
  readonly #recordings: Recordings
  /** How far it came. */
  step: TrailStepName = 'listen'
  /** When each step began; only of those that somebody watches. */
  readonly marks: Mark[] | undefined
  /** Its place in a trace, where there are traces. */
  readonly trace: RequestTrace | undefined
  application: RecordedApplication | undefined = undefined
  found: Found | undefined = undefined
  cors: CorsDecision | undefined = undefined
  session: Session | undefined = undefined
  byToken = false
  /** What was wrong with the session, or with the token. */
  notAdmitted: string | undefined = undefined
  /** How many conditional access policies were asked. */
  policies = 0
  /** The one that refused. */
  policy: PolicyName | undefined = undefined
  connectorId: string | undefined = undefined
  /** Connectors that were asked to forward it. */
  attempts = 0
  refused: Refused | undefined = undefined
  /** What the fault said, for administrators. */
  detail: string | undefined = undefined
  clientLeft = false
  /** The edge answers itself, at a host of its own: nobody looks at the portal to see that somebody looks at the portal. */
  atSite = false
  /** There, the pattern of the path, where there is one. */
  route: string | undefined = undefined
  status = 0
  /** The decisions were made, where that took waiting for somebody. */
  decidedMs = 0
  /** It was on its way to a connector. */
  forwardedMs = 0
  /** The head of an answer that came in pieces. */
  headMs = 0
  endedMs = 0
  requestBytes = 0
  responseBytes = 0
  /** The neighbours among those under way; the recorder's own. */
  older: Recording | undefined = undefined
  newer: Recording | undefined = undefined

  constructor(
    recordings: Recordings,
    request: EdgeRequest,
    http2: boolean,
    detailed: boolean,
    trace?: RequestTrace,
  ) {
    this.#recordings = recordings
    this.request = request
    this.http2 = http2
    this.startedMs = performance.now()
    const { method } = request
    this.method = method === 'GET' ? 'GET' : keptText(method, messageLimits.methodBytes)
    const { userAgent } = request.fields
    this.userAgent = userAgent === undefined ? '' : keptText(userAgent, userAgentMaxLength)
    this.kind = recordedKind(request)
    this.marks = detailed ? [] : undefined
    this.trace = trace
  }

  /** The request is at this step now. */
  enter(step: TrailStepName): void {
    this.step = step
    this.marks?.push({ step, atMs: performance.now() })
  }

  /** Somebody had to be waited for before the request could go on. */
  waited(): void {
    this.decidedMs = performance.now()
  }

  /** Everything is decided, and a connector is asked. */
  forward(): void {
    this.enter('forward')
    this.forwardedMs = performance.now()
  }

  /** The head of an answer that comes in pieces has been sent; `endless`: the pieces have no end of their own. */
  beginAnswer(status: number, endless: boolean): void {
    this.status = status
    this.headMs = performance.now()
    this.enter('answer')
    if (endless) this.#recordings.open(this)
  }

  /** The answer is whole, with so many bytes at once. */
  answer(status: number, bytes: number, refused?: Refused): void {
    if (this.endedMs > 0) return
    this.status = status
    this.responseBytes += bytes
    this.refused ??= refused
    this.end()
  }

  /** It was broken off with this reason; `refused` is undefined when the client left. */
  breakOff(refused?: Refused): void {
    if (this.endedMs > 0) return
    this.refused ??= refused
    this.clientLeft = refused === undefined
    this.end()
  }

  /** Nothing more will happen to it. */
  end(): void {
    if (this.endedMs > 0) return
    this.endedMs = performance.now()
    this.#recordings.close(this)
  }
}
