import { z } from 'zod'
import type { JournaledName } from '../../directory/journaled-tables.ts'
import type { FullRowChange, Obstacle, Revision, RowChange } from '../../directory/revision.ts'
import { type RowValues, readRow } from '../../directory/row-values.ts'
import type { Application, Segment } from '../../publishing/application.ts'
import type { ProviderDesk } from '../call.ts'
import type { Collection } from '../collection.ts'
import { toGraphPolicy } from './access-policy.ts'
import { toGraphApplication } from './application.ts'
import { certificateCollection } from './certificate.ts'
import { toGraphConnectorGroup } from './connector.ts'
import { differences } from './difference.ts'
import { toGraphGroup } from './group.ts'
import { toGraphProvider } from './identity-provider.ts'
import { toGraphLocation } from './named-location.ts'
import { toGraphUser } from './person.ts'
import { toGraphRule, toGraphSegment } from './publishing.ts'
import { toGraphTokenLifetimePolicy } from './token-lifetime.ts'

type Writer<Name extends JournaledName> = (
  value: RowValues[Name],
  desk: ProviderDesk,
) => Record<string, unknown>

/** Graph's name of what each table holds, and its shape. */
const resources: {
  readonly [Name in JournaledName]: { readonly name: string; readonly write: Writer<Name> }
} = {
  application: { name: 'application', write: writeApplication },
  person: { name: 'user', write: toGraphUser },
  person_group: { name: 'group', write: toGraphGroup },
  membership: { name: 'groupMember', write: (member) => ({ ...member }) },
  nested_group: { name: 'groupMember', write: (member) => ({ ...member }) },
  role_member: { name: 'directoryRoleMember', write: (member) => ({ ...member }) },
  federated_identity: { name: 'federatedIdentity', write: (identity) => ({ ...identity }) },
  assignment: {
    name: 'appRoleAssignment',
    write: ({ createdAt, ...assignment }) => ({
      ...assignment,
      createdDateTime: dateOf(createdAt),
    }),
  },
  application_owner: { name: 'applicationOwner', write: (owner) => ({ ...owner }) },
  group_owner: { name: 'groupOwner', write: (owner) => ({ ...owner }) },
  api_permission: {
    name: 'apiPermission',
    write: ({ createdAt, ...permission }) => ({
      ...permission,
      createdDateTime: dateOf(createdAt),
    }),
  },
  connector: {
    name: 'connector',
    write: ({ id, groupId, machineName, externalIp, version, drainSeconds }) => ({
      ...{ id, connectorGroupId: groupId, machineName, externalIp, version },
      isDrained: drainSeconds !== undefined,
    }),
  },
  connector_group: { name: 'connectorGroup', write: toGraphConnectorGroup },
  identity_provider: { name: 'identityProvider', write: toGraphProvider },
  token_lifetime_policy: { name: 'tokenLifetimePolicy', write: toGraphTokenLifetimePolicy },
  application_token_lifetime: {
    name: 'applicationTokenLifetimePolicy',
    write: (assigned) => ({ ...assigned }),
  },
  certificate: { name: 'certificate', write: (each) => certificateCollection.write(each) },
  named_location: { name: 'namedLocation', write: toGraphLocation },
  access_policy: { name: 'conditionalAccessPolicy', write: toGraphPolicy },
}

/** The two halves of an application as one, its segments and rules with their ids, and nothing said twice. */
function writeApplication(application: Application) {
  const { onPremisesPublishing: shown, ...facts } = toGraphApplication(application)
  const { segmentsConfiguration: _, ...publishing } = shown ?? { segmentsConfiguration: null }
  const segments = application.publishing?.segments ?? []
  return {
    ...facts,
    servicePrincipalId: application.servicePrincipalId,
    appRoleAssignmentRequired: application.assignmentRequired,
    accountEnabled: application.registration.enabled,
    connectorGroupId: application.connectorGroupId ?? null,
    onPremisesPublishing: shown && {
      ...publishing,
      onPremisesApplicationSegments: segments.map(writeSegment),
    },
  }
}

function writeSegment(segment: Segment) {
  return { ...toGraphSegment(segment), corsConfigurations: segment.corsRules.map(toGraphRule) }
}

