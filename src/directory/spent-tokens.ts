import { createHash } from 'node:crypto'
import type { SpentTokens } from '../identity/back-channel-logout.ts'
import type { Rows } from './storage.ts'
import type { Store } from './store.ts'

/** Tokens that count once, whichever process they come to. */
export function spentTokens(store: Store): SpentTokens {
  return {
    spend: (name, forgetAt) =>
      store.storage.write(async (rows) => {
        // Hashed, because what names a token is as long as its maker likes.
        const id = createHash('sha256').update(name).digest('base64url')
        const { numInsertedOrUpdatedRows: added } = await rows
          .insertInto('spent_token')
          .values({ id, forget_at: forgetAt })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst()
        return Number(added ?? 0) > 0
      }),
  }
}

/** Forgets tokens that would not count any more anyway. */
export async function forgetSpent(rows: Rows, now: number): Promise<void> {
  await rows.deleteFrom('spent_token').where('forget_at', '<=', now).execute()
}
