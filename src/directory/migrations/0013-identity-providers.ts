import type { Kysely } from 'kysely'

/** External identity providers, who their people are here, and which memberships they decide about. [S11] */
export async function createIdentityProviders({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('identity_provider')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('document', 'text', (column) => column.notNull())
    .execute()
  await schema
    .createTable('federated_identity')
    .addColumn('issuer', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('person_id', 'text', (column) =>
      column.notNull().references('person.id').onDelete('cascade'),
    )
    .addColumn('names_person', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('federated_identity_key', ['issuer', 'subject'])
    .execute()
  await schema
    .createIndex('federated_identity_person')
    .on('federated_identity')
    .column('person_id')
    .execute()
  await schema.alterTable('membership').addColumn('provider_id', 'text').execute()
}
