import type { Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { Fault } from '../base/fault.ts'
import { createTables } from './migrations/0001-tables.ts'
import { createCorsRefusals } from './migrations/0003-cors-refusals.ts'
import { createSharedByProcesses } from './migrations/0004-shared-by-processes.ts'
import { createCertificates } from './migrations/0005-certificates.ts'
import { createDrainedConnectors } from './migrations/0006-drained-connectors.ts'
import { createSessionTokens } from './migrations/0007-session-tokens.ts'
import { createTokenLifetimes } from './migrations/0008-token-lifetimes.ts'
import { createConditionalAccess } from './migrations/0009-conditional-access.ts'
import { createAuthenticators } from './migrations/0010-authenticators.ts'
import { createIdentityProviders } from './migrations/0013-identity-providers.ts'
import { createSessionRenewals } from './migrations/0014-session-renewals.ts'
import { createClients } from './migrations/0015-clients.ts'
import { createSignIns } from './migrations/0016-sign-ins.ts'
import { createNestedGroups } from './migrations/0017-nested-groups.ts'
import { createGroupDescriptions } from './migrations/0018-group-descriptions.ts'
import { createRevisions } from './migrations/0019-revisions.ts'
import { createRefusalsByPlace } from './migrations/0020-refusals-by-place.ts'
import { createConnectorSightings } from './migrations/0021-connector-sightings.ts'
import { createOwners } from './migrations/0022-owners.ts'
import { createActivities } from './migrations/0023-activities.ts'
import { createUniqueNames } from './migrations/0024-unique-names.ts'

/** Every step from an empty database to the newest schema. A published step is never edited, only followed. */
const migrations: Record<string, Migration> = {
  '0001-tables': { up: createTables },
  '0003-cors-refusals': { up: createCorsRefusals },
  '0004-shared-by-processes': { up: createSharedByProcesses },
  '0005-certificates': { up: createCertificates },
  '0006-drained-connectors': { up: createDrainedConnectors },
  '0007-session-tokens': { up: createSessionTokens },
  '0008-token-lifetimes': { up: createTokenLifetimes },
  '0009-conditional-access': { up: createConditionalAccess },
  '0010-authenticators': { up: createAuthenticators },
  '0013-identity-providers': { up: createIdentityProviders },
  '0014-session-renewals': { up: createSessionRenewals },
  '0015-clients': { up: createClients },
  '0016-sign-ins': { up: createSignIns },
  '0017-nested-groups': { up: createNestedGroups },
  '0018-group-descriptions': { up: createGroupDescriptions },
  '0019-revisions': { up: createRevisions },
  '0020-refusals-by-place': { up: createRefusalsByPlace },
  '0021-connector-sightings': { up: createConnectorSightings },
  '0022-owners': { up: createOwners },
  '0023-activities': { up: createActivities },
  '0024-unique-names': { up: createUniqueNames },
}

/**
 * Brings the schema up to date inside the given write transaction, so that two processes cannot both do it and a
 * failed step leaves nothing behind. Throws `storage-failed` for a database of a newer Sallyport.
 */
export async function migrate<Tables>(transaction: Kysely<Tables>): Promise<void> {
  await refuseNewerSchema(transaction)
  const migrator = new Migrator({
    db: transaction,
    provider: { getMigrations: async () => migrations },
  })
  const { error } = await migrator.migrateToLatest()
  if (error instanceof Fault) throw error
  if (error)
    throw new Fault('storage-failed', 'the database could not be migrated', { cause: error })
}

async function refuseNewerSchema<Tables>(transaction: Kysely<Tables>): Promise<void> {
  const db = transaction as unknown as Kysely<{ kysely_migration: { name: string } }>
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some((table) => table.name === 'kysely_migration')) return
  const done = await db.selectFrom('kysely_migration').select('name').execute()
  const unknown = done.map((row) => row.name).filter((name) => !Object.hasOwn(migrations, name))
  if (unknown.length === 0) return
  throw new Fault(
    'storage-failed',
    `the database was written by a newer Sallyport (schema ${unknown.join(', ')}); start that version or restore a backup`,
  )
}
