import { copyFile, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { Fault } from '../base/fault.ts'
import { asStorageFault } from '../directory/sqlite-fault.ts'

// With the database these are all that an edge keeps; the lock and the sockets of its processes are made anew.
const filesBesideTheDatabase = ['keys.json', 'ca.pem', 'ca.key'] as const

const database = 'sallyport.sqlite'

/**
 * Copies the data folder of an edge, which may go on running, into the new folder `target` (mode 0700): as it is, an edge
 * can be started with it. Rejects with `conflict` when `target` is there already, and leaves nothing half-done.
 */
export async function backUpEdge(dataDir: string, target: string): Promise<void> {
  try {
    await mkdir(target, { mode: 0o700 })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    throw new Fault('conflict', `${target} is there already. Give the name of a new folder.`, {
      cause,
    })
  }
  try {
    await copyDatabase(join(dataDir, database), join(target, database))
    for (const file of filesBesideTheDatabase)
      await copyFile(join(dataDir, file), join(target, file))
  } catch (thrown) {
    await rm(target, { recursive: true, force: true })
    throw thrown
  }
}

/** The database as it was at one moment, whatever is written meanwhile (SQLite's online backup). */
async function copyDatabase(from: string, to: string): Promise<void> {
  try {
    // Not read-only: in WAL a reader makes the index of the log where it is missing.
    using source = new DatabaseSync(from)
    await backup(source, to)
    using copy = new DatabaseSync(to)
    const said = copy.prepare('pragma quick_check').get()?.['quick_check']
    if (said !== 'ok') throw new Fault('storage-failed', `the copy is damaged: ${String(said)}`)
  } catch (thrown) {
    throw asStorageFault(thrown, from)
  }
}
