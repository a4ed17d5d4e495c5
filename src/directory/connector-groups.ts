import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { failed, type Issue, type Parsed } from '../base/check.ts'
import type { ConnectorGroup, Directory } from './directory.ts'
import { foldName, type Tables } from './schema.ts'
import type { Rows } from './storage.ts'
import { notFound, type Store } from './store.ts'

type ConnectorGroups = Pick<
  Directory,
  'connectorGroups' | 'createConnectorGroup' | 'updateConnectorGroup' | 'deleteConnectorGroup'
>
type Create = Directory['createConnectorGroup']
type Update = Directory['updateConnectorGroup']
type Delete = Directory['deleteConnectorGroup']
type Row = Tables['connector_group']

/** The directory's methods about groups of connectors. */
export function connectorGroupMethods(store: Store): ConnectorGroups {
  return {
    connectorGroups: () => store.read(listConnectorGroups),
    createConnectorGroup: (...input) => createConnectorGroup(store, ...input),
    updateConnectorGroup: (...input) => updateConnectorGroup(store, ...input),
    deleteConnectorGroup: (...input) => deleteConnectorGroup(store, ...input),
  }
}

async function listConnectorGroups(rows: Rows): Promise<readonly ConnectorGroup[]> {
  const all = rows.selectFrom('connector_group').selectAll()
  const found = await all.orderBy('is_default', 'desc').orderBy('name_key').execute()
  return found.map(toConnectorGroup)
}

/** The connector group of this id. */
export async function findConnectorGroup(
  rows: Rows,
  id: string,
): Promise<ConnectorGroup | undefined> {
  const all = rows.selectFrom('connector_group').selectAll()
  const row = await all.where('id', '=', id).executeTakeFirst()
  return row && toConnectorGroup(row)
}

/** A row as a group of connectors. */
export function toConnectorGroup(row: Row): ConnectorGroup {
  const { id, name, is_default, region } = row
  return { id, name, isDefault: is_default === 1, region: region ?? undefined }
}

function toRow({ id, name, isDefault, region }: ConnectorGroup): Row {
  const key = foldName(name)
  return { id, name, name_key: key, is_default: isDefault ? 1 : 0, region: region ?? null }
}

async function createConnectorGroup(
  store: Store,
  ...[{ name, region }, change]: Parameters<Create>
): ReturnType<Create> {
  const group: ConnectorGroup = { id: randomUUID(), name, isDefault: false, region }
  return store.change<Parsed<ConnectorGroup>>('connector-group.create', change, async (rows) => {
    const issues = await findNameTaken(rows, group)
    if (issues.length > 0) return { value: { issues } }
    await rows.insertInto('connector_group').values(toRow(group)).execute()
    const record = { targetId: group.id, before: undefined, after: group }
    return { value: { value: group }, record }
  })
}

async function updateConnectorGroup(
  store: Store,
  ...[id, change, edit]: Parameters<Update>
): ReturnType<Update> {
  return store.change<Parsed<ConnectorGroup>>('connector-group.update', change, async (rows) => {
    const before = await findConnectorGroup(rows, id)
    if (!before) throw notFound('connector group', id)
    const parsed = edit(before)
    if (failed(parsed)) return { value: parsed }
    const after = parsed.value
    assert.equal(after.id, id, 'an edit must not change the id of a connector group')
    assert.equal(after.isDefault, before.isDefault, 'an edit must not change which is the default')
    const issues = [
      ...(await findNameTaken(rows, after)),
      ...(await findRegionFixed(rows, before, after)),
    ]
    if (issues.length > 0) return { value: { issues } }
    if (isDeepStrictEqual(before, after)) return { value: { value: before } }
    await rows.updateTable('connector_group').set(toRow(after)).where('id', '=', id).execute()
    return { value: { value: after }, record: { targetId: id, before, after } }
  })
}

/** Names are what configuration files and people tell groups apart by. */
async function findNameTaken(rows: Rows, group: ConnectorGroup): Promise<readonly Issue[]> {
  const holder = await rows
    .selectFrom('connector_group')
    .select(['id', 'name'])
    .where('name_key', '=', foldName(group.name))
    .executeTakeFirst()
  if (!holder || holder.id === group.id) return []
  const message = `there is a connector group named ${holder.name} already`
  return [{ path: '/name', code: 'already-exists', message }]
}

/** As in the original, the region is fixed once somebody relies on it. */
async function findRegionFixed(
  rows: Rows,
  before: ConnectorGroup,
  after: ConnectorGroup,
): Promise<readonly Issue[]> {
  if (before.region === after.region) return []
  const { connectors, applications } = await countUses(rows, before)
  if (connectors + applications === 0) return []
  const message = 'the region can be set only while the group has no connectors and no applications'
  return [{ path: '/region', code: 'group-in-use', message }]
}

async function countUses(rows: Rows, group: ConnectorGroup) {
  const connectors = await rows
    .selectFrom('connector')
    .select('id')
    .where('group_id', '=', group.id)
    .execute()
  const applications = await rows
    .selectFrom('application')
    .select('id')
    .where((query) =>
      query.or([
        query('connector_group_id', '=', group.id),
        ...(group.isDefault ? [query('connector_group_id', 'is', null)] : []),
      ]),
    )
    .execute()
  return { connectors: connectors.length, applications: applications.length }
}

async function deleteConnectorGroup(
  store: Store,
  ...[id, change]: Parameters<Delete>
): ReturnType<Delete> {
  return store.change<Parsed<boolean>>('connector-group.delete', change, async (rows) => {
    const before = await findConnectorGroup(rows, id)
    if (!before) return { value: { value: false } }
    const issues = await findReasonsToKeep(rows, before)
    if (issues.length > 0) return { value: { issues } }
    await rows.deleteFrom('connector_group').where('id', '=', id).execute()
    const record = { targetId: id, before, after: undefined }
    return { value: { value: true }, record }
  })
}

async function findReasonsToKeep(rows: Rows, group: ConnectorGroup): Promise<readonly Issue[]> {
  const { connectors, applications } = await countUses(rows, group)
  const issue = (code: string, message: string): Issue => ({ path: '', code, message })
  return [
    ...(group.isDefault ? [issue('default-group', 'the default group cannot be deleted')] : []),
    ...(connectors > 0
      ? [issue('group-has-connectors', `${connectors} connectors are in this group`)]
      : []),
    // Falling back to the default group would send the traffic of these into another network, unasked.
    ...(applications > 0
      ? [issue('group-has-applications', `${applications} applications use this group`)]
      : []),
  ]
}
