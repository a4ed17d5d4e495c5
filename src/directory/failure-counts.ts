import type { FailureCount, FailureCounts } from '../identity/local/failure-counts.ts'
import type { Rows } from './storage.ts'
import type { Store } from './store.ts'

/** Failed sign-ins, counted for all processes on this database, and still counted after a restart. */
export function failureCounts(store: Store): FailureCounts {
  return {
    async update(keys, decide) {
      // Most floods are refused, and a refusal writes nothing: it must not wait for the disk.
      const seen = decide(await store.read((rows) => readCounts(rows, keys)))
      if (!seen.counts) return seen.value
      return store.storage.write(async (rows) => {
        const decided = decide(await readCounts(rows, keys))
        if (decided.counts) await writeCounts(rows, keys, decided.counts)
        return decided.value
      })
    },
    async removeExpired(before) {
      await store.storage.write((rows) =>
        rows.deleteFrom('failure_count').where('reset_at', '<=', before).execute(),
      )
    },
  }
}

/** In the order of `keys`. */
async function readCounts(
  rows: Rows,
  keys: readonly string[],
): Promise<readonly (FailureCount | undefined)[]> {
  const found = await rows.selectFrom('failure_count').selectAll().where('id', 'in', keys).execute()
  const byKey = new Map(found.map((row) => [row.id, row]))
  return keys.map((key) => {
    const row = byKey.get(key)
    return row && { failures: row.failures, resetAt: row.reset_at }
  })
}

async function writeCounts(
  rows: Rows,
  keys: readonly string[],
  counts: readonly FailureCount[],
): Promise<void> {
  for (const [index, { failures, resetAt }] of counts.entries()) {
    const id = keys[index] as string // `decide` returns one count for each key
    const renewed = { failures, reset_at: resetAt }
    await rows
      .insertInto('failure_count')
      .values({ id, ...renewed })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(renewed))
      .execute()
  }
}
