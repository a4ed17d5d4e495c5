import { type JournaledTable, journaledTables } from './journaled-tables.ts'
import { type JsonObject, mergeBack } from './merge-back.ts'
import type { FullRowChange, Obstacle, RowImage } from './revision.ts'
import { findImage, idOf, isSame, keyText, nameOf, selectImages, tableOf } from './row-images.ts'
import type { Step } from './steps.ts'
import type { Rows } from './storage.ts'

export interface Plan {
  readonly steps: readonly Step[]
  /** What gives way when the roll-back is forced. */
  readonly obstacles: readonly Obstacle[]
  /** What does not. */
  readonly walls: readonly Obstacle[]
}

/** More rows that hang on one that goes are not looked at one by one. */
const maxDependents = 1_000

/** What has to be done to take back what one revision did, and what stands in the way. Reads only. */
export async function planRollBack(
  rows: Rows,
  changes: readonly FullRowChange[],
  force: boolean,
): Promise<Plan> {
  const steps: Step[] = []
  const obstacles: Obstacle[] = []
  for (const change of changes) {
    const { step, overlaps } = await takeBack(rows, change)
    if (step) steps.push(step)
    if (overlaps) obstacles.push(await changedSince(rows, change, overlaps))
  }
  const dependents = await findDependents(rows, steps)
  const walls: Obstacle[] = []
  for (const { step, on } of dependents) {
    const list = neverSwept.has(step.table.name) ? walls : obstacles
    list.push(await inUse(rows, step, on))
  }
  const all = [...steps, ...dependents.map(({ step }) => step)]
  const kept: Step[] = []
  for (const step of all) {
    const missing = await findMissing(rows, step, all)
    obstacles.push(...missing)
    if (missing.length === 0 || !force) kept.push(step)
    walls.push(...(await findNameTaken(rows, step, all)))
  }
  return { steps: kept, obstacles, walls }
}

/** What goes by nobody's by-the-way: with its group an application would lose its way, and a connector its enrolment. */
const neverSwept: ReadonlySet<string> = new Set(['application', 'connector'])

async function takeBack(
  rows: Rows,
  change: FullRowChange,
): Promise<{ readonly step?: Step; readonly overlaps?: readonly string[] }> {
  const table = tableOf(change)
  const { before, after } = change
  const now = await findImage(rows, table, before ?? after ?? {})
  if (now && before ? isSame(table, now, before) : now === before) return {}
  if (now && after ? isSame(table, now, after) : now === after) {
    return { step: { table, now, next: before } }
  }
  // Without a row to merge with there is only one or the other.
  if (!before || !after || !now) return { step: { table, now, next: before }, overlaps: [] }
  const { value: next, overlaps } = mergeRows(before, after, now)
  return {
    ...(!isSame(table, now, next) && { step: { table, now, next } }),
    ...(overlaps.length > 0 && { overlaps }),
  }
}

/** Every change of a policy stamps it, and no two stamps are alike. */
const stamps: ReadonlySet<string> = new Set(['modifiedAt'])

function mergeRows(before: RowImage, after: RowImage, now: RowImage) {
  const { value, overlaps } = mergeBack(open(before), open(after), open(now), stamps)
  const { document, ...columns } = value
  const image = {
    ...columns,
    ...(document !== undefined && { document: JSON.stringify(document) }),
  }
  return { value: image as RowImage, overlaps } // columns hold no objects but the document
}

function open(image: RowImage): JsonObject {
  const { document } = image
  if (typeof document !== 'string') return image
  return { ...image, document: JSON.parse(document) as JsonObject }
}

