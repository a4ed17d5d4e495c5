import { Fault } from '../base/fault.ts'
import type { PublishingLimits } from '../publishing/validate.ts'
import type { Change } from './change.ts'
import { rememberDeleted } from './deleted-people.ts'
import { type JournaledTable, journaledTables } from './journaled-tables.ts'
import { describePlan, toChange } from './planned-changes.ts'
import { checkRestored, hasEnabledAdministrator } from './restored.ts'
import type { FullRowChange, Revisions, RollBack, RollBackOptions, RowImage } from './revision.ts'
import { findChangesSince, findRevision, listRevisions } from './revisions.ts'
import { planRollBack, type Step } from './roll-back-plan.ts'
import { deleteImage, idOf, insertImage, nameOf, updateImage } from './row-images.ts'
import {
  endSessions,
  endSessionsOfProvider,
  endSessionsWithoutAccess,
  endSignIns,
} from './session-rows.ts'
import type { Rows } from './storage.ts'
import type { NamedEntry, Outcome, Store } from './store.ts'

/** The history of the configuration, and how to take parts of it back. [G4] */
export function revisions(store: Store, limits: PublishingLimits): Revisions {
  return {
    list: (limit, before) => store.read((rows) => listRevisions(rows, limit, before)),
    revision: (id) => store.read((rows) => findRevision(rows, id)),
    changesSince: (id) => store.read((rows) => findChangesSince(rows, id)),
    rollBack: (...input) => rollBack(store, limits, ...input),
  }
}

/** Thrown inside the transaction so that nothing of it stays. */
class Undone extends Error {
  readonly result: RollBack

  constructor(result: RollBack) {
    super('nothing is kept')
    this.result = result
  }
}

async function rollBack(
  store: Store,
  limits: PublishingLimits,
  id: number,
  change: Change,
  options: RollBackOptions,
): Promise<RollBack | undefined> {
  try {
    return await store.change<RollBack | undefined>('revision.roll-back', change, (rows, version) =>
      takeBack(rows, id, options, { version, now: store.clock(), limits }),
    )
  } catch (thrown) {
    if (thrown instanceof Undone) return thrown.result
    throw thrown
  }
}

interface Moment {
  readonly version: number
  readonly now: number
  readonly limits: PublishingLimits
}

async function takeBack(
  rows: Rows,
  id: number,
  { force, dryRun, allow }: RollBackOptions,
  moment: Moment,
): Promise<Outcome<RollBack | undefined>> {
  const revision = await findRevision(rows, id)
  if (!revision) return { value: undefined }
  const kept = revision.changes.filter(({ isKept }) => isKept)
  const { steps, walls, obstacles } = await planRollBack(rows, kept, force)
  allow(revision, await describePlan(rows, steps))
  if (kept.length === 0 && revision.changes.length > 0) throw nothingKept(id)
  const inTheWay = [...walls, ...(force ? [] : obstacles)]
  if (inTheWay.length > 0) return { value: { obstacles: inTheWay } }
  const notices = noticesOf(revision.changes, steps)
  if (steps.length === 0) return { value: { changes: [], revision: undefined, notices } }
  const ended = await restore(rows, steps, moment)
  const changes = steps.map(toChange)
  if (dryRun) throw new Undone({ changes, revision: undefined, notices })
  const record = { targetId: String(id), before: undefined, after: { rollbackOf: id } }
  const value = { changes, revision: moment.version, notices }
  return { value, record, others: steps.map(toEntry), ended, rollbackOf: id }
}

function nothingKept(id: number): Fault {
  const message = `revision ${id} cannot be rolled back: of passwords, other secrets and changes of before there were revisions nothing is kept`
  return new Fault('invalid', message)
}

/** Writes the rows, and ends the sessions that lost what they came from. Throws `Undone` for what would not be valid. */
async function restore(
  rows: Rows,
  steps: readonly Step[],
  moment: Moment,
): Promise<readonly string[]> {
  const wasAdministered = await hasEnabledAdministrator(rows)
  await write(rows, steps, moment)
  const issues = [...(await checkRestored(rows, steps, moment.limits))]
  if (wasAdministered && !(await hasEnabledAdministrator(rows))) {
    const message = 'the last Global Administrator must stay, and enabled'
    issues.push({ path: 'person', code: 'last-administrator', message })
  }
  if (issues.length > 0) throw new Undone({ issues })
  return endWhatIsLost(rows, steps, moment.now)
}

