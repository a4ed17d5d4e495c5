import type { Kysely } from 'kysely'

/** What administrators do with an edge that changes nothing of it, for the audit log. [D2] */
export async function createActivities({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('activity')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('author', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('target_id', 'text', (column) => column.notNull())
    .addColumn('details', 'text', (column) => column.notNull())
    .execute()
  await schema.createIndex('activity_at').on('activity').column('at').execute()
}
