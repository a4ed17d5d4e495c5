import type { Kysely } from 'kysely'

/** Which provider vouched, how and when the person proved who they are, what it claims; tokens are sealed from now on. */
export async function createSessionTokens(db: Kysely<Before>): Promise<void> {
  const { schema } = db
  const add = (name: string) => schema.alterTable('session').addColumn(name, 'text')
  await schema
    .alterTable('session')
    .addColumn('provider_id', 'text', (column) => column.notNull().defaultTo('embedded'))
    .execute()
  await schema
    .alterTable('session')
    .addColumn('authenticated_at', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute()
  await schema
    .alterTable('session')
    .addColumn('amr', 'text', (column) => column.notNull().defaultTo('[]'))
    .execute()
  await add('acr').execute()
  await schema
    .alterTable('session')
    .addColumn('claims', 'text', (column) => column.notNull().defaultTo('{}'))
    .execute()
  await add('sealed_tokens').execute()
  await db
    .updateTable('session')
    .set((row) => ({ authenticated_at: row.ref('created_at') }))
    .execute()
  await schema.alterTable('session').dropColumn('id_token').execute()
}

interface Before {
  session: { created_at: number; authenticated_at: number }
}
