import type { Rows } from './storage.ts'

/** How long the ids of ended sessions are kept for a process that missed the news; those are told within seconds. */
const keptMs = 10 * 60_000
/** Ids per statement: well below what any dialect takes, and few enough texts to keep prepared. */
const batchSize = 100

/** Keeps the ids of sessions that ended before their time, in the transaction that ended them. */
export async function rememberEnded(
  rows: Rows,
  ids: readonly string[],
  endedAt: number,
): Promise<void> {
  for (let at = 0; at < ids.length; at += batchSize) {
    const batch = ids.slice(at, at + batchSize).map((id) => ({ id, ended_at: endedAt }))
    await rows
      .insertInto('ended_session')
      .values(batch)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

/** The ids of all sessions that ended lately. */
export async function readEnded(rows: Rows): Promise<readonly string[]> {
  const found = await rows.selectFrom('ended_session').select('id').execute()
  return found.map(({ id }) => id)
}

/** Forgets what ended long before `now`, epoch milliseconds. */
export async function forgetEnded(rows: Rows, now: number): Promise<void> {
  await rows
    .deleteFrom('ended_session')
    .where('ended_at', '<=', now - keptMs)
    .execute()
}
