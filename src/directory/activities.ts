import { randomUUID } from 'node:crypto'
import type { Activity, ActivityLog } from './activity.ts'
import { decodeDocument, encodeDocument } from './document.ts'
import type { Rows } from './storage.ts'
import type { Store } from './store.ts'

// A long delete keeps everybody else from writing; the next round takes the rest.
const removedAtOnce = 5_000

/** The directory's methods about what was done without changing anything. No part of its version. */
export function activityMethods(store: Store): Omit<ActivityLog, 'removeAudits'> {
  return {
    async noteActivity({ action, targetId, details }, { author, reason }) {
      const facts = { id: randomUUID(), at: store.clock(), author, reason, action }
      const row = { ...facts, target_id: targetId, details: encodeDocument(details) }
      await store.storage.write((rows) => rows.insertInto('activity').values(row).execute())
    },
    activities: (limit) => store.read((rows) => list(rows, limit)),
  }
}

async function list(rows: Rows, limit: number): Promise<readonly Activity[]> {
  const found = rows.selectFrom('activity').selectAll().orderBy('at', 'desc').limit(limit)
  return (await found.execute()).map(({ target_id: targetId, details, ...facts }) => {
    return { ...facts, targetId, details: decodeDocument(details) }
  })
}

/** Removes those of before this epoch millisecond, and not more than a few thousand. */
export async function removeActivities(rows: Rows, before: number): Promise<void> {
  const old = rows
    .selectFrom('activity')
    .select('id')
    .where('at', '<', before)
    .orderBy('at')
    .limit(removedAtOnce)
  await rows.deleteFrom('activity').where('id', 'in', old).execute()
}
