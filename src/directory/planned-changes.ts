import { type JournaledName, journaledTables } from './journaled-tables.ts'
import type { FullRowChange, PlannedChange } from './revision.ts'
import { idOf, nameOf } from './row-images.ts'
import type { Step } from './steps.ts'
import type { Rows } from './storage.ts'

/** What a step does, as history tells it. */
export function toChange({ table, now, next }: Step): FullRowChange {
  const image = next ?? now ?? {}
  return {
    ...{ table: table.name, id: idOf(table, image), name: nameOf(table, image) },
    ...{ change: !now ? 'created' : next ? 'updated' : 'deleted', isKept: true },
    ...{ before: now, after: next },
  }
}

/** The steps with what decides whether somebody may take them. Reads only. */
export async function describePlan(
  rows: Rows,
  steps: readonly Step[],
): Promise<readonly PlannedChange[]> {
  const holders = await findRoleHolders(rows, steps)
  const owners = new Set(steps.flatMap(namesOf))
  return steps.map((step) => ({
    ...toChange(step),
    isAlong: ownersOf(step).some((name) => owners.has(name)),
    hasRole: step.table.name === 'person' && holders.has(String((step.next ?? step.now)?.['id'])),
  }))
}

/** The row of a step that comes or goes; those that stay take nothing along. */
function passing({ now, next }: Step) {
  if (now && next) return undefined
  const image = next ?? now
  return image && { image, way: next ? 'comes' : 'goes' }
}

/** What others may refer to it by. */
function namesOf(step: Step): readonly string[] {
  const passed = passing(step)
  if (!passed) return []
  const { image, way } = passed
  return referredColumns.map((column) => `${way} ${step.table.name} ${column} ${image[column]}`)
}

const referredColumns = [
  ...new Set(journaledTables.flatMap(({ references }) => references.map(({ to = 'id' }) => to))),
]

/** What it refers to, in the words of `namesOf`. */
function ownersOf(step: Step): readonly string[] {
  const passed = passing(step)
  if (!passed) return []
  const { image, way } = passed
  return step.table.references
    .filter(({ where }) => !where || image[where[0]] === where[1])
    .map(({ column, table, to = 'id' }) => `${way} ${table} ${to} ${image[column]}`)
}

async function findRoleHolders(rows: Rows, steps: readonly Step[]): Promise<ReadonlySet<string>> {
  const person: JournaledName = 'person'
  if (!steps.some(({ table }) => table.name === person)) return new Set()
  // Those who administer are few, however many people a plan has.
  const holders = await rows.selectFrom('role_member').select('person_id').distinct().execute()
  return new Set(holders.map(({ person_id }) => person_id))
}
