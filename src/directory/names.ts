import { directoryRoles } from '../identity/roles.ts'
import { journaledTables } from './journaled-tables.ts'
import type { Rows } from './storage.ts'

/** Ids per statement: well below what any dialect takes, and few enough texts to keep prepared. */
const batchSize = 100

const roles = directoryRoles.map(({ id, displayName }) => [id, displayName] as const)

/** Tables whose rows have a name of their own, by which the journal knows them. */
const named = journaledTables.filter(({ label }) => !('ids' in label)).map(({ name }) => name)

/** What ids name now, or named last; those that name nothing are not there. */
export async function findNames(
  rows: Rows,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map(roles)
  for (let at = 0; at < ids.length; at += batchSize) {
    for (const [id, name] of await findBatch(rows, ids.slice(at, at + batchSize))) {
      names.set(id, name)
    }
  }
  return names
}

async function findBatch(rows: Rows, ids: readonly string[]) {
  const keys = ids.map((id) => JSON.stringify([id]))
  const known = await rows
    .selectFrom('journal')
    .select(['row_key', 'label'])
    .where('row_key', 'in', keys)
    .where('table_name', 'in', named)
    .orderBy('sequence')
    .execute()
  const people = rows.selectFrom('person').select(['id', 'user_principal_name as name'])
  const groups = rows.selectFrom('person_group').select(['id', 'display_name as name'])
  const applications = rows.selectFrom('application').select(['id', 'display_name as name'])
  const clients = rows
    .selectFrom('application')
    .select(['service_principal_id as id', 'display_name as name'])
    .where('service_principal_id', 'in', ids)
  const policies = rows.selectFrom('token_lifetime_policy').select(['id', 'display_name as name'])
  const connectors = rows.selectFrom('connector').select(['id', 'machine_name as name'])
  const connectorGroups = rows.selectFrom('connector_group').select(['id', 'name'])
  const present = await people
    .where('id', 'in', ids)
    .unionAll(groups.where('id', 'in', ids))
    .unionAll(applications.where('id', 'in', ids))
    .unionAll(clients)
    .unionAll(policies.where('id', 'in', ids))
    .unionAll(connectors.where('id', 'in', ids))
    .unionAll(connectorGroups.where('id', 'in', ids))
    .execute()
  return [
    ...known.map(({ row_key, label }) => [idIn(row_key), label ?? ''] as const),
    ...present.map(({ id, name }) => [id, name] as const),
  ]
}

function idIn(key: string): string {
  return (JSON.parse(key) as string[])[0] ?? ''
}