function dateOf(at: number): string {
  return new Date(at).toISOString()
}

/** A revision in a list. */
export const revisionCollection: Collection<Revision> = {
  context: 'revisions',
  properties: [
    ...['id', 'createdDateTime', 'author', 'reason', 'activity', 'isRollbackOf', 'isReversible'],
    ...['changes', 'changeCount'],
  ],
  fields: {
    id: ({ id }) => String(id),
    createdDateTime: ({ at }) => dateOf(at),
    author: ({ author }) => author,
    reason: ({ reason }) => reason,
    activity: ({ action }) => action,
    isRollbackOf: ({ rollbackOf }) => (rollbackOf === undefined ? null : String(rollbackOf)),
    isReversible,
    // `changes/any(c:c eq '<id>')`: everything that changed this resource.
    changes: ({ changes }) => changes.map(({ id }) => id),
  },
  write: (revision) => toGraphRevision(revision, toGraphChange),
}

function toGraphRevision<What extends RowChange>(
  revision: Revision<What>,
  writeChange: (change: What) => object,
) {
  const { id, at, author, reason, action, rollbackOf, changes, changeCount } = revision
  return {
    ...{ id: String(id), createdDateTime: dateOf(at), author, reason, activity: action },
    isRollbackOf: rollbackOf === undefined ? null : String(rollbackOf),
    isReversible: isReversible(revision),
    changes: changes.map(writeChange),
    changeCount,
  }
}

/** Whether anything is kept that could be taken back. */
function isReversible({ changes }: Revision): boolean {
  return changes.some(({ isKept }) => isKept)
}

/** A revision with what everything was before and after. */
export function fullRevisionCollection(desk: ProviderDesk): Collection<Revision<FullRowChange>> {
  const { context, properties } = revisionCollection
  const write = (revision: Revision<FullRowChange>) =>
    toGraphRevision(revision, (change) => toGraphFullChange(change, desk))
  return { context, properties, fields: {}, write }
}

/** What the API calls a row of this table. */
export function resourceName(table: JournaledName): string {
  return resources[table].name
}

function toGraphChange({ table, id, name, change }: RowChange) {
  return { resource: resources[table].name, id, displayName: name, change }
}

/** One changed resource with what it was before and after, and where that differs. No secret, sealed or not. */
export function toGraphFullChange(change: FullRowChange, desk: ProviderDesk) {
  const before = writeImage(change.table, change.before, desk)
  const after = writeImage(change.table, change.after, desk)
  const diff = [...differences(before, after), ...secretDifferences(change)]
  return { ...toGraphChange(change), before, after, diff }
}

function writeImage<Name extends JournaledName>(
  table: Name,
  image: FullRowChange['before'],
  desk: ProviderDesk,
) {
  return image ? resources[table].write(readRow(table, image), desk) : null
}

/** That there was another secret before is worth knowing; which one is nobody's business. */
function secretDifferences({ table, before, after, isKept, change }: FullRowChange) {
  if (!isKept && table === 'person' && change === 'updated') return [secretAt('passwordProfile')]
  if (table !== 'identity_provider' || !before || !after) return []
  const proofs = [before, after].map((image) => readRow(table, image).authentication)
  const [old, now] = proofs.map((proof) => JSON.stringify(proof))
  return old === now ? [] : [secretAt('clientSecret')]
}

function secretAt(path: string) {
  return { path, before: '(a secret)', after: '(another secret)' }
}

/** What `POST /revisions/{id}/rollBack` takes; an empty object will do. */
export const rollBackBody = z.strictObject({
  dryRun: z.boolean().default(false),
  force: z.boolean().default(false),
})

/** Something in the way of a roll-back, as one of the `details` of the error. */
export function obstacleIssue({ table, id, name, code, message }: Obstacle) {
  return { path: `${resources[table].name}/${id}`, code, message: `${name}: ${message}` }
}

/** Our path of an issue as Graph names the resource. */
export function rollBackTarget(path: string): string {
  const [table = '', ...rest] = path.split('/')
  const name = Object.hasOwn(resources, table) ? resources[table as JournaledName].name : table
  return [name, ...rest].join('/')
}
