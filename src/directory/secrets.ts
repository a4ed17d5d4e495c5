import type { Directory } from './directory.ts'
import type { Rows } from './storage.ts'
import type { Store } from './store.ts'

type Secret = Directory['secret']

/** The named keys of this installation. */
export function secretMethod(store: Store): Secret {
  const pending = new Map<string, Promise<Uint8Array>>()
  return (name, create) => {
    const known = pending.get(name)
    if (known) return known
    const asked = findOrCreate(store, name, create).finally(() => pending.delete(name))
    pending.set(name, asked)
    return asked
  }
}

async function findOrCreate(
  store: Store,
  ...[name, create]: Parameters<Secret>
): Promise<Uint8Array> {
  const found = await store.read((rows) => findSecret(rows, name))
  if (found) return found
  const value = Buffer.from(await create()).toString('base64url')
  return store.storage.write(async (rows) => {
    // Another process may have been faster; then its key is the key.
    const insert = rows.insertInto('secret').values({ name, value })
    await insert.onConflict((conflict) => conflict.doNothing()).execute()
    return (await findSecret(rows, name)) as Uint8Array // one of the two inserted it
  })
}

async function findSecret(rows: Rows, name: string): Promise<Uint8Array | undefined> {
  const secrets = rows.selectFrom('secret').select('value').where('name', '=', name)
  const row = await secrets.executeTakeFirst()
  return row && new Uint8Array(Buffer.from(row.value, 'base64url'))
}
