import { createHash } from 'node:crypto'
import type { SpentTokens } from '../identity/relying-party/back-channel-logout.ts'
import type { Rows } from './storage.ts'
import type { Store } from './store.ts'

/** Tokens that count once, whichever process they come to. */
export function spentTokens(store: Store): SpentTokens {
  return {
    spend: (name, forgetAt) => store.storage.write((rows) => rememberSpent(rows, name, forgetAt)),
  }
}

/** False when it was remembered already. `forgetAt` is epoch milliseconds. */
export async function rememberSpent(rows: Rows, name: string, forgetAt: number): Promise<boolean> {
  const { numInsertedOrUpdatedRows: added } = await rows
    .insertInto('spent_token')
    .values({ id: idOf(name), forget_at: forgetAt })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return Number(added ?? 0) > 0
}

/** Whether something of this name is remembered. */
export async function wasSpent(rows: Rows, name: string): Promise<boolean> {
  const found = rows.selectFrom('spent_token').select('id').where('id', '=', idOf(name))
  return (await found.executeTakeFirst()) !== undefined
}

// Hashed, because what names a token is as long as its maker likes.
function idOf(name: string): string {
  return createHash('sha256').update(name).digest('base64url')
}

/** Forgets tokens that would not count any more anyway. */
export async function forgetSpent(rows: Rows, now: number): Promise<void> {
  await rows.deleteFrom('spent_token').where('forget_at', '<=', now).execute()
}
