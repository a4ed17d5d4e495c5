import type { Kysely } from 'kysely'

/** Connectors that were taken out of service: how long what they had may last, in seconds. [K5] */
export async function createDrainedConnectors({ schema }: Kysely<unknown>): Promise<void> {
  await schema.alterTable('connector').addColumn('drain_seconds', 'integer').execute()
}
