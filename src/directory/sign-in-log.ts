import { randomUUID } from 'node:crypto'
import type { SignInEntry } from '../identity/sign-in-log.ts'
import type { Directory, KeptSignIn } from './directory.ts'
import type { Rows } from './storage.ts'
import type { Store } from './store.ts'

type Methods = Pick<Directory, 'signIns' | 'signIn' | 'addSignIns' | 'removeSignIns'>
type List = Directory['signIns']

/** As many as are kept, however long they may stay: some 200 MB. */
const maxKept = 250_000
// A long delete keeps everybody else from writing; the next round takes the rest.
const removedAtOnce = 5_000
// SQLite binds 32,766 values at most; three stand in each row.
const insertedAtOnce = 500

/** The directory's methods about the sign-in log. Neither audited nor part of its version. */
export function signInLogMethods(store: Store): Methods {
  return {
    signIns: (...input) => store.read((rows) => list(rows, ...input)),
    signIn: (id) =>
      store.read(async (rows) => {
        const row = await rows
          .selectFrom('sign_in')
          .selectAll()
          .where('id', '=', id)
          .executeTakeFirst()
        return row && toSignIn(row)
      }),
    addSignIns: (entries) => store.storage.write((rows) => add(rows, entries)),
    removeSignIns: (before) => store.storage.write((rows) => remove(rows, before)),
  }
}

async function list(
  rows: Rows,
  ...[limit, after]: Parameters<List>
): Promise<readonly KeptSignIn[]> {
  let found = rows.selectFrom('sign_in').selectAll()
  if (after) {
    found = found.where((query) =>
      query.or([
        query('at', '<', after.at),
        query.and([query('at', '=', after.at), query('id', '<', after.id)]),
      ]),
    )
  }
  const newest = await found.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).execute()
  return newest.map(toSignIn)
}

function toSignIn({ id, document }: { id: string; document: string }): KeptSignIn {
  return { id, ...(JSON.parse(document) as SignInEntry) } // `add` wrote it
}

async function add(rows: Rows, entries: readonly SignInEntry[]): Promise<void> {
  for (let from = 0; from < entries.length; from += insertedAtOnce) {
    const some = entries.slice(from, from + insertedAtOnce)
    const values = some.map((entry) => {
      return { id: randomUUID(), at: entry.at, document: JSON.stringify(entry) }
    })
    await rows.insertInto('sign_in').values(values).execute()
  }
}

async function remove(rows: Rows, before: number): Promise<void> {
  const first = rows.selectFrom('sign_in').select('at')
  const surplus = await first.orderBy('at', 'desc').offset(maxKept).limit(1).executeTakeFirst()
  const old = rows
    .selectFrom('sign_in')
    .select('id')
    .where('at', '<=', Math.max(before, surplus?.at ?? 0))
    .orderBy('at')
    .limit(removedAtOnce)
  await rows.deleteFrom('sign_in').where('id', 'in', old).execute()
}
