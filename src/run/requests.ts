import type { Log } from '../base/log.ts'
import type { Edge } from '../edge/edge.ts'
import { Recorder } from '../edge/recorder.ts'
import { RequestMetrics } from '../edge/request-metrics.ts'
import type { RequestDesk } from '../graph/request-desk.ts'
import type { TrustedProxies } from '../http/forwarded.ts'
import { keepAccessLog } from './access-log.ts'
import type { EdgeSettings } from './edge-settings.ts'
import { LiveRequests } from './live-requests.ts'
import type { OwnOrigins } from './origins.ts'
import type { WorkerChannel } from './worker-channel.ts'

// Some two megabytes; at a hundred requests a second twenty seconds of good ones, and far longer of those that failed.
const liveRequestsMax = 2_000

/** What becomes of requests once they are answered. */
export interface KeptRequests {
  /** What the pipeline needs of it. */
  readonly watched: Pick<Edge, 'recorder' | 'portal'>
  readonly requests: RequestDesk
  readonly counted: RequestMetrics
  /** Nobody is to wait for those who only listen. */
  dismissReaders(): void
  stop(): void
}

/** Remembers requests, and writes the access log if there is one. Throws the system's error when it cannot be opened. */
export function keepRequests(
  { liveRequests = liveRequestsMax, accessLog }: EdgeSettings,
  { portal }: Pick<OwnOrigins, 'portal'>,
  proxies: TrustedProxies | undefined,
  { channel, log }: { readonly channel: WorkerChannel | undefined; readonly log: Log },
): KeptRequests {
  const recorder = new Recorder(liveRequests, proxies)
  const stopLog = accessLog === undefined ? undefined : keepAccessLog(accessLog, recorder, log)
  const requests = new LiveRequests(recorder, channel)
  return {
    watched: { recorder, portal: liveRequests === 0 ? undefined : portal },
    requests,
    counted: new RequestMetrics(recorder),
    dismissReaders: () => requests.close(),
    stop: () => stopLog?.(),
  }
}
