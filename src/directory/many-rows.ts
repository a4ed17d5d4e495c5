import { sql } from 'kysely'
import type { Tables } from './schema.ts'
import type { Rows } from './storage.ts'

type Row = Readonly<Record<string, unknown>>

/** In the place of every parameter while a statement is put into words, which takes longer than running it. */
export const standIn = 0

// Beyond this a statement gets longer and not faster; SQLite takes 32,766 parameters, and no table has fifty columns.
const rowsPerStatement = 50

/** Writes rows that all have the same columns, in the order in which they come. */
export async function insertRows(
  rows: Rows,
  table: keyof Tables,
  all: readonly Row[],
): Promise<void> {
  const [first] = all
  if (!first) return
  const columns = Object.keys(first)
  const write = async (from: number, to: number, size: number) => {
    if (from === to) return
    const insert = insertStatement(table, columns, size).compile(rows)
    for (let at = from; at < to; at += size) {
      const parameters = all.slice(at, at + size).flatMap((row) => columns.map((name) => row[name]))
      await rows.executeQuery({ ...insert, parameters })
    }
  }
  // The rest goes one by one: every length of a statement would be one more to keep prepared.
  const even = all.length - (all.length % rowsPerStatement)
  await write(0, even, rowsPerStatement)
  await write(even, all.length, 1)
}

function insertStatement(table: keyof Tables, columns: readonly string[], size: number) {
  const one = sql`(${sql.join(columns.map(() => standIn))})`
  return sql`
    insert into ${sql.table(table)} (${sql.join(columns.map((name) => sql.ref(name)))})
    values ${sql.join(new Array(size).fill(one))}
  `
}
