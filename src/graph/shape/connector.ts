import { z } from 'zod'
import type { Connector, ConnectorGroup } from '../../directory/directory.ts'
import type { EnrolmentToken } from '../../directory/enrolment-token.ts'
import type { Collection } from '../collection.ts'
import { propertiesOf } from '../resource/kinds.ts'
import * as resource from '../resource/publishing.ts'
import { lenientNumber, nameOf, readOnly } from './body.ts'

type Status = 'active' | 'inactive'

/** Connectors; `live` says who has a live tunnel. One that was taken out of service is inactive all the same. */
export function connectorCollection(live: (connectorId: string) => Status): Collection<Connector> {
  const status = ({ id, drainSeconds }: Connector): Status =>
    drainSeconds === undefined ? live(id) : 'inactive'
  return {
    context: "onPremisesPublishingProfiles('applicationProxy')/connectors",
    properties: propertiesOf(resource.connector),
    fields: {
      id: (connector) => connector.id,
      machineName: (connector) => connector.machineName,
      externalIp: (connector) => connector.externalIp,
      status,
      version: (connector) => connector.version,
      isDrained: (connector) => connector.drainSeconds !== undefined,
      connectorGroupId: (connector) => connector.groupId,
    },
    write: (connector) => ({
      ...toGraphConnector(connector, status(connector)),
      connectorGroupId: connector.groupId,
      createdDateTime: new Date(connector.registeredAt).toISOString(),
      lastSeenDateTime: dateTimeOf(connector.lastSeenAt),
    }),
  }
}

/** A connector in Graph's shape. */
export function toGraphConnector(connector: Connector, status: Status) {
  const { id, machineName, externalIp, version, drainSeconds } = connector
  return { id, machineName, externalIp, status, version, isDrained: drainSeconds !== undefined }
}

/** As long as at the end of a process, and as long as any supervisor waits. */
const defaultGraceSeconds = 30
const maxGraceSeconds = 600

/** What `POST …/drain` takes; an empty object will do. */
export const drainBody = z.strictObject({
  graceInSeconds: lenientNumber
    .refine(
      (seconds) => Number.isInteger(seconds) && seconds >= 0 && seconds <= maxGraceSeconds,
      `must be whole seconds from 0 to ${maxGraceSeconds}`,
    )
    .default(defaultGraceSeconds),
})

const regions = ['nam', 'eur', 'aus', 'asia', 'ind'] as const

/** A connector group in Graph's shape. */
export function toGraphConnectorGroup(group: ConnectorGroup) {
  return {
    id: group.id,
    name: group.name,
    connectorGroupType: 'applicationProxy' as const,
    isDefault: group.isDefault,
    region: regions.find((region) => region === group.region) ?? null,
  }
}

export const connectorGroupCollection: Collection<ConnectorGroup> = {
  context: "onPremisesPublishingProfiles('applicationProxy')/connectorGroups",
  properties: propertiesOf(resource.connectorGroup),
  fields: {
    id: (group) => group.id,
    name: (group) => group.name,
    isDefault: (group) => group.isDefault,
    region: (group) => group.region,
  },
  write: toGraphConnectorGroup,
}

const maxNameLength = 256

/** What `PATCH connectorGroups/{id}` takes. */
export const connectorGroupBody = z.strictObject({
  name: nameOf(maxNameLength).optional(),
  region: z.enum(regions).nullish(),
  connectorGroupType: z.literal('applicationProxy').optional(),
  id: readOnly,
  isDefault: readOnly,
})

/** What `POST connectorGroups` takes. */
export const newConnectorGroupBody = connectorGroupBody.extend({ name: nameOf(maxNameLength) })

/** The group with what was sent. */
export function mergeConnectorGroup(
  sent: z.output<typeof connectorGroupBody>,
  current: ConnectorGroup,
): ConnectorGroup {
  return {
    ...current,
    name: sent.name ?? current.name,
    region: sent.region === undefined ? current.region : (sent.region ?? undefined),
  }
}

/** Tokens are for the next minutes; a day lets somebody else do the installing. */
const defaultLifetimeMinutes = 60
const maxLifetimeMinutes = 24 * 60

function dateTimeOf(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString()
}

/** What became of an enrolment token, an extension of ours; the token itself is nowhere any more. [K1] */
export function toGraphEnrolmentToken({ id, expiresAt, usedAt, connectorId }: EnrolmentToken) {
  return {
    id,
    expiresDateTime: new Date(expiresAt).toISOString(),
    usedDateTime: dateTimeOf(usedAt),
    connectorId: connectorId ?? null,
  }
}

/** What `POST …/enrolmentTokens` takes; an empty object will do. */
export const enrolmentBody = z.strictObject({
  lifetimeInMinutes: lenientNumber
    .refine(
      (minutes) => Number.isInteger(minutes) && minutes >= 1 && minutes <= maxLifetimeMinutes,
      `must be whole minutes from 1 to ${maxLifetimeMinutes}`,
    )
    .default(defaultLifetimeMinutes),
})
