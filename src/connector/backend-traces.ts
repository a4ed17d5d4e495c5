import {
  newSpanId,
  parseTraceparent,
  type TraceContext,
  writeTraceparent,
} from '../base/trace-context.ts'
import { withoutFields } from '../http/headers.ts'
import { originOf } from '../http/origin.ts'
import type { FinishedSpan } from '../signals/span-export.ts'
import type { TunnelRequest } from '../tunnel/exchange.ts'
import type { Forwarded } from './forwarding.ts'

interface Place {
  readonly parent: TraceContext
  readonly spanId: string
}

const serverErrorMin = 500

/** The connector's part of traces that the edge began: one span for each request to an application. [D4] */
export class BackendTraces {
  readonly #connectorId: string
  readonly #places = new WeakMap<TunnelRequest, Place>()

  constructor(connectorId: string) {
    this.#connectorId = connectorId
  }

  /** The request as the application is to get it: what it does belongs below this span. */
  enter(request: TunnelRequest): TunnelRequest {
    const parent = parseTraceparent(request.trace)
    if (!parent) return request
    const spanId = newSpanId()
    const others = withoutFields(request.headers, (name) => name.toLowerCase() === 'traceparent')
    const headers = [...others, 'traceparent', writeTraceparent({ ...parent, spanId })]
    const entered = { ...request, headers }
    this.#places.set(entered, { parent, spanId })
    return entered
  }

  /** What is known of a request that has just ended; undefined when it is in no trace. */
  spanOf({ asked, startedMs, headMs, status, code }: Forwarded): FinishedSpan | undefined {
    const place = this.#places.get(asked)
    if (!place) return undefined
    const { parent, spanId } = place
    const origin = originOf(asked.origin)
    return {
      name: `${asked.method} application`,
      kind: 'client',
      traceId: parent.traceId,
      spanId,
      parentSpanId: parent.spanId,
      startMs: startedMs,
      endMs: performance.now(),
      attributes: {
        'http.request.method': asked.method,
        'sallyport.request.id': asked.id,
        'sallyport.connector.id': this.#connectorId,
        ...(origin && { 'server.address': origin.host, 'server.port': origin.port }),
        ...(status > 0 && { 'http.response.status_code': status }),
        ...(headMs > 0 && { 'sallyport.head.milliseconds': headMs - startedMs }),
        ...(code !== undefined && { 'error.type': code }),
      },
      failure: code ?? (status >= serverErrorMin ? String(status) : undefined),
    }
  }
}
