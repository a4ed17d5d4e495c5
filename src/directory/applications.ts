import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { failed, type Issue, type Parsed } from '../base/check.ts'
import { Fault } from '../base/fault.ts'
import type { Application } from '../publishing/application.ts'
import { noRegistration } from '../publishing/registration.ts'
import { type PublishingLimits, validateAgainst } from '../publishing/validate.ts'
import type { ApplicationCache } from './application-cache.ts'
import type { ApplicationMethods } from './application-methods.ts'
import { toApplication, toApplicationRow } from './application-rows.ts'
import { insertCertificate } from './certificates.ts'
import { forgetPrincipal } from './clients.ts'
import type { Directory } from './directory.ts'
import { foldName } from './schema.ts'
import { endSessions, endSessionsWithoutAccess } from './session-rows.ts'
import type { Rows } from './storage.ts'
import { notFound, type Store } from './store.ts'

type Create = Directory['createApplication']
type Register = Directory['registerApplication']
type Update = Directory['updateApplication']
type Delete = Directory['deleteApplication']

/** What the original's service puts on an application that is made for publishing. */
const FIRST_TAGS = [
  'WindowsAzureActiveDirectoryIntegratedApp',
  'WindowsAzureActiveDirectoryOnPremApp',
]

/** The directory's methods about published applications. */
export function applicationMethods(
  store: Store,
  cache: ApplicationCache,
  limits: PublishingLimits,
): ApplicationMethods {
  return {
    applications: () => store.read((rows) => cache.readAll(rows)),
    application: (id) => store.read((rows) => findApplication(rows, id)),
    createApplication: (...input) => createApplication(store, cache, ...input),
    registerApplication: (...input) => registerApplication(store, cache, limits, ...input),
    updateApplication: (...input) => updateApplication(store, cache, limits, ...input),
    deleteApplication: (...input) => deleteApplication(store, ...input),
  }
}

async function findApplication(rows: Rows, id: string): Promise<Application | undefined> {
  const all = rows.selectFrom('application').selectAll()
  const row = await all.where('id', '=', id).executeTakeFirst()
  return row && toApplication(row)
}

function freshApplication(
  displayName: string,
  createdAt: number,
  uniqueName: string | undefined,
): Application {
  return {
    ...{ id: randomUUID(), appId: randomUUID(), servicePrincipalId: randomUUID() },
    ...{ displayName, createdAt, identifierUris: [], redirectUris: [] },
    ...(uniqueName !== undefined && { uniqueName }),
    homePageUrl: undefined,
    tags: FIRST_TAGS,
    assignmentRequired: true,
    connectorGroupId: undefined,
    registration: noRegistration,
    publishing: undefined,
  }
}

async function createApplication(
  store: Store,
  cache: ApplicationCache,
  ...[displayName, change, uniqueName]: Parameters<Create>
): ReturnType<Create> {
  const application = freshApplication(displayName, store.clock(), uniqueName)
  return store.change('application.create', change, async (rows, version) => {
    const [taken] = findTakenName(application, await cache.readNeighbours(rows, application))
    if (taken) throw new Fault('already-exists', taken.message)
    await rows.insertInto('application').values(toApplicationRow(application, version)).execute()
    const record = { targetId: application.id, before: undefined, after: application }
    return { value: application, record }
  })
}

async function registerApplication(
  store: Store,
  cache: ApplicationCache,
  limits: PublishingLimits,
  ...[displayName, change, edit, uniqueName]: Parameters<Register>
): ReturnType<Register> {
  const fresh = freshApplication(displayName, store.clock(), uniqueName)
  const application = edit(fresh)
  assertSameIdentity(fresh, application)
  return store.change<Parsed<Application>>('application.create', change, async (rows, version) => {
    const others = await cache.readNeighbours(rows, application)
    const issues = await findApplicationProblems(rows, application, others, limits)
    const [taken] = findTakenName(application, others)
    // By itself it has a word of its own.
    if (taken && issues.length === 1 && !change.isTrial)
      throw new Fault('already-exists', taken.message)
    if (issues.length > 0) return { value: { issues } }
    await rows.insertInto('application').values(toApplicationRow(application, version)).execute()
    const record = { targetId: application.id, before: undefined, after: application }
    return { value: { value: application }, record }
  })
}

