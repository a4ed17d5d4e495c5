import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Dialect,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely'
import { Fault } from '../base/fault.ts'
import { migrate } from './migrations.ts'
import type { Tables } from './schema.ts'
import { SqliteConnection } from './sqlite-connection.ts'
import { keepJournal } from './sqlite-journal.ts'
import type { Rows, Storage } from './storage.ts'

/** How long a write waits for another process before it is refused; somebody is waiting for the answer. */
const BUSY_WAIT_MS = 2_000
/** SQLite keeps no queue of writers, so we ask again. */
const BUSY_RETRY_MS = 20

/**
 * Opens or creates the database file, readable by its owner only; `:memory:` for one that is gone when closed.
 * Throws `storage-failed`, `storage-full` or `storage-busy`.
 */
export function openSqlite(file: string): Storage {
  return new SqliteStorage(new SqliteConnection(file))
}

class SqliteStorage implements Storage {
  readonly #kysely: Kysely<Tables>
  #last: Promise<void> = Promise.resolve()

  constructor(connection: SqliteConnection) {
    this.#kysely = new Kysely<Tables>({ dialect: createDialect(connection) })
  }

  read<Value>(work: (rows: Rows) => Promise<Value>): Promise<Value> {
    const transaction = this.#kysely.transaction().setAccessMode('read only')
    return askAgainWhileBusy(() => this.#inTurn(() => transaction.execute(work)))
  }

  write<Value>(work: (rows: Rows) => Promise<Value>): Promise<Value> {
    return askAgainWhileBusy(() => this.#inTurn(() => this.#kysely.transaction().execute(work)))
  }

  journal(rows: Rows): Promise<void> {
    return keepJournal(rows)
  }

  async scratch(): Promise<Storage> {
    const storage = new SqliteStorage(new SqliteConnection(':memory:'))
    await storage.write(async (rows) => {
      if (newestSchema === undefined) {
        await migrate(rows)
        await emptyAll(rows)
        newestSchema = await readSchema(rows)
      } else for (const statement of newestSchema) await sql.raw(statement).execute(rows)
    })
    return storage
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Behind every transaction that was asked for before.
    await this.#inTurn(() => this.#kysely.destroy())
  }

  // Kysely wakes all that wait for its one connection whenever it is free, so that ten thousand would take ten seconds.
  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.#last.then(work)
    this.#last = done.then(nothing, nothing)
    return done
  }
}

function nothing(): void {}

// Going through all migrations takes longer than many a change.
let newestSchema: readonly string[] | undefined

async function readSchema(rows: Rows): Promise<readonly string[]> {
  const { rows: found } = await sql<{ sql: string }>`
    select sql from sqlite_master where sql is not null and name not like 'sqlite!_%' escape '!'
    order by rowid
  `.execute(rows)
  return found.map((each) => each.sql)
}

/** What migrations write themselves. */
async function emptyAll(rows: Rows): Promise<void> {
  await rows.deleteFrom('revision').execute()
  await rows.deleteFrom('connector_group').execute()
}

/** Between two attempts the connection is free for other work of this process. */
async function askAgainWhileBusy<Value>(attempt: () => Promise<Value>): Promise<Value> {
  const giveUpAt = performance.now() + BUSY_WAIT_MS
  for (;;) {
    try {
      return await attempt()
    } catch (thrown) {
      const busy = thrown instanceof Fault && thrown.code === 'storage-busy'
      if (!busy || performance.now() >= giveUpAt) throw thrown
    }
    await sleep(BUSY_RETRY_MS)
  }
}

function createDialect(connection: SqliteConnection): Dialect {
  return {
    createDriver: () => connection,
    createAdapter: () => new TransactionalSchemaAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  }
}

/** SQLite can change its schema inside a transaction; ours is the one that keeps other processes out. */
class TransactionalSchemaAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}
