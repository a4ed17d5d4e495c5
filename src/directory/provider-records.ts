import type { ProviderRecords } from '../identity/provider-records.ts'
import { endProviderSessions, wasSessionEnded } from './ended-provider-sessions.ts'
import type { Tables } from './schema.ts'
import type { Rows } from './storage.ts'
import type { Store } from './store.ts'

/** The embedded provider's records. An expired one is never returned, removed or not. */
export function providerRecords(store: Store): ProviderRecords {
  const now = () => Math.floor(store.clock() / 1000)
  const find = (kind: string, column: 'id' | 'uid', value: string) =>
    store.read((rows) => findRecord(rows, now(), kind, column, value))
  const write = async (work: (rows: Rows) => Promise<unknown>) => {
    await store.storage.write(work)
  }
  return {
    upsert: (kind, id, payload, expiresInSeconds) =>
      write((rows) => upsertRecord(rows, toRow(kind, id, payload, now() + expiresInSeconds))),
    find: (kind, id) => find(kind, 'id', id),
    findByUid: (kind, uid) => find(kind, 'uid', uid),
    consume: (kind, id) => write((rows) => consumeRecord(rows, now(), kind, id)),
    destroy: (kind, id) => write((rows) => destroyRecord(rows, store.clock(), kind, id)),
    revokeByGrantId: (grantId) =>
      write((rows) => rows.deleteFrom('provider_record').where('grant_id', '=', grantId).execute()),
    removeExpired: (before) =>
      write((rows) =>
        rows.deleteFrom('provider_record').where('expires_at', '<', before).execute(),
      ),
  }
}

interface Payload {
  readonly uid?: unknown
  readonly grantId?: unknown
  readonly accountId?: unknown
  /** Of an interaction: what came of it, until the browser comes back with it. */
  readonly result?: { readonly login?: { readonly accountId?: unknown } }
}

function toRow(
  kind: string,
  id: string,
  payload: Payload,
  expiresAt: number,
): Tables['provider_record'] {
  return {
    kind,
    id,
    uid: typeof payload.uid === 'string' ? payload.uid : null,
    grant_id: typeof payload.grantId === 'string' ? payload.grantId : null,
    account_id: ownerOf(payload) ?? null,
    payload: JSON.stringify(payload),
    expires_at: expiresAt,
    consumed_at: null,
  }
}

// A login that is done lets in whoever comes back with it, up to an hour later: it ends with its person's sign-ins, too.
function ownerOf({ accountId, result }: Payload): string | undefined {
  const owner = accountId ?? result?.login?.accountId
  return typeof owner === 'string' ? owner : undefined
}

async function upsertRecord(rows: Rows, row: Tables['provider_record']): Promise<void> {
  // A consumed record stays consumed: the provider rewrites codes and refresh tokens after their use.
  const { kind, id, consumed_at, ...renewed } = row
  if (kind === 'Session' && (await wasSessionEnded(rows, id))) return
  await rows
    .insertInto('provider_record')
    .values(row)
    .onConflict((conflict) => conflict.columns(['kind', 'id']).doUpdateSet(renewed))
    .execute()
}

async function destroyRecord(rows: Rows, now: number, kind: string, id: string): Promise<void> {
  if (kind === 'Session') return endProviderSessions(rows, { id }, now)
  await rows.deleteFrom('provider_record').where('kind', '=', kind).where('id', '=', id).execute()
}

async function consumeRecord(rows: Rows, now: number, kind: string, id: string): Promise<void> {
  await rows
    .updateTable('provider_record')
    .set({ consumed_at: now })
    .where('kind', '=', kind)
    .where('id', '=', id)
    .execute()
}

async function findRecord(
  rows: Rows,
  now: number,
  kind: string,
  column: 'id' | 'uid',
  value: string,
): Promise<Record<string, unknown> | undefined> {
  const row = await rows
    .selectFrom('provider_record')
    .select(['payload', 'consumed_at'])
    .where('kind', '=', kind)
    .where(column, '=', value)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  if (!row) return undefined
  const payload = JSON.parse(row.payload) as Record<string, unknown> // `toRow` wrote an object
  return row.consumed_at === null ? payload : { ...payload, consumed: row.consumed_at }
}
