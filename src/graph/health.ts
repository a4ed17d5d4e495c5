import type { Connector } from '../directory/directory.ts'
import type { Application, UrlPair } from '../publishing/application.ts'
import { originOfInternalUrl } from '../publishing/internal-origins.ts'
import { findApplication } from './applications.ts'
import { type Call, type Reply, replyPage } from './call.ts'
import { findConnector } from './connectors.ts'
import { notPublished } from './refusal.ts'
import {
  applicationHealthCollection,
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
  if (!application.publishing) throw notPublished()
  const path = `applications('${application.id}')/onPremisesPublishing/segmentHealth`
  const health = pathsOf(application, await readConnectors(call))
  return replyPage(call, segmentHealthCollection(path), health)
}

/** GET …/applicationProxy/segmentHealth: the data paths of all applications in one answer. [K4] */
export async function listAllSegmentHealth(call: Call): Promise<Reply> {
  const path = "onPremisesPublishingProfiles('applicationProxy')/segmentHealth"
  const known = await readConnectors(call)
  const applications = await call.directory.applications()
  const health = applications.flatMap((application) => pathsOf(application, known))
  return replyPage(call, segmentHealthCollection(path), health)
}

/** GET …/applicationHealth: how each published application fares, all of them in one answer. [K4] */
export async function listApplicationHealth(call: Call): Promise<Reply> {
  const applications = await call.directory.applications()
  const known = await readConnectors(call)
  const health = applications
    .filter(({ publishing }) => publishing)
    .map((application) => ({ application, paths: pathsOf(application, known) }))
  return replyPage(call, applicationHealthCollection, health)
}

/** What the connectors said, those in service by their group. */
interface KnownConnectors {
  readonly defaultGroupId: string | undefined
  readonly byGroup: ReadonlyMap<string, readonly Connector[]>
  /** By connector and origin. */
  readonly codes: ReadonlyMap<string, ReadonlyMap<string, string>>
}

async function readConnectors(call: Call): Promise<KnownConnectors> {
  const groups = await call.directory.connectorGroups()
  const all = await call.directory.connectors()
  const serving = all.filter(({ drainSeconds }) => drainSeconds === undefined)
  const codesOf = (id: string) =>
    new Map(call.connectorHealth(id).map(({ origin, code }) => [origin, code]))
  return {
    defaultGroupId: groups.find(({ isDefault }) => isDefault)?.id,
    byGroup: Map.groupBy(serving, ({ groupId }) => groupId),
    codes: new Map(serving.map(({ id }) => [id, codesOf(id)])),
  }
}

/** The application's own pair of URLs and those of its segments, each with the connectors of its group. */
function pathsOf(application: Application, known: KnownConnectors): readonly SegmentHealth[] {
  const { publishing, connectorGroupId = known.defaultGroupId ?? '' } = application
  if (!publishing) return []
  const { externalUrl, internalUrl, alternateUrl, segments } = publishing
  const own: readonly UrlPair[] =
    externalUrl !== undefined && internalUrl !== undefined
      ? [{ externalUrl, internalUrl, alternateUrl }]
      : []
  const connectors = known.byGroup.get(connectorGroupId) ?? []
  return [...own, ...segments].map((pair) => {
    const origin = originOfInternalUrl(pair.internalUrl)
    const reach = connectors.map(({ id, machineName }) => ({
      connectorId: id,
      machineName,
      code: origin === undefined ? undefined : known.codes.get(id)?.get(origin),
    }))
    return { ...pair, applicationId: application.id, connectors: reach }
  })
}
