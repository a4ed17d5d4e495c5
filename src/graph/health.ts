import type { Connector } from '../directory/directory.ts'
import type { Application, UrlPair } from '../publishing/application.ts'
import { originOfInternalUrl } from '../publishing/internal-origins.ts'
import { findApplication } from './applications.ts'
import { type Call, type Reply, replyPage } from './call.ts'
import { findConnector } from './connectors.ts'
import { notPublished } from './refusal.ts'
import {
  originHealthCollection,
  type SegmentHealth,
  segmentHealthCollection,
} from './shape/health.ts'

/** GET …/connectors/{id}/originHealth: what this connector reaches, as it said last. [K4] */
export async function listOriginHealth(call: Call): Promise<Reply> {
  const { id } = await findConnector(call)
  return replyPage(call, originHealthCollection(id), call.connectorHealth(id))
}

/** GET /applications/{id}/onPremisesPublishing/segmentHealth: which connectors reach which internal URL. [K4] */
export async function listSegmentHealth(call: Call): Promise<Reply> {
  const application = await findApplication(call)
  const { publishing } = application
  if (!publishing) throw notPublished()
  const connectors = await connectorsOf(call, application)
  const { externalUrl, internalUrl, alternateUrl, segments } = publishing
  const own: readonly UrlPair[] =
    externalUrl !== undefined && internalUrl !== undefined
      ? [{ externalUrl, internalUrl, alternateUrl }]
      : []
  const health = [...own, ...segments].map((pair) => healthOf(call, pair, connectors))
  const path = `applications('${application.id}')/onPremisesPublishing/segmentHealth`
  return replyPage(call, segmentHealthCollection(path), health)
}

/** Those in service of the application's group. */
async function connectorsOf(call: Call, application: Application): Promise<readonly Connector[]> {
  const { connectorGroupId } = application
  const groups = await call.directory.connectorGroups()
  const group = groups.find(({ id, isDefault }) =>
    connectorGroupId === undefined ? isDefault : id === connectorGroupId,
  )
  const connectors = await call.directory.connectors()
  return connectors.filter(
    ({ groupId, drainSeconds }) => groupId === group?.id && drainSeconds === undefined,
  )
}

function healthOf(call: Call, pair: UrlPair, connectors: readonly Connector[]): SegmentHealth {
  const origin = originOfInternalUrl(pair.internalUrl)
  return {
    ...pair,
    connectors: connectors.map(({ id, machineName }) => ({
      connectorId: id,
      machineName,
      code: call.connectorHealth(id).find((health) => health.origin === origin)?.code,
    })),
  }
}
