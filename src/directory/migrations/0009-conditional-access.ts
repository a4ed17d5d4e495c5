import type { Kysely } from 'kysely'

/** Conditional access policies and the places they name. [S8] */
export async function createConditionalAccess({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .alterTable('revision')
    .addColumn('policy_version', 'bigint', (column) => column.notNull().defaultTo(1))
    .execute()
  for (const table of ['access_policy', 'named_location']) {
    await schema
      .createTable(table)
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('document', 'text', (column) => column.notNull())
      .execute()
  }
}
