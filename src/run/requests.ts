import type { Log } from '../base/log.ts'
import type { Edge } from '../edge/edge.ts'
import { Recorder } from '../edge/recorder.ts'
import { RequestMetrics } from '../edge/request-metrics.ts'
import { Tracing } from '../edge/tracing.ts'
import type { RequestDesk } from '../graph/request-desk.ts'
import type { TrustedProxies } from '../http/forwarded.ts'
import { SpanExport } from '../signals/span-export.ts'
import { keepAccessLog } from './access-log.ts'
import type { EdgeSettings, TraceSettings } from './edge-settings.ts'
import { LiveRequests } from './live-requests.ts'
import type { OwnOrigins } from './origins.ts'
import { spansOf } from './request-spans.ts'
import type { WorkerChannel } from './worker-channel.ts'

// Some two megabytes; at a hundred requests a second twenty seconds of good ones, and far longer of those that failed.
const liveRequestsMax = 2_000

/** What becomes of requests once they are answered. */
export interface KeptRequests {
  /** What the pipeline needs of it. */
  readonly watched: Pick<Edge, 'recorder' | 'places'>
  readonly requests: RequestDesk
  readonly counted: RequestMetrics
  /** Nobody is to wait for those who only listen. */
  dismissReaders(): void
  stop(): Promise<void>
}

/** Remembers, counts and traces requests, and writes the access log if there is one. Throws the system's error when it cannot be opened. */
export async function keepRequests(
  { liveRequests = liveRequestsMax, accessLog, traces }: EdgeSettings,
  { portal, login }: Pick<OwnOrigins, 'portal' | 'login'>,
  proxies: TrustedProxies | undefined,
  {
    channel,
    isNamed,
    log,
  }: {
    readonly channel: WorkerChannel | undefined
    /** Whether an administrator wrote an origin down. */
    readonly isNamed: (origin: string) => boolean
    readonly log: Log
  },
): Promise<KeptRequests> {
  const recorder = new Recorder(liveRequests, proxies)
  const stopLog = accessLog === undefined ? undefined : keepAccessLog(accessLog, recorder, log)
  const spans = traces && (await keepTraces(traces, recorder, log))
  const requests = new LiveRequests(recorder, channel)
  return {
    watched: {
      recorder,
      places: { portal: liveRequests === 0 ? undefined : portal, login },
    },
    requests,
    counted: new RequestMetrics(recorder, isNamed),
    dismissReaders: () => requests.close(),
    async stop() {
      stopLog?.()
      await spans?.close()
    },
  }
}

/** Tells a collector of requests that are over. [D4] */
async function keepTraces(
  settings: TraceSettings,
  recorder: Recorder,
  log: Log,
): Promise<SpanExport> {
  const spans = await SpanExport.open('edge', settings, log)
  recorder.tracing = new Tracing(settings)
  recorder.onOver((recording) => {
    const { trace } = recording
    if (!trace?.sampled) return
    for (const span of spansOf(recording, trace)) spans.add(span)
  })
  return spans
}
