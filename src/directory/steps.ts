import { rememberDeleted } from './deleted-people.ts'
import { type JournaledName, type JournaledTable, journaledTables } from './journaled-tables.ts'
import type { RowImage } from './revision.ts'
import { deleteImages, insertImages, updateImages } from './row-images.ts'
import {
  endSessions,
  endSessionsOfProvider,
  endSessionsWithoutAccess,
  endSignIns,
} from './session-rows.ts'
import type { Rows } from './storage.ts'

/** One row of configuration that changes: what it is now, and what it is to be. */
export interface Step {
  readonly table: JournaledTable
  readonly now: RowImage | undefined
  readonly next: RowImage | undefined
}

/** What goes goes first, and what refers to others before them; then comes what comes and changes, the other way round. */
export async function writeSteps(
  rows: Rows,
  steps: readonly Step[],
  { version, now }: { readonly version: number; readonly now: number },
): Promise<void> {
  const byTable = Map.groupBy(steps, ({ table }) => table)
  const tables = journaledTables.filter((table) => byTable.has(table))
  const of = (table: JournaledTable) => byTable.get(table) ?? []
  for (const table of tables.toReversed()) if (!isLate(table)) await remove(rows, table, of(table))
  for (const table of tables) await vacate(rows, table, of(table))
  for (const table of tables) {
    const stamps = stampsOf(table.name, version)
    const changing = of(table).filter((step) => step.now)
    await updateImages(rows, table, imagesOf(changing, 'next'), stamps)
    const coming = of(table).filter((step) => !step.now)
    const unseen = { ...stamps, ...fresh[table.name]?.(now) }
    await insertImages(rows, table, imagesOf(coming, 'next'), unseen)
  }
  for (const table of tables) if (isLate(table)) await remove(rows, table, of(table))
}

/** Whoever is in the group may change to another one in the same breath. */
function isLate({ name }: JournaledTable): boolean {
  return name === 'connector_group'
}

function imagesOf(steps: readonly Step[], side: 'now' | 'next'): readonly RowImage[] {
  return steps.map((step) => step[side]).filter((image) => image !== undefined)
}

async function remove(rows: Rows, table: JournaledTable, steps: readonly Step[]): Promise<void> {
  const going = steps.filter(({ next }) => !next)
  await deleteImages(rows, table, imagesOf(going, 'now'))
}

/** Two rows may exchange their names: each gives its own back before another takes it. */
async function vacate(rows: Rows, table: JournaledTable, steps: readonly Step[]): Promise<void> {
  const images = steps.flatMap(({ now, next }) => {
    if (now?.['name_key'] === undefined || now['name_key'] === next?.['name_key']) return []
    if (!next && !isLate(table)) return []
    return [{ ...now, name_key: `\0${now['id']}` }]
  })
  await updateImages(rows, table, images, {})
}

function stampsOf(table: string, version: number): RowImage {
  return table === 'application' ? { changed_version: version } : {}
}

/** A person comes, or comes back, without a password, and without what somebody of this id was signed in to. */
const fresh: Readonly<Record<string, (now: number) => RowImage>> = {
  person: (now) => ({
    ...{ password: null, must_change_password: 0, password_changed_at: null },
    revoked_at: now,
  }),
}

/** By what goes or changes in these, somebody may lose the right to enter. */
const rights: ReadonlySet<JournaledName> = new Set([
  ...(['application', 'person', 'person_group', 'membership', 'assignment'] as const),
])

/** Ends the sessions that have lost what they came from, now that the steps are written; returns their ids. [S9] */
export async function endWhatIsLost(
  rows: Rows,
  steps: readonly Step[],
  now: number,
): Promise<readonly string[]> {
  const losesRights = steps.some((step) => step.now && rights.has(step.table.name))
  const ended = new Set(losesRights ? await endSessionsWithoutAccess(rows, 'everywhere') : [])
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
