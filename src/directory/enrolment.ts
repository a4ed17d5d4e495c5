import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { Fault } from '../base/fault.ts'
import { findConnectorGroup } from './connector-groups.ts'
import { toConnector } from './connectors.ts'
import type { Directory } from './directory.ts'
import type { Tables } from './schema.ts'
import type { Rows } from './storage.ts'
import { notFound, type Outcome, type Store } from './store.ts'

type Enrolment = Pick<Directory, 'createEnrolmentToken' | 'enrolmentToken' | 'enrolConnector'>
type CreateToken = Directory['createEnrolmentToken']
type FindToken = Directory['enrolmentToken']
type Enrol = Directory['enrolConnector']
type Enrolled = Awaited<ReturnType<Enrol>>

/** 256 bits: nobody guesses one, so a plain hash is enough to keep. */
const SECRET_BYTES = 32
/** A token that lies about for longer was forgotten, not planned. */
const MAX_LIFETIME_SECONDS = 7 * 24 * 3600
/** So long a dead token can still say why it is refused. */
const REMEMBERED_MS = 30 * 24 * 3600 * 1000

/** The directory's methods that make a stranger a connector. [K1] */
export function enrolmentMethods(store: Store): Enrolment {
  return {
    createEnrolmentToken: (...input) => createEnrolmentToken(store, ...input),
    enrolmentToken: (...input) => findToken(store, ...input),
    enrolConnector: (...input) => enrolConnector(store, ...input),
  }
}

async function createEnrolmentToken(
  store: Store,
  ...[groupId, lifetimeSeconds, change]: Parameters<CreateToken>
): ReturnType<CreateToken> {
  if (!(lifetimeSeconds > 0 && lifetimeSeconds <= MAX_LIFETIME_SECONDS)) {
    throw new Fault('invalid', `a token lives for 1 to ${MAX_LIFETIME_SECONDS} seconds`)
  }
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  const now = store.clock()
  const expiresAt = now + lifetimeSeconds * 1000
  return store.change('enrolment-token.create', change, async (rows) => {
    if (!(await findConnectorGroup(rows, groupId))) throw notFound('connector group', groupId)
    await rows
      .deleteFrom('enrolment_token')
      .where('expires_at', '<', now - REMEMBERED_MS)
      .execute()
    await rows
      .insertInto('enrolment_token')
      .values({
        ...{ hash: hash(secret), group_id: groupId, expires_at: expiresAt },
        ...{ used_at: null, connector_id: null },
      })
      .execute()
    const record = { targetId: groupId, before: undefined, after: { groupId, expiresAt } }
    return { value: { id: idOf(hash(secret)), secret, expiresAt }, record }
  })
}

function hash(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

// Keys of paths come in lower case, which digits of Base64 would not outlive.
function idOf(hash: string): string {
  return Buffer.from(hash, 'base64url').toString('hex')
}

async function findToken(store: Store, ...[id]: Parameters<FindToken>): ReturnType<FindToken> {
  const hash = Buffer.from(id, 'hex').toString('base64url')
  const row = await store.read((rows) =>
    rows.selectFrom('enrolment_token').selectAll().where('hash', '=', hash).executeTakeFirst(),
  )
  return (
    row && {
      id: idOf(row.hash),
      groupId: row.group_id,
      expiresAt: row.expires_at,
      usedAt: row.used_at ?? undefined,
      connectorId: row.connector_id ?? undefined,
    }
  )
}

async function enrolConnector(
  store: Store,
  ...[secret, facts]: Parameters<Enrol>
): ReturnType<Enrol> {
  const change = { author: `connector ${facts.machineName}`, reason: 'enrolment' }
  return store.change('connector.enrol', change, async (rows): Promise<Outcome<Enrolled>> => {
    const now = store.clock()
    const tokens = rows.selectFrom('enrolment_token').selectAll()
    const token = await tokens.where('hash', '=', hash(secret)).executeTakeFirst()
    if (!token) return { value: { refused: 'unknown-token' } }
    if (token.used_at !== null) return { value: { refused: 'used-token' } }
    if (token.expires_at <= now) return { value: { refused: 'expired-token' } }
    await refuseKnownKey(rows, facts.publicKey)
    const row = toRow(facts, token.group_id, now)
    await rows
      .updateTable('enrolment_token')
      .set({ used_at: now, connector_id: row.id })
      .where('hash', '=', token.hash)
      .execute()
    await rows.insertInto('connector').values(row).execute()
    const record = { targetId: row.id, before: undefined, after: toConnector(row) }
    return { value: { connectorId: row.id }, record }
  })
}

function toRow(facts: Parameters<Enrol>[1], groupId: string, now: number): Tables['connector'] {
  return {
    id: randomUUID(),
    group_id: groupId,
    machine_name: facts.machineName,
    external_ip: facts.externalIp,
    version: facts.version,
    public_key: facts.publicKey,
    registered_at: now,
    drain_seconds: null,
    last_seen_at: null,
  }
}

/** A key is one connector. Two of the same key would be a copied key file, and could not be told apart. */
async function refuseKnownKey(rows: Rows, publicKey: string): Promise<void> {
  const holders = rows.selectFrom('connector').select('id').where('public_key', '=', publicKey)
  const holder = await holders.executeTakeFirst()
  if (holder) throw new Fault('already-exists', `this key is connector ${holder.id} already`)
}
