import type { HrTime } from '@opentelemetry/api'
import type { BatchSpanProcessor, ReadableSpan } from '@opentelemetry/sdk-trace'
import type { Log } from '../base/log.ts'
import { createStrangerLog } from '../base/stranger-log.ts'
import type { TraceContext } from '../base/trace-context.ts'
import { softwareVersion } from '../base/version.ts'

/** One span that is over. Times are milliseconds of `performance.now()`. */
export interface FinishedSpan {
  readonly name: string
  readonly kind: 'internal' | 'server' | 'client'
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly startMs: number
  readonly endMs: number
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  /** A sentence, when it failed. */
  readonly failure?: string | undefined
  readonly linked?: TraceContext | undefined
}

export interface SpanExportSettings {
  /** OTLP over HTTP; undefined: where OTEL_EXPORTER_OTLP_(TRACES_)ENDPOINT says. */
  readonly url: string | undefined
}

// OTLP/HTTP has it behind the address of the collector (OTLP §OTLP/HTTP Request).
const tracesPath = '/v1/traces'
// Some ten megabytes at the most, while a collector is away or slow.
const spansMax = 8_192
// Whoever looks for a trace has just caused it.
const sendIntervalMs = 1_000
// Somebody waits for the process to end.
const closeMaxMs = 2_000
const kinds = { internal: 0, server: 1, client: 2 } as const
const [statusUnset, statusError] = [0, 2] as const

/** Whether the environment names a collector, as OpenTelemetry's programs are told. */
export function namesCollector(environment: Readonly<Record<string, string | undefined>>): boolean {
  if (environment['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return false
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own } = environment
  return Boolean(all || own)
}

/** Sends spans to a collector, in batches beside the requests; what it does not take in time is dropped. [D4] */
export class SpanExport {
  readonly #processor: BatchSpanProcessor
  readonly #common: Pick<ReadableSpan, 'resource' | 'instrumentationScope'>

  private constructor(
    processor: BatchSpanProcessor,
    common: Pick<ReadableSpan, 'resource' | 'instrumentationScope'>,
  ) {
    this.#processor = processor
    this.#common = common
  }

  /** Loads what it takes, which nobody else has to pay for. */
  static async open(component: string, { url }: SpanExportSettings, log: Log): Promise<SpanExport> {
    const [api, sdk, otlp, resources] = await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ])
    const strangers = createStrangerLog(log)
    const failed = () => strangers.warn({}, 'spans could not be sent to the collector')
    const silent = () => {}
    // What the exporter says may quote the collector's answer, or what it was configured with.
    const quiet = { error: failed, warn: failed, info: silent, debug: silent, verbose: silent }
    api.diag.setLogger(quiet, { logLevel: api.DiagLogLevel.WARN, suppressOverrideMessage: true })
    const exporter = new otlp.OTLPTraceExporter(url === undefined ? {} : { url: withPath(url) })
    const own = resources.resourceFromAttributes({
      'service.name': `sallyport-${component}`,
      'service.version': softwareVersion,
      'process.pid': process.pid,
    })
    const said = resources.detectResources({
      detectors: [resources.envDetector, resources.serviceNameEnvDetector],
    })
    const processor = new sdk.BatchSpanProcessor({
      exporter,
      maxQueueSize: spansMax,
      scheduledDelayMillis: sendIntervalMs,
    })
    const scope = { name: 'sallyport', version: softwareVersion }
    return new SpanExport(processor, { resource: own.merge(said), instrumentationScope: scope })
  }

  add(span: FinishedSpan): void {
    this.#processor.onEnd({ ...toReadable(span), ...this.#common })
  }

  /** Sends what is left, as far as the collector takes it in time. Never rejects. */
  async close(): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, closeMaxMs)
    // The log has heard of it.
    await Promise.race([this.#processor.shutdown().catch(() => {}), late])
    clearTimeout(timer)
  }
}

function withPath(url: string): string {
  const parsed = new URL(url)
  if (parsed.pathname === '/') parsed.pathname = tracesPath
  return parsed.href
}

function toReadable(span: FinishedSpan): Omit<ReadableSpan, 'resource' | 'instrumentationScope'> {
  const { name, traceId, spanId, parentSpanId, startMs, endMs, attributes, failure, linked } = span
  const traceFlags = 1
  return {
    name,
    kind: kinds[span.kind],
    spanContext: () => ({ traceId, spanId, traceFlags }),
    ...(parentSpanId !== undefined && {
      parentSpanContext: { traceId, spanId: parentSpanId, traceFlags },
    }),
    startTime: timeOf(performance.timeOrigin + startMs),
    endTime: timeOf(performance.timeOrigin + endMs),
    duration: timeOf(endMs - startMs),
    status: failure === undefined ? { code: statusUnset } : { code: statusError, message: failure },
    attributes,
    links: linked ? [{ context: { ...linked, traceFlags: linked.sampled ? 1 : 0 } }] : [],
    events: [],
    ended: true,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

const millisecondsPerSecond = 1_000
const nanosecondsPerMillisecond = 1_000_000

function timeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / millisecondsPerSecond)
  const rest = ms - seconds * millisecondsPerSecond
  return [seconds, Math.round(rest * nanosecondsPerMillisecond)]
}
