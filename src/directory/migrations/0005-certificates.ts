import type { Kysely } from 'kysely'

/** Certificates for browsers, and what is under way with the authority that issues them. */
export async function createCertificates({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .alterTable('revision')
    .addColumn('certificate_version', 'bigint', (column) => column.notNull().defaultTo(1))
    .execute()
  await schema
    .createTable('certificate')
    .addColumn('thumbprint', 'text', (column) => column.primaryKey().notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('subject_name', 'text', (column) => column.notNull())
    .addColumn('issuer_name', 'text', (column) => column.notNull())
    .addColumn('names', 'text', (column) => column.notNull())
    .addColumn('not_before', 'bigint', (column) => column.notNull())
    .addColumn('not_after', 'bigint', (column) => column.notNull())
    .addColumn('chain', 'text', (column) => column.notNull())
    .addColumn('sealed_key', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute()
  await schema
    .createTable('acme_account')
    .addColumn('directory_url', 'text', (column) => column.primaryKey().notNull())
    .addColumn('url', 'text', (column) => column.notNull())
    .addColumn('sealed_key', 'text', (column) => column.notNull())
    .execute()
  await schema
    .createTable('acme_host')
    .addColumn('host', 'text', (column) => column.primaryKey().notNull())
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('next_attempt_at', 'bigint', (column) => column.notNull())
    .addColumn('last_error', 'text')
    .addColumn('claimed_until', 'bigint', (column) => column.notNull())
    .execute()
  await schema
    .createTable('acme_challenge')
    .addColumn('host', 'text', (column) => column.primaryKey().notNull())
    .addColumn('token', 'text', (column) => column.notNull())
    .addColumn('key_authorization', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute()
}
