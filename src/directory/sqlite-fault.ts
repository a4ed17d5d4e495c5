import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { Fault, type FaultCode } from '../base/fault.ts'

// https://sqlite.org/rescode.html: primary result codes; the low byte of an extended one.
const faultCodes: Readonly<Record<number, readonly [FaultCode, string]>> = {
  5: ['storage-busy', 'another process is writing to the database'],
  6: ['storage-busy', 'another connection holds a table of the database'],
  8: ['storage-failed', 'the database is read-only'],
  10: ['storage-failed', 'the disk of the database failed to read or write'],
  11: ['storage-failed', 'the database is damaged; restore a backup'],
  13: ['storage-full', 'the disk of the database is full'],
  14: ['storage-failed', 'the database file cannot be opened'],
  26: ['storage-failed', 'the file is not a database'],
}

const IO_ERROR = 10

/** A failure of SQLite as the fault to answer with; anything else as it came. */
export function asStorageFault(thrown: unknown, file: string): unknown {
  const code = resultCode(thrown)
  if (code === undefined) return thrown
  // SQLite reports a full disk as an I/O error where it grows the shared-memory file of the log.
  const known = faultCodes[code === IO_ERROR && isDiskFull(file) ? 13 : code]
  return known ? new Fault(known[0], `${known[1]} (${file})`, { cause: thrown }) : thrown
}

function resultCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown)) return undefined
  return typeof thrown.errcode === 'number' ? thrown.errcode & 0xff : undefined
}

function isDiskFull(file: string): boolean {
  try {
    return statfsSync(dirname(file)).bavail === 0
  } catch {
    return false // The volume is gone as well: not full, failed.
  }
}
