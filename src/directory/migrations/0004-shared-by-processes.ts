import type { Kysely } from 'kysely'

/** What several processes on one database must know of each other: which sessions ended, which passwords failed. */
export async function createSharedByProcesses({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('ended_session')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('ended_at', 'bigint', (column) => column.notNull())
    .execute()
  await schema
    .createTable('failure_count')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('reset_at', 'bigint', (column) => column.notNull())
    .execute()
  await schema
    .createIndex('ended_session_ended_at')
    .on('ended_session')
    .column('ended_at')
    .execute()
  await schema
    .createIndex('failure_count_reset_at')
    .on('failure_count')
    .column('reset_at')
    .execute()
}
