import type { Kysely } from 'kysely'

/** Policies about how long a session is believed, and the applications that have one of their own. [S6] */
export async function createTokenLifetimes({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('token_lifetime_policy')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('display_name', 'text', (column) => column.notNull())
    .addColumn('definition', 'text', (column) => column.notNull())
    .addColumn('is_organization_default', 'integer', (column) => column.notNull())
    .addColumn('lifetime_seconds', 'integer', (column) => column.notNull())
    .execute()
  // The application is the key: it has one policy at most.
  await schema
    .createTable('application_token_lifetime')
    .addColumn('application_id', 'text', (column) =>
      column.primaryKey().notNull().references('application.id').onDelete('cascade'),
    )
    .addColumn('policy_id', 'text', (column) =>
      column.notNull().references('token_lifetime_policy.id').onDelete('cascade'),
    )
    .execute()
  await schema
    .createIndex('application_token_lifetime_policy')
    .on('application_token_lifetime')
    .column('policy_id')
    .execute()
}
