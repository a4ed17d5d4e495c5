import { type Kysely, sql } from 'kysely'

/** A principal may have several roles at an application; and clients have permissions for the management API. [S10] [G3] */
export async function createClients(db: Kysely<unknown>): Promise<void> {
  await allowSeveralRoles(db)
  await db.schema
    .createTable('api_permission')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    // The service principal of an application; whoever deletes that deletes this.
    .addColumn('principal_id', 'text', (column) => column.notNull())
    .addColumn('app_role_id', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('api_permission_once', ['principal_id', 'app_role_id'])
    .execute()
}

// SQLite cannot change a constraint, so the table is made anew.
async function allowSeveralRoles(db: Kysely<unknown>): Promise<void> {
  const { schema } = db
  await schema
    .createTable('role_assignment')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('application_id', 'text', (column) =>
      column.notNull().references('application.id').onDelete('cascade'),
    )
    .addColumn('principal_id', 'text', (column) => column.notNull())
    .addColumn('principal_type', 'text', (column) => column.notNull())
    .addColumn('app_role_id', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('role_once', ['application_id', 'principal_id', 'app_role_id'])
    .execute()
  await sql`insert into role_assignment
    select id, application_id, principal_id, principal_type, app_role_id, created_at
    from assignment`.execute(db)
  await schema.dropTable('assignment').execute()
  await schema.alterTable('role_assignment').renameTo('assignment').execute()
  await schema.createIndex('assignment_principal').on('assignment').column('principal_id').execute()
}
