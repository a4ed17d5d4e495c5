import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Fault } from '../base/fault.ts'
import { asStorageFault } from '../directory/sqlite-fault.ts'

/**
 * Takes the data folder for this process alone, until it is disposed of or the process ends, however it ends. Throws
 * `conflict` when another process has it, else what a database that cannot be opened there throws.
 */
export function lockFolder(folder: string): Disposable {
  const file = join(folder, 'edge.lock')
  try {
    const database = new DatabaseSync(file)
    try {
      // SQLite's lock is the operating system's: no process that died leaves one behind.
      database.exec('pragma busy_timeout = 0; begin exclusive')
      return { [Symbol.dispose]: () => database.close() }
    } catch (thrown) {
      database.close()
      throw thrown
    }
  } catch (thrown) {
    const fault = asStorageFault(thrown, file)
    if (!(fault instanceof Fault) || fault.code !== 'storage-busy') throw fault
    const sentence = `${folder} is in use by another edge. Give each one its own with --data.`
    throw new Fault('conflict', sentence, { cause: thrown })
  }
}
