import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import { SharedTexts } from '../base/shared-texts.ts'
import type { Revocation, Session } from '../identity/session.ts'
import { endProviderSessions } from './ended-provider-sessions.ts'
import type { SessionRow, Tables } from './schema.ts'
import type { Rows } from './storage.ts'

/** A session as a row. */
export function toSessionRow(session: Session, sealedTokens: string): SessionRow {
  return {
    id: session.id,
    person_id: session.personId,
    user_principal_name: session.userPrincipalName,
    display_name: session.displayName,
    application_id: session.applicationId,
    provider_id: session.providerId,
    provider_session_id: session.providerSessionId ?? null,
    created_at: session.createdAt,
    expires_at: session.expiresAt,
    authenticated_at: session.authenticatedAt,
    amr: JSON.stringify(session.amr),
    acr: session.acr ?? null,
    claims: JSON.stringify(session.claims),
    sealed_tokens: sealedTokens,
    verified_at: session.verifiedAt,
    refreshable: session.refreshable ? 1 : 0,
    seen_at: session.seenAt,
    renewal_until: null,
    refresh_sent_at: null,
  }
}

// Every column but the tokens: a session is cached, they are not.
export const sessionColumns = [
  ...(['id', 'person_id', 'user_principal_name', 'display_name', 'application_id'] as const),
  ...(['provider_id', 'provider_session_id', 'created_at', 'expires_at'] as const),
  ...(['authenticated_at', 'amr', 'acr', 'claims'] as const),
  ...(['verified_at', 'refreshable', 'seen_at'] as const),
] as const

// A hundred thousand sessions in memory have a few of these among them.
const texts = new SharedTexts()
const methods = new Map<string, readonly string[]>()
const methodsMax = 100

/** The session that `toSessionRow` was given. */
export function toSession(row: Pick<SessionRow, (typeof sessionColumns)[number]>): Session {
  return {
    id: row.id,
    personId: row.person_id,
    userPrincipalName: row.user_principal_name,
    displayName: row.display_name,
    applicationId: texts.share(row.application_id),
    providerId: texts.share(row.provider_id),
    providerSessionId: row.provider_session_id ?? undefined,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    authenticatedAt: row.authenticated_at,
    amr: readMethods(row.amr),
    acr: row.acr === null ? undefined : texts.share(row.acr),
    claims: JSON.parse(row.claims) as Record<string, unknown>, // likewise
    verifiedAt: row.verified_at,
    refreshable: row.refreshable === 1,
    seenAt: row.seen_at,
  }
}

function readMethods(json: string): readonly string[] {
  const known = methods.get(json)
  if (known) return known
  const read = Object.freeze(JSON.parse(json) as string[]) // `toSessionRow` wrote it
  if (methods.size >= methodsMax) methods.clear()
  methods.set(json, read)
  return read
}

/** Ends the sessions that a revocation names; returns their ids. */
export async function endSessions(rows: Rows, which: Revocation): Promise<readonly string[]> {
  if ('subject' in which) return endSessionsOfSubject(rows, which)
  const [column, value] = revocationColumn(which)
  let ending = rows.deleteFrom('session').where(column, '=', value)
  if ('providerId' in which) ending = ending.where('provider_id', '=', which.providerId)
  const ended = await ending.returning('id').execute()
  return ended.map((session) => session.id)
}

/** Ends everything a person has signed in to; returns the ids of the sessions. For a write that takes that from them. */
export async function endSignIns(
  rows: Rows,
  personId: string,
  now: number,
): Promise<readonly string[]> {
  // A sign-in that is under way while this happens finds it here when it ends.
  await rows.updateTable('person').set({ revoked_at: now }).where('id', '=', personId).execute()
  // The embedded provider's sessions, refresh tokens and codes.
  await endProviderSessions(rows, { account_id: personId }, now)
  await rows.deleteFrom('provider_record').where('account_id', '=', personId).execute()
  await rows.deleteFrom('browser_sign_in').where('person_id', '=', personId).execute()
  return endSessions(rows, { personId })
}

async function endSessionsOfSubject(
  rows: Rows,
  { providerId, issuer, subject }: Extract<Revocation, { subject: string }>,
): Promise<readonly string[]> {
  const ended = await rows
    .deleteFrom('session')
    .where('provider_id', '=', providerId)
    .where('person_id', 'in', (query) =>
      query
        .selectFrom('federated_identity')
        .select('person_id')
        .where('issuer', '=', issuer)
        .where('subject', '=', subject),
    )
    .returning('id')
    .execute()
  return ended.map((session) => session.id)
}

function revocationColumn(which: Exclude<Revocation, { subject: string }>) {
  if ('sessionId' in which) return ['id', which.sessionId] as const
  if ('providerSessionId' in which) return ['provider_session_id', which.providerSessionId] as const
  if ('personId' in which) return ['person_id', which.personId] as const
  return ['application_id', which.applicationId] as const
}

/** Ends the sessions that a provider vouched for; returns their ids. */
export async function endSessionsOfProvider(
  rows: Rows,
  providerId: string,
): Promise<readonly string[]> {
  const ending = rows.deleteFrom('session').where('provider_id', '=', providerId)
  return (await ending.returning('id').execute()).map(({ id }) => id)
}

/** Where a right was taken away: all sessions are looked at, or those of one person or application. */
export type Scope =
  | { readonly personId: string }
  | { readonly applicationId: string }
  | 'everywhere'

/**
 * Ends the sessions whose person has lost the right to enter their application; returns their ids. For every write
 * that takes a right away, after it did: a session never outlives the right it came from.
 */
export async function endSessionsWithoutAccess(
  rows: Rows,
  scope: Scope,
): Promise<readonly string[]> {
  const ended = await rows
    .deleteFrom('session')
    .where((query) => inScope(query, scope))
    .where((query) => query.and([needsAssignment(query), query.not(isAssigned(query))]))
    .returning('id')
    .execute()
  return ended.map((session) => session.id)
}

type Query = ExpressionBuilder<Tables, 'session'>

function inScope(query: Query, scope: Scope): Expression<SqlBool> {
  if (scope === 'everywhere') return query.lit(1)
  const [column, id] = revocationColumn(scope)
  return query(column, '=', id)
}

function needsAssignment(query: Query): Expression<SqlBool> {
  return query.exists(
    query
      .selectFrom('application')
      .select('application.id')
      .whereRef('application.id', '=', 'session.application_id')
      .where('application.assignment_required', '=', 1),
  )
}

function isAssigned(query: Query): Expression<SqlBool> {
  const own = query
    .selectFrom('assignment')
    .select('assignment.id')
    .whereRef('assignment.application_id', '=', 'session.application_id')
    .whereRef('assignment.principal_id', '=', 'session.person_id')
  const asMember = query
    .selectFrom('membership')
    .innerJoin('assignment', 'assignment.principal_id', 'membership.group_id')
    .select('assignment.id')
    .whereRef('membership.person_id', '=', 'session.person_id')
    .whereRef('assignment.application_id', '=', 'session.application_id')
  return query.or([query.exists(own), query.exists(asMember)])
}
