import type { Application, UrlPair } from '../../publishing/application.ts'
import type { OriginHealth } from '../call.ts'
import type { Collection } from '../collection.ts'
import { propertiesOf } from '../resource/kinds.ts'
import { applicationHealth, originHealth, segmentHealth } from '../resource/publishing.ts'

/** What one connector reaches, an extension of ours. [K4] */
export function originHealthCollection(connectorId: string): Collection<OriginHealth> {
  return {
    context: `onPremisesPublishingProfiles('applicationProxy')/connectors('${connectorId}')/originHealth`,
    properties: propertiesOf(originHealth),
    fields: {
      origin: ({ origin }) => origin,
      isReached: ({ code }) => code === 'ok',
      reason: ({ code }) => (code === 'ok' ? undefined : code),
    },
    write: ({ origin, code, tookMs }) => ({
      origin,
      isReached: code === 'ok',
      reason: code === 'ok' ? null : code,
      connectTimeInMilliseconds: Math.round(tookMs),
    }),
  }
}

/** How one connector fares with one segment. */
export interface ConnectorReach {
  readonly connectorId: string
  readonly machineName: string
  /** Undefined while it is not known. */
  readonly code: string | undefined
}

/** An internal URL of an application with all connectors that serve it. */
export interface SegmentHealth extends UrlPair {
  readonly applicationId: string
  readonly connectors: readonly ConnectorReach[]
}

/** The data paths of one application or of all, an extension of ours; `path` is where they stand. [K4] */
export function segmentHealthCollection(path: string): Collection<SegmentHealth> {
  return {
    context: path,
    properties: propertiesOf(segmentHealth),
    fields: {
      applicationId: ({ applicationId }) => applicationId,
      externalUrl: ({ externalUrl }) => externalUrl,
      internalUrl: ({ internalUrl }) => internalUrl,
      status: statusOf,
    },
    write: (segment) => ({
      applicationId: segment.applicationId,
      externalUrl: segment.externalUrl,
      internalUrl: segment.internalUrl,
      status: statusOf(segment),
      connectors: segment.connectors.map(({ connectorId, machineName, code }) => ({
        id: connectorId,
        machineName,
        isReached: code === undefined ? null : code === 'ok',
        reason: code === undefined || code === 'ok' ? null : code,
      })),
    }),
  }
}

/** An application with its data paths. */
export interface ApplicationHealth {
  readonly application: Application
  readonly paths: readonly SegmentHealth[]
}

/** How each published application fares, an extension of ours. [K4] */
export const applicationHealthCollection: Collection<ApplicationHealth> = {
  context: "onPremisesPublishingProfiles('applicationProxy')/applicationHealth",
  properties: propertiesOf(applicationHealth),
  fields: {
    id: ({ application }) => application.id,
    displayName: ({ application }) => application.displayName,
    status: worstStatus,
  },
  write: (health) => ({
    id: health.application.id,
    displayName: health.application.displayName,
    status: worstStatus(health),
  }),
}

type Status = 'healthy' | 'degraded' | 'unreachable' | 'unknown'

const worstFirst: readonly Status[] = ['unreachable', 'degraded', 'unknown', 'healthy']

/** That of the worst data path. What stands behind a star is only known when somebody asks for it, and does not count. */
function worstStatus({ paths }: Pick<ApplicationHealth, 'paths'>): Status {
  const probed = paths.filter(({ internalUrl }) => !internalUrl.includes('*')).map(statusOf)
  return worstFirst.find((status) => probed.includes(status)) ?? 'unknown'
}

/** `degraded`: some connectors reach it and some do not. */
function statusOf({ connectors }: SegmentHealth): Status {
  const known = connectors.filter(({ code }) => code !== undefined)
  const reached = known.filter(({ code }) => code === 'ok').length
  if (known.length === 0) return 'unknown'
  if (reached === 0) return 'unreachable'
  return reached === known.length ? 'healthy' : 'degraded'
}
