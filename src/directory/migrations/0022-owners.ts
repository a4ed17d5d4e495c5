import type { Kysely } from 'kysely'

/** Who owns which application and which group: people, and programs by their service principals. [G3] */
export async function createOwners({ schema }: Kysely<unknown>): Promise<void> {
  for (const [name, column, owned] of [
    ['application_owner', 'application_id', 'application.id'],
    ['group_owner', 'group_id', 'person_group.id'],
  ] as const) {
    await schema
      .createTable(name)
      .addColumn(column, 'text', (made) => made.notNull().references(owned).onDelete('cascade'))
      .addColumn('owner_id', 'text', (made) => made.notNull())
      .addColumn('owner_type', 'text', (made) => made.notNull())
      .addPrimaryKeyConstraint(`${name}_key`, [column, 'owner_id'])
      .execute()
    await schema.createIndex(`${name}_owner`).on(name).column('owner_id').execute()
  }
}
