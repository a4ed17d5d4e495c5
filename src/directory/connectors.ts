import { Fault } from '../base/fault.ts'
import { findConnectorGroup } from './connector-groups.ts'
import type { Connector, ConnectorGroup, Directory } from './directory.ts'
import type { Tables } from './schema.ts'
import type { Rows } from './storage.ts'
import { notFound, type Store } from './store.ts'

type Connectors = Pick<
  Directory,
  | 'connectors'
  | 'connector'
  | 'moveConnector'
  | 'deleteConnector'
  | 'drainConnector'
  | 'noteConnector'
  | 'noteDeparture'
>
type Move = Directory['moveConnector']
type Delete = Directory['deleteConnector']
type Drain = Directory['drainConnector']
type Note = Directory['noteConnector']
type NoteDeparture = Directory['noteDeparture']

/** The directory's methods about enrolled connectors. */
export function connectorMethods(store: Store): Connectors {
  return {
    connectors: () => store.read(listConnectors),
    connector: (id) => store.read((rows) => findConnector(rows, id)),
    moveConnector: (...input) => moveConnector(store, ...input),
    deleteConnector: (...input) => deleteConnector(store, ...input),
    drainConnector: (...input) => drainConnector(store, ...input),
    noteConnector: (...input) => noteConnector(store, ...input),
    noteDeparture: (...input) => noteDeparture(store, ...input),
  }
}

async function listConnectors(rows: Rows): Promise<readonly Connector[]> {
  const all = rows.selectFrom('connector').selectAll()
  return (await all.orderBy('registered_at').orderBy('id').execute()).map(toConnector)
}

/** The connector of this id. */
async function findConnector(rows: Rows, id: string): Promise<Connector | undefined> {
  const all = rows.selectFrom('connector').selectAll()
  const row = await all.where('id', '=', id).executeTakeFirst()
  return row && toConnector(row)
}

/** A row as a connector. */
export function toConnector(row: Tables['connector']): Connector {
  return {
    id: row.id,
    groupId: row.group_id,
    machineName: row.machine_name,
    externalIp: row.external_ip,
    version: row.version,
    publicKey: row.public_key,
    registeredAt: row.registered_at,
    drainSeconds: row.drain_seconds ?? undefined,
    lastSeenAt: row.last_seen_at ?? undefined,
  }
}

async function moveConnector(
  store: Store,
  ...[id, groupId, change]: Parameters<Move>
): ReturnType<Move> {
  return store.change('connector.move', change, async (rows) => {
    const before = await findConnector(rows, id)
    if (!before) return { value: false }
    if (before.groupId === groupId) return { value: true }
    const from = await findConnectorGroup(rows, before.groupId)
    const to = await findConnectorGroup(rows, groupId)
    if (!to) throw notFound('connector group', groupId)
    refuseOtherRegion(from, to)
    await rows.updateTable('connector').set({ group_id: groupId }).where('id', '=', id).execute()
    const record = { targetId: id, before, after: { ...before, groupId } }
    return { value: true, record }
  })
}

/** As in the original, a connector enters a group with a region only from one without. */
function refuseOtherRegion(from: ConnectorGroup | undefined, to: ConnectorGroup): void {
  if (to.region === undefined || from?.region === undefined || from.region === to.region) return
  throw new Fault('invalid', `a connector of region ${from.region} cannot move to ${to.region}`)
}

async function deleteConnector(
  store: Store,
  ...[id, change]: Parameters<Delete>
): ReturnType<Delete> {
  return store.change('connector.delete', change, async (rows) => {
    const before = await findConnector(rows, id)
    if (!before) return { value: false }
    await rows.deleteFrom('connector').where('id', '=', id).execute()
    return { value: true, record: { targetId: id, before, after: undefined } }
  })
}

async function drainConnector(
  store: Store,
  ...[id, seconds, change]: Parameters<Drain>
): ReturnType<Drain> {
  const action = seconds === undefined ? 'connector.resume' : 'connector.drain'
  return store.change(action, change, async (rows) => {
    const before = await findConnector(rows, id)
    if (!before) return { value: false }
    if (before.drainSeconds === seconds) return { value: true }
    const drain_seconds = seconds ?? null
    await rows.updateTable('connector').set({ drain_seconds }).where('id', '=', id).execute()
    const record = { targetId: id, before, after: { ...before, drainSeconds: seconds } }
    return { value: true, record }
  })
}

async function noteConnector(store: Store, ...[id, facts]: Parameters<Note>): ReturnType<Note> {
  const { machineName, externalIp, version } = facts
  await store.storage.write((rows) =>
    rows
      .updateTable('connector')
      .set({
        ...{ machine_name: machineName, external_ip: externalIp, version },
        last_seen_at: store.clock(),
      })
      .where('id', '=', id)
      .execute(),
  )
}

async function noteDeparture(
  store: Store,
  ...[id]: Parameters<NoteDeparture>
): ReturnType<NoteDeparture> {
  const last_seen_at = store.clock()
  await store.storage.write((rows) =>
    rows.updateTable('connector').set({ last_seen_at }).where('id', '=', id).execute(),
  )
}
