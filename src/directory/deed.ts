import { readFullChanges } from './journal-rows.ts'
import { journaledTable, journaledTables } from './journaled-tables.ts'
import { insertRows } from './many-rows.ts'
import { unkept } from './revisions.ts'
import type { Tables } from './schema.ts'
import { endWhatIsLost, type Step, writeSteps } from './steps.ts'
import type { Rows, Storage } from './storage.ts'
import { currentVersion } from './store.ts'

/** What came of several changes, tried on a copy of the configuration: what is to be written for good. */
export interface Deed {
  /** The version of the directory that it was tried on, and counts for. */
  readonly from: number
  readonly steps: readonly Step[]
  readonly audit: readonly Tables['audit'][]
  readonly revision: Tables['revision']
}

/** Everything that the rules about configuration look at. Sessions, logs and secrets of people stay where they are. */
const copied = ['revision', ...journaledTables.map(({ name }) => name)] as const

/** Fills an empty storage with the configuration as it is, ready for changes; returns its version. */
export async function copyConfiguration(
  read: Storage['read'],
  copy: Storage,
  rows: Rows,
): Promise<number> {
  const version = await read(async (source) => {
    for (const table of copied) {
      await insertRows(rows, table, await source.selectFrom(table).selectAll().execute())
    }
    return currentVersion(source)
  })
  await copy.journal(rows)
  return version
}

/** What was done to the copy since that version; undefined where that is nothing. */
export async function readDeed(rows: Rows, from: number): Promise<Deed | undefined> {
  const revision = await rows.selectFrom('revision').selectAll().executeTakeFirstOrThrow()
  if (revision.version === from) return undefined
  const changes = (await readFullChanges(rows, { after: from })) ?? []
  const entries = rows.selectFrom('audit').selectAll().where('version', '>', from)
  const audit = await entries.orderBy('version').execute()
  const lost = audit.find(({ action }) => unkept.test(action))
  if (lost) throw new Error(`${lost.action} changes what is not copied, and cannot be among others`)
  // Made and taken back in the same breath.
  if (changes.length === 0) return undefined
  return {
    from,
    steps: changes.map(({ table, before, after }) => ({
      ...{ table: journaledTable(table), now: before, next: after },
    })),
    ...{ audit, revision },
  }
}

/** Writes it for good, the directory being what it was tried on; returns the ids of the sessions that end with it. */
export async function perform(
  rows: Rows,
  { steps, audit, revision }: Deed,
  now: number,
): Promise<readonly string[]> {
  await writeSteps(rows, steps, { version: revision.version, now })
  const ended = await endWhatIsLost(rows, steps, now)
  await insertRows(rows, 'audit', audit)
  // Last: the journal counts all that is written before it as the next version.
  await rows.updateTable('revision').set(revision).execute()
  return ended
}
