import type { Rows } from './storage.ts'

/** Whoever is deleted owns nothing any more: another one of the same id must not come into it. */
export async function forgetOwner(rows: Rows, ownerId: string): Promise<void> {
  await rows.deleteFrom('application_owner').where('owner_id', '=', ownerId).execute()
  await rows.deleteFrom('group_owner').where('owner_id', '=', ownerId).execute()
}
