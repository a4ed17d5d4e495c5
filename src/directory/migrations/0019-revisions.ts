import { type Kysely, sql } from 'kysely'

/**
 * Revisions: which entries of the audit trail were one change, and every row of configuration as it was before and after.
 * The triggers that fill the journal are made whenever a database is opened (sqlite-journal.ts). [G4]
 */
export async function createRevisions(db: Kysely<unknown>): Promise<void> {
  const { schema } = db
  await schema
    .alterTable('audit')
    .addColumn('revision', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute()
  await schema.alterTable('audit').addColumn('rollback_of', 'bigint').execute()
  await sql`update audit set revision = version`.execute(db)
  await schema.createIndex('audit_revision').on('audit').column('revision').execute()
  await schema
    .createTable('journal')
    .addColumn('sequence', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('table_name', 'text', (column) => column.notNull())
    .addColumn('row_key', 'text', (column) => column.notNull())
    .addColumn('label', 'text')
    .addColumn('before', 'text')
    .addColumn('after', 'text')
    .execute()
  await schema.createIndex('journal_version').on('journal').column('version').execute()
  await schema
    .createIndex('journal_row')
    .on('journal')
    .columns(['table_name', 'row_key', 'version'])
    .execute()
}
