import type { AuditEntry } from './directory.ts'
import { decodeDocument } from './document.ts'
import type { Rows } from './storage.ts'

/** The newest entries first. */
export async function readAudit(rows: Rows, limit: number): Promise<readonly AuditEntry[]> {
  const found = await rows
    .selectFrom('audit')
    .selectAll()
    .orderBy('version', 'desc')
    .limit(limit)
    .execute()
  return found.map(({ target_id, before, after, revision: _, rollback_of: __, ...entry }) => ({
    ...entry,
    targetId: target_id,
    before: decodeDocument(before),
    after: decodeDocument(after),
  }))
}

// A long delete keeps everybody else from writing; the next round takes the rest.
const removedAtOnce = 5_000

/** Removes those of before this epoch millisecond, the oldest first, and not more than a few thousand. */
export async function removeAudits(rows: Rows, before: number): Promise<void> {
  // The oldest by their versions, which have an index: nothing else is looked at while none is old enough.
  const oldest = rows
    .selectFrom('audit')
    .select(['version', 'at'])
    .orderBy('version')
    .limit(removedAtOnce)
    .as('oldest')
  const old = rows.selectFrom(oldest).select('version').where('at', '<', before)
  await rows.deleteFrom('audit').where('version', 'in', old).execute()
  await removeJournal(rows)
}

/** What the journal knows of revisions that the trail does not go back to any more. */
async function removeJournal(rows: Rows): Promise<void> {
  const first = rows.selectFrom('audit').select((row) => row.fn.min('revision').as('revision'))
  const oldest = rows
    .selectFrom('journal')
    .select(['sequence', 'version'])
    .orderBy('sequence')
    .limit(removedAtOnce)
    .as('oldest')
  const old = rows.selectFrom(oldest).select('sequence').where('version', '<', first)
  await rows.deleteFrom('journal').where('sequence', 'in', old).execute()
}
