import type { Claimed, RenewalClaim, Session, SessionChanges } from '../identity/session.ts'
import { sessionColumns, toSession } from './session-rows.ts'
import type { Rows } from './storage.ts'

/** Takes on the renewal of a session, inside a write transaction. */
export async function claimRenewal(rows: Rows, id: string, claim: RenewalClaim): Promise<Claimed> {
  const { now, leaseUntil, knownAt, reuseMs } = claim
  const row = await rows
    .selectFrom('session')
    .select([...sessionColumns, 'sealed_tokens', 'renewal_until', 'refresh_sent_at'])
    .where('id', '=', id)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  if (!row) return { kind: 'ended' }
  if (row.verified_at > knownAt) return { kind: 'renewed', session: toSession(row) }
  const { renewal_until: until, refresh_sent_at: sentAt } = row
  // A lease that ends later than a fresh one was taken before the clock was set back.
  if (until !== null && until > now && until <= leaseUntil) return { kind: 'busy' }
  if (sentAt !== null && Math.abs(now - sentAt) >= reuseMs) return { kind: 'spent' }
  const { numUpdatedRows: updated } = await rows
    .updateTable('session')
    .set({ renewal_until: leaseUntil, refresh_sent_at: sentAt ?? now })
    .where('id', '=', id)
    .where('verified_at', '=', row.verified_at)
    .where('renewal_until', until === null ? 'is' : '=', until)
    .executeTakeFirst()
  if (!updated) return { kind: 'busy' }
  return { kind: 'claimed', sealedTokens: row.sealed_tokens ?? '' }
}

/** Keeps what came of a renewal, inside a write transaction; gives the session as it is then. */
export async function settleRenewal(
  rows: Rows,
  id: string,
  knownAt: number,
  changes: SessionChanges,
  sealedTokens: string,
): Promise<Session | undefined> {
  const { verifiedAt, userPrincipalName, displayName, providerSessionId, claims } = changes
  await rows
    .updateTable('session')
    .set({
      verified_at: verifiedAt,
      sealed_tokens: sealedTokens,
      renewal_until: null,
      refresh_sent_at: null,
      ...(userPrincipalName !== undefined && { user_principal_name: userPrincipalName }),
      ...(displayName !== undefined && { display_name: displayName }),
      ...(providerSessionId !== undefined && { provider_session_id: providerSessionId }),
      ...(claims !== undefined && { claims: JSON.stringify(claims) }),
    })
    .where('id', '=', id)
    .where('verified_at', '=', knownAt)
    .execute()
  const row = await rows
    .selectFrom('session')
    .select(sessionColumns)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && toSession(row)
}

/** Gives a renewal back that nobody answered. */
export async function releaseRenewal(
  rows: Rows,
  id: string,
  knownAt: number,
  unused: boolean,
): Promise<void> {
  await rows
    .updateTable('session')
    .set({ renewal_until: null, ...(unused && { refresh_sent_at: null }) })
    .where('id', '=', id)
    .where('verified_at', '=', knownAt)
    .execute()
}

/** Keeps when sessions were last used; other processes may have seen later uses. */
export async function noteUse(rows: Rows, seen: ReadonlyMap<string, number>): Promise<void> {
  for (const [id, at] of seen) {
    await rows
      .updateTable('session')
      .set({ seen_at: at })
      .where('id', '=', id)
      .where('seen_at', '<', at)
      .execute()
  }
}
