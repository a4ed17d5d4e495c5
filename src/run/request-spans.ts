import { newSpanId } from '../base/trace-context.ts'
import type { Recording } from '../edge/recording.ts'
import { corsOutcomeOf, pathOf } from '../edge/request-facts.ts'
import type { RequestTrace } from '../edge/tracing.ts'
import { builtIns } from '../publishing/built-in.ts'
import type { FinishedSpan } from '../signals/span-export.ts'

type Attributes = Record<string, string | number | boolean>

// OpenTelemetry's conventions: names of spans have few values, and methods are anybody's to invent.
const methods: ReadonlySet<string> = new Set([
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
])
const serverErrorMin = 500

/**
 * The spans of a request that is over: the request itself, each step of its way, and what a connector was asked. They
 * hold what live requests show, but nobody's name, address or query. [D4]
 */
export function spansOf(recording: Recording, trace: RequestTrace): readonly FinishedSpan[] {
  const { traceId, spanId } = trace
  const step = { kind: 'internal', traceId, parentSpanId: spanId } as const
  const steps = stepsOf(recording).map(({ name, startMs, endMs }): FinishedSpan => {
    const isLast = name === recording.step
    const attributes = isLast ? refusalOf(recording) : {}
    return { ...step, name, spanId: newSpanId(), startMs, endMs, attributes }
  })
  const forward = recording.forwardedMs > 0 ? [forwardSpan(recording, trace)] : []
  return [requestSpan(recording, trace), ...steps, ...forward]
}

/** From one mark to the next; what a connector does has a span of its own. */
function stepsOf({ marks = [], forwardedMs, endedMs }: Recording) {
  return marks
    .filter(({ step }) => step !== 'forward' && step !== 'answer')
    .map(({ step: name, atMs: startMs }) => {
      const next = marks.find(({ atMs, step }) => atMs >= startMs && step !== name)
      return { name, startMs, endMs: next?.atMs ?? (forwardedMs || endedMs) }
    })
}

function requestSpan(recording: Recording, trace: RequestTrace): FinishedSpan {
  const { request, application, found, status, startedMs, endedMs, refused } = recording
  const method = methods.has(request.method) ? request.method : 'HTTP'
  const segmentId = found?.route.segmentId
  const attributes: Attributes = {
    'http.request.method': methods.has(request.method) ? request.method : '_OTHER',
    'url.scheme': request.scheme,
    ...pathAttributes(recording),
    'server.address': request.authority.host,
    'server.port': request.authority.port,
    'network.protocol.version': recording.http2 ? '2' : '1.1',
    'http.request.body.size': recording.requestBytes,
    'http.response.body.size': recording.responseBytes,
    'sallyport.request.id': request.id,
    'sallyport.request.kind': recording.kind,
    'sallyport.cors.verdict': corsOutcomeOf(recording),
    ...(status > 0 && { 'http.response.status_code': status }),
    ...(application && {
      'sallyport.application.id': application.id,
      'sallyport.application.name': application.displayName,
    }),
    ...(segmentId !== undefined && { 'sallyport.segment.id': segmentId }),
    ...(recording.clientLeft && { 'sallyport.client.left': true }),
    ...refusalOf(recording),
  }
  return {
    name: application ? `${method} ${application.displayName}` : method,
    kind: 'server',
    traceId: trace.traceId,
    spanId: trace.spanId,
    parentSpanId: trace.parentSpanId,
    linked: trace.said,
    startMs: startedMs,
    endMs: endedMs,
    attributes,
    failure:
      status >= serverErrorMin || (status === 0 && refused)
        ? (refused?.code ?? `${status}`)
        : undefined,
  }
}

/** Paths at the edge's own hosts name people; their patterns do not. */
function pathAttributes({ request, application, atSite, route }: Recording): Attributes {
  const isOwn = atSite || builtIns.some(({ id }) => id === application?.id)
  if (!isOwn) return { 'url.path': pathOf(request) }
  return route === undefined ? {} : { 'http.route': route }
}

/** The tunnel, the connector and the application together; the connector's own span stands below it. */
function forwardSpan(recording: Recording, trace: RequestTrace): FinishedSpan {
  const { connectorId, attempts, forwardedMs, headMs, endedMs, refused } = recording
  const attributes: Attributes = {
    'sallyport.tunnel.attempts': attempts,
    ...(connectorId !== undefined && { 'sallyport.connector.id': connectorId }),
    ...(headMs > 0 && { 'sallyport.head.milliseconds': headMs - forwardedMs }),
    ...refusalOf(recording),
  }
  return {
    name: 'forward',
    kind: 'client',
    traceId: trace.traceId,
    spanId: trace.forwardSpanId,
    parentSpanId: trace.spanId,
    startMs: forwardedMs,
    endMs: endedMs,
    attributes,
    failure: refused?.code,
  }
}

function refusalOf({ refused }: Recording): Attributes {
  return refused ? { 'error.type': refused.code, 'sallyport.refusal.code': refused.code } : {}
}
