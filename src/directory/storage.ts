import type { Kysely } from 'kysely'
import type { Tables } from './schema.ts'

/** Tables seen from inside one transaction. */
export type Rows = Kysely<Tables>

/**
 * What the directory needs of a database: transactions. All differences between dialects end here, so that every
 * query above is written once. Failures are the faults `storage-busy`, `storage-full` and `storage-failed`.
 */
export interface Storage extends AsyncDisposable {
  /** `work` sees one moment, whatever others write meanwhile. */
  read<Value>(work: (rows: Rows) => Promise<Value>): Promise<Value>
  /**
   * `work` is the only writer while it runs; what it did is on the disk when the promise resolves, and undone when
   * it rejects. While another process writes, `work` is not started; it waits its turn and may give up.
   */
  write<Value>(work: (rows: Rows) => Promise<Value>): Promise<Value>
  /** From here on the database itself writes rows of configuration that change into the table `journal`. */
  journal(rows: Rows): Promise<void>
  /** Another one in memory, which has the same tables and nobody's data. */
  scratch(): Promise<Storage>
}
