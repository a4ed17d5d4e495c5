import type { Kysely } from 'kysely'

/** What a group is for, in its administrator's words. */
export async function createGroupDescriptions({ schema }: Kysely<unknown>): Promise<void> {
  await schema.alterTable('person_group').addColumn('description', 'text').execute()
}
