import { systemClock } from '../base/clock.ts'
import { softwareVersion } from '../base/version.ts'
import type { LocalCa } from '../edge/local-ca.ts'
import type { EdgeFacts } from '../graph/resource/edge.ts'
import type { EdgeSettings } from './edge-settings.ts'
import { defaultAuditDays, defaultLogDays } from './housekeeping.ts'
import { edgeLimits } from './limits.ts'
import type { OwnOrigins } from './origins.ts'
import type { BoundPorts } from './ports.ts'
import type { WorkerChannel } from './worker-channel.ts'

interface DescribedEdge {
  readonly settings: EdgeSettings
  readonly ports: BoundPorts
  readonly origins: OwnOrigins
  readonly ca: LocalCa
  readonly channel: WorkerChannel | undefined
}

/** What the management API tells of this edge, as it was started just now. */
export function describeEdge({ settings, ports, origins, ca, channel }: DescribedEdge): EdgeFacts {
  const { port, morePorts, plainPorts } = ports
  const { graph, login, myApps, portal, connectors } = origins
  return {
    version: softwareVersion,
    startedDateTime: new Date(systemClock()).toISOString(),
    domain: settings.domain,
    ports: [
      ...[port, ...morePorts].map((each) => ({ port: each, protocol: 'https' as const })),
      ...plainPorts.map((plain) => ({ port: plain.port, protocol: 'http' as const })),
    ],
    hosts: { portal, myApps, signIn: login, managementApi: graph, connectors },
    certificateAuthorityFingerprint: ca.fingerprint,
    processCount: channel?.place.workers ?? 1,
    sessionLifetimeInSeconds: settings.sessionLifetimeSeconds,
    signInLogRetentionInDays: settings.logRetentionDays ?? defaultLogDays,
    auditLogRetentionInDays: settings.auditRetentionDays ?? defaultAuditDays,
    acmeDirectory: settings.acme?.directoryUrl ?? null,
    limits: { ...(settings.limits ?? edgeLimits) } as unknown as EdgeFacts['limits'],
  }
}
