import {
  newSpanId,
  newTraceId,
  parseTraceparent,
  type TraceContext,
  writeTraceparent,
} from '../base/trace-context.ts'
import { fieldValue } from '../http/headers.ts'
import type { EdgeRequest } from './request.ts'

/** Where a request stands in its trace. */
export interface RequestTrace extends TraceContext {
  /** The client's span, where clients are trusted. */
  readonly parentSpanId: string | undefined
  /** What the client said, where it is not. */
  readonly said: TraceContext | undefined
  /** The span of what a connector does: the parent of everything behind the edge. */
  readonly forwardSpanId: string
}

export interface TracingTerms {
  /** The part of requests that is traced, 0 to 1. */
  readonly ratio: number
  /** Whether traces of clients are gone on with: whoever sends the field decides then what is traced. */
  readonly trustsClients: boolean
}

/** Says for each request which trace it is part of. [D4] */
export class Tracing {
  readonly #terms: TracingTerms
  readonly #random: () => number

  /** `random`: in [0, 1). */
  constructor(terms: TracingTerms, random: () => number = Math.random) {
    this.#terms = terms
    this.#random = random
  }

  begin(request: EdgeRequest): RequestTrace {
    const said = parseTraceparent(fieldValue(request.headers, 'traceparent'))
    const own = { spanId: newSpanId(), forwardSpanId: newSpanId() }
    if (said && this.#terms.trustsClients) {
      const { traceId, sampled, spanId: parentSpanId } = said
      return { ...own, traceId, sampled, parentSpanId, said: undefined }
    }
    const sampled = this.#random() < this.#terms.ratio
    return { ...own, traceId: newTraceId(), sampled, parentSpanId: undefined, said }
  }
}

/** `traceparent` as whoever stands behind the edge gets it. */
export function forwardedTraceparent({ traceId, forwardSpanId, sampled }: RequestTrace): string {
  return writeTraceparent({ traceId, spanId: forwardSpanId, sampled })
}
