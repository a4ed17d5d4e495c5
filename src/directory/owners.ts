import { Fault } from '../base/fault.ts'
import { findGroup } from './groups.ts'
import type { OwnedKind, Owner, Owners, Possessions } from './owner.ts'
import { findPerson } from './people.ts'
import type { Rows } from './storage.ts'
import { notFound, type Store } from './store.ts'

// As many as the original gives an application: somebody is asked to care, not everybody.
const maxOwners = 100

/** The directory's owners of applications and groups. */
export function ownersIn(store: Store): Owners {
  return {
    all: (kind) => store.read(tables[kind].all),
    list: (kind, id) => store.read((rows) => tables[kind].list(rows, id)),
    possessionsOf: (ownerId) => store.read((rows) => readPossessions(rows, ownerId)),
    add: (...input) => addOwner(store, ...input),
    remove: (...input) => removeOwner(store, ...input),
  }
}

interface OwnerTable {
  readonly all: (rows: Rows) => ReturnType<Owners['all']>
  readonly exists: (rows: Rows, id: string) => Promise<boolean>
  readonly list: (rows: Rows, id: string) => Promise<readonly Owner[]>
  readonly insert: (rows: Rows, id: string, owner: Owner) => Promise<unknown>
  readonly remove: (rows: Rows, id: string, ownerId: string) => Promise<unknown>
}

const tables: Readonly<Record<OwnedKind, OwnerTable>> = {
  application: {
    exists: async (rows, id) => {
      const found = rows.selectFrom('application').select('id').where('id', '=', id)
      return (await found.executeTakeFirst()) !== undefined
    },
    all: async (rows) => {
      const all = rows.selectFrom('application_owner').selectAll().orderBy('owner_id')
      return byOwned(await all.execute(), (row) => row.application_id)
    },
    list: async (rows, id) => {
      const all = rows.selectFrom('application_owner').selectAll().where('application_id', '=', id)
      return (await all.orderBy('owner_id').execute()).map(toOwner)
    },
    insert: (rows, id, owner) => {
      const row = { application_id: id, owner_id: owner.id, owner_type: owner.type }
      return rows.insertInto('application_owner').values(row).execute()
    },
    remove: (rows, id, ownerId) => {
      const own = rows.deleteFrom('application_owner').where('application_id', '=', id)
      return own.where('owner_id', '=', ownerId).execute()
    },
  },
  group: {
    exists: async (rows, id) => (await findGroup(rows, id)) !== undefined,
    all: async (rows) => {
      const all = rows.selectFrom('group_owner').selectAll().orderBy('owner_id')
      return byOwned(await all.execute(), (row) => row.group_id)
    },
    list: async (rows, id) => {
      const all = rows.selectFrom('group_owner').selectAll().where('group_id', '=', id)
      return (await all.orderBy('owner_id').execute()).map(toOwner)
    },
    insert: (rows, id, owner) => {
      const row = { group_id: id, owner_id: owner.id, owner_type: owner.type }
      return rows.insertInto('group_owner').values(row).execute()
    },
    remove: (rows, id, ownerId) => {
      const own = rows.deleteFrom('group_owner').where('group_id', '=', id)
      return own.where('owner_id', '=', ownerId).execute()
    },
  },
}

interface OwnerRow {
  readonly owner_id: string
  readonly owner_type: Owner['type']
}

function byOwned<Row extends OwnerRow>(rows: readonly Row[], idOf: (row: Row) => string) {
  const owned = Map.groupBy(rows, idOf)
  return new Map(Array.from(owned, ([id, owners]) => [id, owners.map(toOwner)] as const))
}

function toOwner(row: OwnerRow): Owner {
  return { id: row.owner_id, type: row.owner_type }
}

async function readPossessions(rows: Rows, ownerId: string): Promise<Possessions> {
  const applications = rows.selectFrom('application_owner').select('application_id as id')
  const groups = rows.selectFrom('group_owner').select('group_id as id')
  const idsOf = (found: readonly { readonly id: string }[]) => found.map(({ id }) => id)
  return {
    applications: idsOf(await applications.where('owner_id', '=', ownerId).execute()),
    groups: idsOf(await groups.where('owner_id', '=', ownerId).execute()),
  }
}

async function addOwner(
  store: Store,
  ...[kind, id, ownerId, change]: Parameters<Owners['add']>
): ReturnType<Owners['add']> {
  const { exists, list, insert } = tables[kind]
  return store.change(`${kind}.add-owner`, change, async (rows) => {
    if (!(await exists(rows, id))) throw notFound(kind, id)
    const owner = await findOwner(rows, ownerId)
    if (!owner) throw notFound('person or service principal', ownerId)
    const present = await list(rows, id)
    if (present.some((each) => each.id === ownerId)) {
      throw new Fault('already-exists', `${ownerId} owns the ${kind} ${id} already`)
    }
    if (present.length >= maxOwners) {
      throw new Fault('invalid', `the ${kind} has ${maxOwners} owners, and no more are kept`)
    }
    await insert(rows, id, owner)
    const record = { targetId: id, before: undefined, after: { ownerId } }
    return { value: undefined, record }
  })
}

async function findOwner(rows: Rows, id: string): Promise<Owner | undefined> {
  if (await findPerson(rows, id)) return { id, type: 'User' }
  const applications = rows.selectFrom('application').select('id')
  const found = await applications.where('service_principal_id', '=', id).executeTakeFirst()
  return found && { id, type: 'ServicePrincipal' }
}

async function removeOwner(
  store: Store,
  ...[kind, id, ownerId, change]: Parameters<Owners['remove']>
): ReturnType<Owners['remove']> {
  const { list, remove } = tables[kind]
  return store.change(`${kind}.remove-owner`, change, async (rows) => {
    const present = await list(rows, id)
    if (!present.some((each) => each.id === ownerId)) return { value: false }
    await remove(rows, id, ownerId)
    return { value: true, record: { targetId: id, before: { ownerId }, after: undefined } }
  })
}
