import type { Kysely } from 'kysely'

/** How often which cross-origin call was refused. [D3] */
export async function createCorsRefusals({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('cors_refusal')
    .addColumn('application_id', 'text', (column) =>
      column.notNull().references('application.id').onDelete('cascade'),
    )
    .addColumn('origin', 'text', (column) => column.notNull())
    .addColumn('method', 'text', (column) => column.notNull())
    .addColumn('code', 'text', (column) => column.notNull())
    .addColumn('rule_id', 'text', (column) => column.notNull())
    .addColumn('mode', 'text', (column) => column.notNull())
    .addColumn('count', 'bigint', (column) => column.notNull())
    .addColumn('first_at', 'bigint', (column) => column.notNull())
    .addColumn('last_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('cors_refusal_key', [
      ...(['application_id', 'origin', 'method', 'code', 'rule_id', 'mode'] as const),
    ])
    .execute()
}
