import type { Kysely } from 'kysely'

/** The sign-in log: columns for what it is searched by, and the rest as JSON. */
export async function createSignIns({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('sign_in')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('document', 'text', (column) => column.notNull())
    .execute()
  await schema.createIndex('sign_in_at').on('sign_in').columns(['at', 'id']).execute()
}
