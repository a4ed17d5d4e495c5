import type { JournaledName } from './journaled-tables.ts'
import type { FullRowChange, RowChange, RowImage } from './revision.ts'
import type { Rows } from './storage.ts'

/**
 * What a revision, or all after one, did to each row in the end, in the order in which they were first touched; undefined when the journal
 * knows nothing of it.
 */
export async function readFullChanges(
  rows: Rows,
  which: { readonly of: number } | { readonly after: number },
): Promise<readonly FullRowChange[] | undefined> {
  const all = rows
    .selectFrom('journal')
    .select(['table_name', 'row_key', 'label', 'before', 'after'])
    .orderBy('sequence')
  const found = await ('of' in which
    ? all.where('version', '=', which.of)
    : all.where('version', '>', which.after)
  ).execute()
  if (found.length === 0) return undefined
  const steps = found.map(({ table_name, row_key, label, before, after }) => ({
    ...{ table: table_name, key: row_key, label, before: readImage(before) },
    after: readImage(after),
  }))
  return netOf(steps).flatMap(([first, last]) => {
    const { before } = first
    const { after } = last
    if (before === undefined && after === undefined) return []
    return [{ ...describe(first, last, before !== undefined, after !== undefined), before, after }]
  })
}

interface Step {
  readonly table: string
  readonly key: string
  readonly label: string | null
}

/** The same without the rows themselves, for several revisions at once. */
export async function readChanges(
  rows: Rows,
  revisions: readonly number[],
): Promise<ReadonlyMap<number, readonly RowChange[]>> {
  if (revisions.length === 0) return new Map()
  const found = await rows
    .selectFrom('journal')
    .select(['version', 'table_name as table', 'row_key as key', 'label'])
    .select((row) => [row('before', 'is', null).as('isNew'), row('after', 'is', null).as('isGone')])
    .where('version', 'in', revisions)
    .orderBy('sequence')
    .execute()
  const byRevision = Map.groupBy(found, ({ version }) => version)
  return new Map(
    [...byRevision].map(([version, steps]) => [
      version,
      netOf(steps).flatMap(([first, last]) =>
        first.isNew && last.isGone ? [] : [describe(first, last, !first.isNew, !last.isGone)],
      ),
    ]),
  )
}

/** The first and the last step of each row. */
function netOf<Each extends Step>(steps: readonly Each[]): readonly (readonly [Each, Each])[] {
  const nets = new Map<string, [Each, Each]>()
  for (const step of steps) {
    const id = `${step.table} ${step.key}`
    const net = nets.get(id)
    if (net) net[1] = step
    else nets.set(id, [step, step])
  }
  return [...nets.values()]
}

function describe(first: Step, last: Step, wasThere: boolean, isThere: boolean): RowChange {
  const change = !wasThere ? 'created' : isThere ? 'updated' : 'deleted'
  return {
    table: first.table as JournaledName, // the triggers write no other
    id: (JSON.parse(first.key) as string[]).join('/'),
    name: last.label ?? first.label ?? '',
    ...{ change, isKept: true },
  }
}

function readImage(json: string | null): RowImage | undefined {
  return json === null ? undefined : (JSON.parse(json) as RowImage) // likewise
}
