import { type Kysely, sql } from 'kysely'

/** Refused calls are told apart by segment and by what headers they asked for, too, so that a rule can be offered. [D3] */
export async function createRefusalsByPlace(db: Kysely<unknown>): Promise<void> {
  const { schema } = db
  const key = [
    'application_id',
    'segment_id',
    'origin',
    'method',
    'headers',
    'code',
    'rule_id',
  ] as const
  await schema
    .createTable('cors_refusal_by_place')
    .addColumn('application_id', 'text', (column) =>
      column.notNull().references('application.id').onDelete('cascade'),
    )
    .addColumn('segment_id', 'text', (column) => column.notNull())
    .addColumn('origin', 'text', (column) => column.notNull())
    .addColumn('method', 'text', (column) => column.notNull())
    .addColumn('headers', 'text', (column) => column.notNull())
    .addColumn('code', 'text', (column) => column.notNull())
    .addColumn('rule_id', 'text', (column) => column.notNull())
    .addColumn('mode', 'text', (column) => column.notNull())
    .addColumn('count', 'bigint', (column) => column.notNull())
    .addColumn('first_at', 'bigint', (column) => column.notNull())
    .addColumn('last_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('cors_refusal_place_key', [...key, 'mode'])
    .execute()
  await sql`
    insert into cors_refusal_by_place
      (application_id, segment_id, origin, method, headers, code, rule_id, mode, count, first_at, last_at)
    select application_id, '', origin, method, '', code, rule_id, mode, count, first_at, last_at
    from cors_refusal`.execute(db)
  await schema.dropTable('cors_refusal').execute()
  await schema.alterTable('cors_refusal_by_place').renameTo('cors_refusal').execute()
}
