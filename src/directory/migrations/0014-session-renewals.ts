import type { Kysely } from 'kysely'

/**
 * Who renews a session and when it was used; whose the provider's records are, so that they can be ended with their
 * person; tokens that count once. [S6] [S9]
 */
export async function createSessionRenewals(db: Kysely<Tables>): Promise<void> {
  await createColumns(db)
  await db
    .updateTable('session')
    .set((row) => ({ verified_at: row.ref('created_at'), seen_at: row.ref('created_at') }))
    .execute()
  await nameOwners(db)
  const { schema } = db
  await schema
    .createIndex('provider_record_account_id')
    .on('provider_record')
    .column('account_id')
    .execute()
  await schema
    .createTable('spent_token')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('forget_at', 'bigint', (column) => column.notNull())
    .execute()
  await schema.createIndex('spent_token_forget_at').on('spent_token').column('forget_at').execute()
}

async function createColumns({ schema }: Kysely<Tables>): Promise<void> {
  for (const name of ['verified_at', 'seen_at']) {
    await schema
      .alterTable('session')
      .addColumn(name, 'bigint', (column) => column.notNull().defaultTo(0))
      .execute()
  }
  await schema
    .alterTable('session')
    .addColumn('refreshable', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
  for (const name of ['renewal_until', 'refresh_sent_at']) {
    await schema.alterTable('session').addColumn(name, 'bigint').execute()
  }
  await schema.alterTable('person').addColumn('revoked_at', 'bigint').execute()
  await schema.alterTable('provider_record').addColumn('account_id', 'text').execute()
}

async function nameOwners(db: Kysely<Tables>): Promise<void> {
  const records = db.selectFrom('provider_record').select(['kind', 'id', 'payload'])
  for (const { kind, id, payload } of await records.execute()) {
    const { accountId } = JSON.parse(payload) as { accountId?: unknown }
    if (typeof accountId !== 'string') continue
    await db
      .updateTable('provider_record')
      .set({ account_id: accountId })
      .where('kind', '=', kind)
      .where('id', '=', id)
      .execute()
  }
}

interface Tables {
  session: { created_at: number; verified_at: number; seen_at: number }
  provider_record: { kind: string; id: string; payload: string; account_id: string | null }
}
