import { chmod, lstat, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { Fault } from '../base/fault.ts'
import { asStorageFault } from '../directory/sqlite-fault.ts'
import { writeWholeFile } from './whole-file.ts'

// With the database these are all that an edge keeps; the lock and the sockets of its processes are made anew.
const filesBesideTheDatabase = ['keys.json', 'ca.pem', 'ca.key'] as const

const database = 'sallyport.sqlite'

/**
 * Copies the data folder of an edge, which may go on running, into the new folder `target` (mode 0700): as it is, an edge
 * can be started with it. Rejects with `conflict` when `target` is there already. Nothing half-done ever has its name, not
 * even when the process is killed: half a copy would start, too, with keys of its own.
 */
export async function backUpEdge(dataDir: string, target: string): Promise<void> {
  if (await isThere(target)) throw taken(target)
  const draft = await mkdtemp(`${target}.unfinished-`)
  try {
    await copyDatabase(join(dataDir, database), join(draft, database))
    for (const file of filesBesideTheDatabase)
      await writeWholeFile(join(draft, file), await readFile(join(dataDir, file), 'utf8'))
    await rename(draft, target)
  } catch (thrown) {
    await rm(draft, { recursive: true, force: true })
    throw isTaken(thrown) ? taken(target, thrown) : thrown
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return false
    throw thrown
  }
}

function taken(target: string, cause?: unknown): Fault {
  return new Fault('conflict', `${target} is there already. Give the name of a new folder.`, {
    cause,
  })
}

/** Somebody made it meanwhile. */
function isTaken(thrown: unknown): boolean {
  return ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(codeOf(thrown) ?? '')
}

function codeOf(thrown: unknown): string | undefined {
  return (thrown as NodeJS.ErrnoException).code
}

// In one step. Between two of them, SQLite starts over when anybody has written meanwhile, and on a busy edge somebody
// always has: 300 MB with 20 writes a second took no end, and 0.6 s at once. In WAL, a copy holds up no writer.
const allPages = 2 ** 31 - 1

/** The database as it was at one moment, whatever is written meanwhile (SQLite's online backup). */
async function copyDatabase(from: string, to: string): Promise<void> {
  try {
    // Not read-only: in WAL a reader makes the index of the log where it is missing.
    using source = new DatabaseSync(from)
    await backup(source, to, { rate: allPages })
    // Like the original: whoever moves it out of its folder moves no open file.
    await chmod(to, 0o600)
    using copy = new DatabaseSync(to)
    const said = copy.prepare('pragma quick_check').get()?.['quick_check']
    if (said !== 'ok') throw new Fault('storage-failed', `the copy is damaged: ${String(said)}`)
  } catch (thrown) {
    throw asStorageFault(thrown, from)
  }
}
