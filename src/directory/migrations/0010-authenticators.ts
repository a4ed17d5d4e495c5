import type { Kysely } from 'kysely'

/** How people prove who they are beside their password, where they are signed in, and who administers. [S11] */
export async function createAuthenticators(db: Kysely<unknown>): Promise<void> {
  const { schema } = db
  await schema
    .alterTable('person')
    .addColumn('must_change_password', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
  await schema.alterTable('person').addColumn('password_changed_at', 'bigint').execute()
  await createMethods(db)
  await schema
    .createTable('browser_sign_in')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('person_id', 'text', (column) => column.notNull())
    .addColumn('provider_session_id', 'text')
    .addColumn('user_agent', 'text', (column) => column.notNull())
    .addColumn('address', 'text', (column) => column.notNull())
    .addColumn('signed_in_at', 'bigint', (column) => column.notNull())
    .addColumn('last_seen_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute()
  for (const column of ['person_id', 'expires_at']) {
    await schema
      .createIndex(`browser_sign_in_${column}`)
      .on('browser_sign_in')
      .column(column)
      .execute()
  }
  await schema
    .createTable('role_member')
    .addColumn('role_id', 'text', (column) => column.notNull())
    .addColumn('person_id', 'text', (column) =>
      column.notNull().references('person.id').onDelete('cascade'),
    )
    .addPrimaryKeyConstraint('role_member_key', ['role_id', 'person_id'])
    .execute()
  await schema
    .createTable('set_up_code')
    .addColumn('hash', 'text', (column) => column.primaryKey().notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute()
}

async function createMethods({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('passkey')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('person_id', 'text', (column) =>
      column.notNull().references('person.id').onDelete('cascade'),
    )
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('public_key', 'text', (column) => column.notNull())
    .addColumn('counter', 'bigint', (column) => column.notNull())
    .addColumn('transports', 'text', (column) => column.notNull())
    .addColumn('backed_up', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('last_used_at', 'bigint')
    .execute()
  await schema.createIndex('passkey_person').on('passkey').column('person_id').execute()
  await schema
    .createTable('code_app')
    .addColumn('person_id', 'text', (column) =>
      column.primaryKey().notNull().references('person.id').onDelete('cascade'),
    )
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('sealed_secret', 'text', (column) => column.notNull())
    .addColumn('last_step', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute()
  await schema
    .createTable('recovery_code')
    .addColumn('person_id', 'text', (column) =>
      column.notNull().references('person.id').onDelete('cascade'),
    )
    .addColumn('hash', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('recovery_code_key', ['person_id', 'hash'])
    .execute()
  await schema
    .createTable('temporary_pass')
    .addColumn('person_id', 'text', (column) =>
      column.primaryKey().notNull().references('person.id').onDelete('cascade'),
    )
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('starts_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('usable_once', 'integer', (column) => column.notNull())
    .addColumn('used_at', 'bigint')
    .execute()
}