async function updateApplication(
  store: Store,
  cache: ApplicationCache,
  limits: PublishingLimits,
  ...[id, change, edit, newCertificate]: Parameters<Update>
): ReturnType<Update> {
  return store.change<Parsed<Application>>('application.update', change, async (rows, version) => {
    const before = await cache.read(rows, id)
    if (!before) throw notFound('application', id)
    const parsed = edit(before)
    if (failed(parsed)) return { value: parsed }
    const after = parsed.value
    assertSameIdentity(before, after)
    const others = await cache.readNeighbours(rows, after)
    const issues = await findApplicationProblems(rows, after, others, limits, before)
    if (issues.length > 0) return { value: { issues } }
    const certified = newCertificate
      ? await insertCertificate(rows, newCertificate, store.clock())
      : undefined
    const certificate = certified?.record && { certificate: certified.record }
    if (isDeepStrictEqual(before, after)) return { value: { value: before }, ...certificate }
    await rows
      .updateTable('application')
      .set(toApplicationRow(after, version))
      .where('id', '=', id)
      .execute()
    const closed = after.assignmentRequired && !before.assignmentRequired
    const lost = closed ? await endSessionsWithoutAccess(rows, { applicationId: id }) : []
    const disabled = before.registration.enabled && !after.registration.enabled
    const ended = disabled ? [...lost, ...(await endSessions(rows, { applicationId: id }))] : lost
    const record = { targetId: id, before, after }
    return { value: { value: after }, record, ended, ...certificate }
  })
}

/** What is wrong with an application beside all others; `others`: those of them that share something with it. */
export async function findApplicationProblems(
  rows: Rows,
  application: Application,
  others: readonly Application[],
  limits: PublishingLimits,
  before?: Application,
): Promise<readonly Issue[]> {
  return [
    ...findClashes(application, others, limits, before),
    ...(await findUnknownGroup(rows, application)),
  ]
}

/** What two applications may not share is what `Neighbours` (neighbours.ts) knows them by. */
export function findClashes(
  application: Application,
  others: readonly Application[],
  limits: PublishingLimits,
  before?: Application,
): readonly Issue[] {
  return [
    ...validateAgainst(application, others, limits, before?.publishing),
    ...findTakenIdentifiers(application, others),
    ...findTakenName(application, others),
  ]
}

/** Other tables, cookies and tokens name these; an edit that touches them is a mistake of its author. */
function assertSameIdentity(before: Application, after: Application): void {
  for (const key of ['id', 'appId', 'servicePrincipalId', 'uniqueName', 'createdAt'] as const) {
    assert.equal(after[key], before[key], `an edit must not change ${key} of an application`)
  }
}

/** An access token names its application by one of these, so no two may share one. [S10] */
function findTakenIdentifiers(wanted: Application, others: readonly Application[]): Issue[] {
  return wanted.identifierUris.flatMap((uri, index) => {
    const holder = others.find((application) => application.identifierUris.includes(uri))
    if (!holder) return []
    const message = `${uri} is already an identifier of "${holder.displayName}"`
    return [{ path: `/identifierUris/${index}`, code: 'already-exists', message }]
  })
}

function findTakenName(
  { id, uniqueName }: Application,
  others: readonly Application[],
): readonly Issue[] {
  if (uniqueName === undefined) return []
  const key = foldName(uniqueName)
  const holder = others.find((each) => each.id !== id && foldName(each.uniqueName ?? '') === key)
  if (!holder) return []
  const message = `${uniqueName} is the unique name of "${holder.displayName}"`
  return [{ path: '/uniqueName', code: 'already-exists', message }]
}

async function findUnknownGroup(rows: Rows, { connectorGroupId }: Application): Promise<Issue[]> {
  if (connectorGroupId === undefined) return []
  const groups = rows.selectFrom('connector_group').select('id').where('id', '=', connectorGroupId)
  if (await groups.executeTakeFirst()) return []
  const message = `there is no connector group ${connectorGroupId}`
  return [{ path: '/connectorGroupId', code: 'unknown-connector-group', message }]
}

async function deleteApplication(
  store: Store,
  ...[id, change]: Parameters<Delete>
): ReturnType<Delete> {
  return store.change('application.delete', change, async (rows) => {
    const before = await findApplication(rows, id)
    if (!before) return { value: false }
    // Who may enter it goes with it, by foreign key.
    await forgetPrincipal(rows, before.servicePrincipalId)
    await rows.deleteFrom('application').where('id', '=', id).execute()
    const ended = await endSessions(rows, { applicationId: id })
    return { value: true, record: { targetId: id, before, after: undefined }, ended }
  })
}
