import { rememberSpent, wasSpent } from './spent-tokens.ts'
import type { Rows } from './storage.ts'

// What was under way when a session ended is over within seconds; the longest is somebody typing a password into a form.
const rememberMs = 60 * 60_000

/** Which sessions of the embedded provider end: one by its id or by its lasting `uid`, or all of a person. */
type Which = { readonly id: string } | { readonly uid: string } | { readonly account_id: string }

/**
 * Takes sessions of the embedded provider away for good. A request that has read one writes it again when it is over, and
 * whoever keeps requests under way would outlast every revocation: so their ids are remembered. [S9]
 */
export async function endProviderSessions(rows: Rows, which: Which, now: number): Promise<void> {
  const [[column, value]] = Object.entries(which) as [['id' | 'uid' | 'account_id', string]]
  const ended = await rows
    .deleteFrom('provider_record')
    .where('kind', '=', 'Session')
    .where(column, '=', value)
    .returning(['id', 'account_id'])
    .execute()
  for (const { id, account_id } of ended) {
    // One in which nobody was signed in lets nobody in.
    if (account_id !== null) await rememberSpent(rows, nameOf(id), now + rememberMs)
  }
}

/** Whether the session of this id was ended, so that it must not be written again. */
export function wasSessionEnded(rows: Rows, id: string): Promise<boolean> {
  return wasSpent(rows, nameOf(id))
}

function nameOf(id: string): string {
  return `provider session\n${id}`
}
