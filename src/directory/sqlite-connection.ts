import { chmodSync, closeSync, openSync, statSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type {
  CompiledQuery,
  DatabaseConnection,
  Driver,
  QueryResult,
  TransactionSettings,
} from 'kysely'
import { Fault } from '../base/fault.ts'
import { asStorageFault } from './sqlite-fault.ts'

/** While opening nobody is served yet, so SQLite itself may wait for other processes. */
const OPEN_WAIT_MS = 2_000
/** The directory makes about a hundred different statements; the bound is for the ones with lists. */
const MAX_PREPARED_STATEMENTS = 500

/** node:sqlite as Kysely's driver and its only connection; Kysely hands it to one transaction at a time. */
export class SqliteConnection implements Driver, DatabaseConnection {
  readonly #file: string
  readonly #database: DatabaseSync
  readonly #identity: string | undefined
  readonly #statements = new Map<string, StatementSync>()

  constructor(file: string) {
    this.#file = file
    try {
      this.#database = openDatabase(file)
      this.#identity = identify(file)
    } catch (thrown) {
      throw isSystemError(thrown) ? cannotOpen(file, thrown) : asStorageFault(thrown, file)
    }
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this
  }

  async releaseConnection(): Promise<void> {}

  async beginTransaction(_: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    if (settings.accessMode === 'read only') return this.#execute('begin')
    this.#refuseMovedFile()
    this.#execute('begin immediate')
  }

  async commitTransaction(): Promise<void> {
    this.#execute('commit')
  }

  async rollbackTransaction(): Promise<void> {
    // SQLite has already rolled back by itself after some errors, a full disk among them.
    if (this.#database.isTransaction) this.#execute('rollback')
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    try {
      const statement = this.#prepare(sql)
      const values = parameters as readonly SQLInputValue[] // our tables hold text and numbers only
      if (statement.columns().length > 0) return { rows: statement.all(...values) as Row[] }
      return { numAffectedRows: BigInt(statement.run(...values).changes), rows: [] }
    } catch (thrown) {
      throw asStorageFault(thrown, this.#file)
    }
  }

  async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    yield await this.executeQuery<Row>(query)
  }

  async destroy(): Promise<void> {
    this.#statements.clear()
    this.#database.close()
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    if (this.#statements.size >= MAX_PREPARED_STATEMENTS) this.#statements.clear()
    const statement = this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  #execute(sql: string): void {
    try {
      this.#database.exec(sql)
    } catch (thrown) {
      throw asStorageFault(thrown, this.#file)
    }
  }

  /** SQLite would go on writing to a file that was moved or deleted, and the change would be lost unnoticed. */
  #refuseMovedFile(): void {
    if (this.#identity === undefined || identify(this.#file) === this.#identity) return
    throw new Fault(
      'storage-failed',
      `the database file was moved, deleted or replaced (${this.#file})`,
    )
  }
}

function openDatabase(file: string): DatabaseSync {
  if (file !== ':memory:') createPrivateFile(file)
  const database = new DatabaseSync(file, { timeout: OPEN_WAIT_MS })
  try {
    configure(database)
    return database
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

function configure(database: DatabaseSync): void {
  database.exec('pragma journal_mode = wal')
  // NORMAL would lose the last acknowledged writes with the power; writes are rare here.
  database.exec('pragma synchronous = full')
  database.exec('pragma foreign_keys = on')
  // From here on waiting would stop the whole process; whoever writes asks again instead.
  database.exec('pragma busy_timeout = 0')
}

/** SQLite gives its log files the permissions of the database file. */
function createPrivateFile(file: string): void {
  closeSync(openSync(file, 'a', 0o600))
  chmodSync(file, statSync(file).mode & 0o600)
}

function identify(file: string): string | undefined {
  if (file === ':memory:') return undefined
  try {
    const { dev, ino } = statSync(file)
    return `${dev}:${ino}`
  } catch {
    return 'out of reach' // Gone, or its folder is, or may not be looked at any more.
  }
}

function isSystemError(thrown: unknown): thrown is NodeJS.ErrnoException {
  return thrown instanceof Error && 'syscall' in thrown
}

function cannotOpen(file: string, cause: NodeJS.ErrnoException): Fault {
  const code = cause.code === 'ENOSPC' ? 'storage-full' : 'storage-failed'
  return new Fault(code, `the database file cannot be opened (${file}): ${cause.code}`, { cause })
}
