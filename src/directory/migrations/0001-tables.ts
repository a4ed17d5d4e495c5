import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'

/** The first schema, and the group that new connectors and applications belong to. */
export async function createTables(db: Kysely<unknown>): Promise<void> {
  await createRevision(db)
  await createConnectors(db)
  await createApplications(db)
  await createPeople(db)
  await createAssignments(db)
  await createSessions(db)
  await createProviderRecords(db)
  await createAudit(db)
  await insertFirstRows(db as Kysely<FirstRows>)
}

interface FirstRows {
  revision: { id: number; version: number; access_version: number }
  connector_group: { id: string; name: string; name_key: string; is_default: number }
}

async function insertFirstRows(db: Kysely<FirstRows>): Promise<void> {
  await db.insertInto('revision').values({ id: 1, version: 1, access_version: 1 }).execute()
  const standard = { id: randomUUID(), name: 'Default', name_key: 'default', is_default: 1 }
  await db.insertInto('connector_group').values(standard).execute()
}

async function createRevision({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('revision')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('access_version', 'bigint', (column) => column.notNull())
    .execute()
}

async function createConnectors({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('connector_group')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('name_key', 'text', (column) => column.notNull().unique())
    .addColumn('is_default', 'integer', (column) => column.notNull())
    .addColumn('region', 'text')
    .execute()
  await schema
    .createTable('connector')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('group_id', 'text', (column) => column.notNull().references('connector_group.id'))
    .addColumn('machine_name', 'text', (column) => column.notNull())
    .addColumn('external_ip', 'text', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('public_key', 'text', (column) => column.notNull().unique())
    .addColumn('registered_at', 'bigint', (column) => column.notNull())
    .execute()
  await schema.createIndex('connector_group_id').on('connector').column('group_id').execute()
  await schema
    .createTable('enrolment_token')
    .addColumn('hash', 'text', (column) => column.primaryKey().notNull())
    .addColumn('group_id', 'text', (column) =>
      column.notNull().references('connector_group.id').onDelete('cascade'),
    )
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('used_at', 'bigint')
    .execute()
  await schema
    .createIndex('enrolment_token_group')
    .on('enrolment_token')
    .column('group_id')
    .execute()
}

async function createApplications({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('application')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('app_id', 'text', (column) => column.notNull().unique())
    .addColumn('service_principal_id', 'text', (column) => column.notNull().unique())
    .addColumn('display_name', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('assignment_required', 'integer', (column) => column.notNull())
    .addColumn('connector_group_id', 'text', (column) => column.references('connector_group.id'))
    .addColumn('changed_version', 'bigint', (column) => column.notNull())
    .addColumn('document', 'text', (column) => column.notNull())
    .execute()
  for (const column of ['connector_group_id', 'changed_version']) {
    await schema.createIndex(`application_${column}`).on('application').column(column).execute()
  }
}

async function createPeople({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('person')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('user_principal_name', 'text', (column) => column.notNull())
    .addColumn('name_key', 'text', (column) => column.notNull().unique())
    .addColumn('display_name', 'text', (column) => column.notNull())
    .addColumn('mail', 'text')
    .addColumn('enabled', 'integer', (column) => column.notNull())
    .addColumn('password', 'text')
    .execute()
  await schema
    .createTable('person_group')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('display_name', 'text', (column) => column.notNull())
    .execute()
  await schema
    .createTable('membership')
    .addColumn('group_id', 'text', (column) =>
      column.notNull().references('person_group.id').onDelete('cascade'),
    )
    .addColumn('person_id', 'text', (column) =>
      column.notNull().references('person.id').onDelete('cascade'),
    )
    .addPrimaryKeyConstraint('membership_key', ['group_id', 'person_id'])
    .execute()
  await schema.createIndex('membership_person').on('membership').column('person_id').execute()
}

async function createAssignments({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('assignment')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('application_id', 'text', (column) =>
      column.notNull().references('application.id').onDelete('cascade'),
    )
    // A person or a group, so no foreign key: whoever deletes a principal deletes its assignments.
    .addColumn('principal_id', 'text', (column) => column.notNull())
    .addColumn('principal_type', 'text', (column) => column.notNull())
    .addColumn('app_role_id', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('assignment_once', ['application_id', 'principal_id'])
    .execute()
  await schema.createIndex('assignment_principal').on('assignment').column('principal_id').execute()
}

async function createSessions({ schema }: Kysely<unknown>): Promise<void> {
  // No foreign keys: the portal and My Apps have sessions without being published applications.
  await schema
    .createTable('session')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('person_id', 'text', (column) => column.notNull())
    .addColumn('user_principal_name', 'text', (column) => column.notNull())
    .addColumn('display_name', 'text', (column) => column.notNull())
    .addColumn('application_id', 'text', (column) => column.notNull())
    .addColumn('provider_session_id', 'text')
    .addColumn('id_token', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute()
  for (const column of ['person_id', 'application_id', 'provider_session_id', 'expires_at']) {
    await schema.createIndex(`session_${column}`).on('session').column(column).execute()
  }
}

async function createProviderRecords({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('provider_record')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('uid', 'text')
    .addColumn('grant_id', 'text')
    .addColumn('payload', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('consumed_at', 'bigint')
    .addPrimaryKeyConstraint('provider_record_key', ['kind', 'id'])
    .execute()
  for (const column of ['uid', 'grant_id', 'expires_at']) {
    await schema
      .createIndex(`provider_record_${column}`)
      .on('provider_record')
      .column(column)
      .execute()
  }
}

async function createAudit({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('audit')
    .addColumn('version', 'bigint', (column) => column.primaryKey().notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('author', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('target_id', 'text', (column) => column.notNull())
    .addColumn('before', 'text', (column) => column.notNull())
    .addColumn('after', 'text', (column) => column.notNull())
    .execute()
  await schema.createIndex('audit_target').on('audit').column('target_id').execute()
}
