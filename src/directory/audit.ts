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
  return found.map(({ target_id, before, after, ...entry }) => ({
    ...entry,
    targetId: target_id,
    before: decodeDocument(before),
    after: decodeDocument(after),
  }))
}
