import type { Kysely } from 'kysely'

/** Groups inside groups: for policies and for what applications are told, not for assignments. [S8] */
export async function createNestedGroups({ schema }: Kysely<unknown>): Promise<void> {
  const group = (column: string) => (table: ReturnType<typeof schema.createTable>) =>
    table.addColumn(column, 'text', (made) =>
      made.notNull().references('person_group.id').onDelete('cascade'),
    )
  await schema
    .createTable('nested_group')
    .$call(group('group_id'))
    .$call(group('member_group_id'))
    .addPrimaryKeyConstraint('nested_group_key', ['group_id', 'member_group_id'])
    .execute()
  await schema
    .createIndex('nested_group_member')
    .on('nested_group')
    .column('member_group_id')
    .execute()
}
