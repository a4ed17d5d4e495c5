import type { Kysely } from 'kysely'

/** When a connector was last seen, and which one a token made: what an administrator who waits for one looks at. [K1] [K4] */
export async function createConnectorSightings({ schema }: Kysely<unknown>): Promise<void> {
  await schema.alterTable('connector').addColumn('last_seen_at', 'integer').execute()
  await schema.alterTable('enrolment_token').addColumn('connector_id', 'text').execute()
}
