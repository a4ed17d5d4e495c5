import { Fault } from '../base/fault.ts'
import type { PublishingLimits } from '../publishing/validate.ts'
import type { Change } from './change.ts'
import { findNames } from './names.ts'
import { describePlan, toChange } from './planned-changes.ts'
import { Overtaken, rehearse } from './rehearsal.ts'
import { checkRestored, hasEnabledAdministrator } from './restored.ts'
import type { FullRowChange, Revisions, RollBack, RollBackOptions } from './revision.ts'
import { findChangesSince, findRevision, listRevisions } from './revisions.ts'
import { planRollBack } from './roll-back-plan.ts'
import { idOf, nameOf } from './row-images.ts'
import { type Step, writeSteps } from './steps.ts'
import type { Rows } from './storage.ts'
import { currentVersion, type NamedEntry, type Outcome, type Store } from './store.ts'

/** The history of the configuration, and how to take parts of it back. [G4] */
export function revisions(store: Store, limits: PublishingLimits): Revisions {
  return {
    namesOf: (ids) => store.read((rows) => findNames(rows, ids)),
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
    return await rehearse(store, change, async (inside, own, revision) => {
      const planned = await inside.history(async (rows) => {
        if ((await currentVersion(rows)) >= revision) throw new Overtaken()
        return plan(rows, id, options)
      })
      if (!planned || planned.steps.length === 0) return planned?.result
      return inside.change<RollBack>('revision.roll-back', own, (rows, version) =>
        takeBack(rows, planned, options, { version, now: store.clock(), limits }),
      )
    })
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

interface Planned {
  readonly id: number
  readonly steps: readonly Step[]
  readonly notices: readonly string[]
  /** What there is to answer where nothing is to be done. */
  readonly result: RollBack
}

/** What has to be done; undefined where there is no such revision. Reads only, of the history as well. */
async function plan(
  rows: Rows,
  id: number,
  { force, allow }: RollBackOptions,
): Promise<Planned | undefined> {
  const revision = await findRevision(rows, id)
  if (!revision) return undefined
  const kept = revision.changes.filter(({ isKept }) => isKept)
  const { steps, walls, obstacles } = await planRollBack(rows, kept, force)
  allow(revision, await describePlan(rows, steps))
  if (kept.length === 0 && revision.changes.length > 0) throw nothingKept(id)
  const inTheWay = [...walls, ...(force ? [] : obstacles)]
  if (inTheWay.length > 0) return { id, steps: [], notices: [], result: { obstacles: inTheWay } }
  const notices = noticesOf(revision.changes, steps)
  return { id, steps, notices, result: { changes: [], revision: undefined, notices } }
}

async function takeBack(
  rows: Rows,
  { id, steps, notices }: Planned,
  { dryRun }: RollBackOptions,
  moment: Moment,
): Promise<Outcome<RollBack>> {
  await restore(rows, steps, moment)
  const changes = steps.map(toChange)
  if (dryRun) throw new Undone({ changes, revision: undefined, notices })
  const record = { targetId: String(id), before: undefined, after: { rollbackOf: id } }
  const value = { changes, revision: moment.version, notices }
  return { value, record, others: steps.map(toEntry), rollbackOf: id }
}

function nothingKept(id: number): Fault {
  const message = `revision ${id} cannot be rolled back: of passwords, other secrets and changes of before there were revisions nothing is kept`
  return new Fault('invalid', message)
}

/** Writes the rows. Throws `Undone` for what would not be valid. */
async function restore(rows: Rows, steps: readonly Step[], moment: Moment): Promise<void> {
  const wasAdministered = await hasEnabledAdministrator(rows)
  await writeSteps(rows, steps, moment)
  const issues = [...(await checkRestored(rows, steps, moment.limits))]
  if (wasAdministered && !(await hasEnabledAdministrator(rows))) {
    const message = 'the last Global Administrator must stay, and enabled'
    issues.push({ path: 'person', code: 'last-administrator', message })
  }
  if (issues.length > 0) throw new Undone({ issues })
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
