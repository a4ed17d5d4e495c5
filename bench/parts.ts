import type { Outcome } from './outcome.ts'
import { measureLinkTranslation, measureRouteTable, measureTunnel } from './parts/alone.ts'
import { measureFar } from './parts/far.ts'
import { measureGet } from './parts/get.ts'
import { measureHttp2 } from './parts/http2.ts'
import { measureLatency } from './parts/latency.ts'
import { measureLinks } from './parts/links.ts'
import { measurePreflight } from './parts/preflight.ts'
import { measureSessions } from './parts/sessions.ts'
import { measureSignIns } from './parts/sign-ins.ts'
import { measureSlowReader } from './parts/slow-reader.ts'
import { measureStreams } from './parts/streams.ts'
import { measureTransfer } from './parts/transfer.ts'
import { measureWebSockets } from './parts/websockets.ts'
import type { Stage } from './stage.ts'

/** Everything that can be measured, by the name it is asked for. */
export const parts: Readonly<Record<string, (stage: Stage) => Promise<Outcome>>> = {
  get: measureGet,
  preflight: measurePreflight,
  http2: measureHttp2,
  latency: measureLatency,
  transfer: measureTransfer,
  far: measureFar,
  streams: measureStreams,
  'slow-reader': measureSlowReader,
  websockets: measureWebSockets,
  sessions: measureSessions,
  'sign-ins': measureSignIns,
  links: measureLinks,
  tunnel: measureTunnel,
  'route-table': measureRouteTable,
  'link-translation': measureLinkTranslation,
}
