import type { Kysely } from 'kysely'

/** Names under which scripts make a group once and find it again; of applications it is in the document. [G1] */
export async function createUniqueNames({ schema }: Kysely<unknown>): Promise<void> {
  await schema.alterTable('person_group').addColumn('unique_name', 'text').execute()
  await schema.alterTable('person_group').addColumn('unique_name_key', 'text').execute()
  await schema
    .createIndex('person_group_unique_name')
    .on('person_group')
    .column('unique_name_key')
    .unique()
    .execute()
}
