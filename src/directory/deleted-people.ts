import { rememberSpent, wasSpent } from './spent-tokens.ts'
import type { Rows } from './storage.ts'

// A sign-in that was under way is over after a few seconds; then nobody can vouch for somebody who is gone.
const rememberMs = 60 * 60_000

/** Remembers for an hour that a person was deleted. `now` is epoch milliseconds. */
export async function rememberDeleted(rows: Rows, personId: string, now: number): Promise<void> {
  await rememberSpent(rows, nameOf(personId), now + rememberMs)
}

/** Whether a person was deleted within the last hour. */
export function wasDeleted(rows: Rows, personId: string): Promise<boolean> {
  return wasSpent(rows, nameOf(personId))
}

function nameOf(personId: string): string {
  return `deleted person\n${personId}`
}