/** Rows that refer to one that goes, and are not taken back themselves. */
async function findDependents(rows: Rows, steps: readonly Step[]) {
  const found: { readonly step: Step; readonly on: Step }[] = []
  const taken = new Set(steps.map(nameStep))
  const going = steps.filter(({ next }) => next === undefined)
  for (const on of going) {
    const { table: parent, now } = on
    for (const table of journaledTables) {
      for (const { column, table: target, to = 'id', where } of table.references) {
        const value = now?.[to]
        if (target !== parent.name || value === undefined) continue
        const wanted = { [column]: value, ...(where && { [where[0]]: where[1] }) }
        for (const image of await selectImages(rows, table, wanted, maxDependents)) {
          const step: Step = { table, now: image, next: undefined }
          if (taken.has(nameStep(step))) continue
          taken.add(nameStep(step))
          found.push({ step, on })
        }
      }
    }
  }
  return found
}

function nameStep({ table, now, next }: Step): string {
  return `${table.name} ${keyText(table, now ?? next ?? {})}`
}

/** What a row that comes back belongs to and is not there any more. */
async function findMissing(
  rows: Rows,
  { table, next }: Step,
  steps: readonly Step[],
): Promise<readonly Obstacle[]> {
  const obstacles: Obstacle[] = []
  for (const { column, table: target, to = 'id', where } of next ? table.references : []) {
    const value = next?.[column] ?? null
    if (value === null || (where && next?.[where[0]] !== where[1])) continue
    const own = steps.filter((step) => step.table.name === target)
    if (own.some((step) => step.next?.[to] === value)) continue
    const parent = journaledTables.find(({ name }) => name === target)
    const [present] = parent ? await selectImages(rows, parent, { [to]: value }, 1) : []
    const goes = own.some((step) => step.now?.[to] === value && step.next === undefined)
    if (present && !goes) continue
    const message = `what it belongs to, ${target} ${value}, is not there any more`
    obstacles.push({ ...facts(table, next ?? {}), code: 'gone', message, revision: undefined })
  }
  return obstacles
}

async function findNameTaken(
  rows: Rows,
  { table, next }: Step,
  steps: readonly Step[],
): Promise<readonly Obstacle[]> {
  if (!next) return []
  const key = keyText(table, next)
  const obstacles: Obstacle[] = []
  for (const columns of table.unique) {
    // Where nothing is said, nothing is taken.
    if (columns.every((column) => next[column] == null)) continue
    const wanted = Object.fromEntries(columns.map((column) => [column, next[column] ?? null]))
    for (const holder of await selectImages(rows, table, wanted, 2)) {
      const other = keyText(table, holder)
      const gives = steps.some(
        (step) => step.table === table && step.now && keyText(table, step.now) === other,
      )
      if (other === key || gives) continue
      const message = `${nameOf(table, holder)} has the same ${columns.join(', ')} by now`
      obstacles.push({ ...facts(table, next), code: 'name-taken', message, revision: undefined })
    }
  }
  return obstacles
}

async function changedSince(
  rows: Rows,
  { table, id, name, before, after }: FullRowChange,
  overlaps: readonly string[],
): Promise<Obstacle> {
  const spec = tableOf({ table })
  const revision = await findLast(rows, spec, before ?? after ?? {})
  const where = overlaps.length > 0 ? ` (${overlaps.join(', ')})` : ''
  const message = `was changed since, by revision ${revision ?? '?'}${where}`
  return { table, id, name, code: 'changed-since', message, revision }
}

async function inUse(rows: Rows, { table, now = {} }: Step, on: Step): Promise<Obstacle> {
  const revision = await findLast(rows, table, now)
  const message = `came later and belongs to ${nameOf(on.table, on.now ?? {})}`
  return { ...facts(table, now), code: 'in-use', message, revision }
}

function facts(table: JournaledTable, image: RowImage) {
  return { table: table.name, id: idOf(table, image), name: nameOf(table, image) }
}

async function findLast(
  rows: Rows,
  table: JournaledTable,
  image: RowImage,
): Promise<number | undefined> {
  const last = await rows
    .selectFrom('journal')
    .select('version')
    .where('table_name', '=', table.name)
    .where('row_key', '=', keyText(table, image))
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last?.version
}