/** What goes goes first, and what refers to others before them; then comes what comes and changes, the other way round. */
async function write(rows: Rows, steps: readonly Step[], { version, now }: Moment): Promise<void> {
  const place = ({ table }: Step) => journaledTables.indexOf(table)
  const ordered = [...steps].sort((one, other) => place(one) - place(other))
  const going = ordered.toReversed().filter(({ next }) => !next)
  await remove(
    rows,
    going.filter((step) => !isLate(step)),
  )
  for (const { table, now: image, next } of ordered) await vacate(rows, table, image, next)
  for (const { table, now: image, next } of ordered) {
    if (!next) continue
    const stamps = stampsOf(table.name, version)
    if (image) await updateImage(rows, table, next, stamps)
    else await insertImage(rows, table, next, { ...stamps, ...(fresh[table.name]?.(now) ?? {}) })
  }
  await remove(rows, going.filter(isLate))
}

/** Whoever is in the group may change to another one in the same breath. */
function isLate({ table }: Step): boolean {
  return table.name === 'connector_group'
}

async function remove(rows: Rows, steps: readonly Step[]): Promise<void> {
  for (const { table, now } of steps) if (now) await deleteImage(rows, table, now)
}

/** Two rows may exchange their names: each gives its own back before another takes it. */
async function vacate(
  rows: Rows,
  table: JournaledTable,
  now: RowImage | undefined,
  next: RowImage | undefined,
): Promise<void> {
  if (now?.['name_key'] === undefined || now['name_key'] === next?.['name_key']) return
  if (!next && table.name !== 'connector_group') return
  await updateImage(rows, table, { ...now, name_key: `\0${now['id']}` }, {})
}

function stampsOf(table: string, version: number): RowImage {
  return table === 'application' ? { changed_version: version } : {}
}

/** A person comes back without a password, and without what they were signed in to. */
const fresh: Readonly<Record<string, (now: number) => RowImage>> = {
  person: (now) => ({
    ...{ password: null, must_change_password: 0, password_changed_at: null },
    revoked_at: now,
  }),
}

async function endWhatIsLost(
  rows: Rows,
  steps: readonly Step[],
  now: number,
): Promise<readonly string[]> {
  const ended = new Set<string>(await endSessionsWithoutAccess(rows, 'everywhere'))
  const end = (ids: readonly string[]) => {
    for (const each of ids) ended.add(each)
  }
  for (const { table, now: before, next: after } of steps) {
    const id = String(before?.['id'])
    if (!before) continue
    if (table.name === 'application' && !isEnabled(after)) {
      end(await endSessions(rows, { applicationId: id }))
    }
    if (table.name === 'identity_provider' && issuerOf(before) !== issuerOf(after)) {
      end(await endSessionsOfProvider(rows, id))
    }
    if (table.name !== 'person' || after?.['enabled'] === 1) continue
    if (!after) await rememberDeleted(rows, id, now)
    end(await endSignIns(rows, id, now))
  }
  return [...ended]
}

function isEnabled(application: RowImage | undefined): boolean {
  if (!application) return false
  const { registration } = JSON.parse(String(application['document']))
  return registration?.enabled ?? true
}

function issuerOf(provider: RowImage | undefined): unknown {
  return provider && JSON.parse(String(provider['document'])).issuer
}

/** The audit trail keeps which row, and the journal what was in it. */
function toEntry({ table, now, next }: Step): NamedEntry {
  const image = next ?? now ?? {}
  const [created, updated, deleted] = table.actions
  const summary = { id: idOf(table, image), name: nameOf(table, image) }
  return {
    action: !now ? created : next ? updated : deleted,
    targetId: String(image['id'] ?? image['group_id'] ?? image['role_id'] ?? summary.id),
    before: now && summary,
    after: next && summary,
  }
}

function noticesOf(changes: readonly FullRowChange[], steps: readonly Step[]): readonly string[] {
  const people = steps.filter(({ table, now }) => table.name === 'person' && !now)
  const unkept = changes.filter(({ isKept }) => !isKept)
  return [
    ...people.map(({ table, next }) => {
      const name = nameOf(table, next ?? {})
      return `${name} comes back without password, passkeys and codes; set a new password, or make a temporary access pass`
    }),
    ...unkept.map(({ name }) => `a secret of ${name} was changed, too, and stays as it is`),
  ]
}
