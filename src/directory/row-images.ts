import { type RawBuilder, sql } from 'kysely'
import { type JournaledTable, journaledTable } from './journaled-tables.ts'
import type { RowImage } from './revision.ts'
import type { Rows } from './storage.ts'

type Values = Readonly<Record<string, string | number | null>>

/** Rows as the journal keeps them, where the columns say so; `limit`: not more than that. */
export async function selectImages(
  rows: Rows,
  table: JournaledTable,
  where: Values,
  limit: number,
): Promise<readonly RowImage[]> {
  const columns = [...table.columns, ...table.carried].map((column) => sql.ref(column))
  const { rows: found } = await sql<RowImage>`
    select ${sql.join(columns)} from ${sql.table(table.name)}
    where ${conditionOf(where)} limit ${limit}
  `.execute(rows)
  return found.map((image) => ({ ...image }))
}

/** The row of this key. */
export async function findImage(
  rows: Rows,
  table: JournaledTable,
  image: RowImage,
): Promise<RowImage | undefined> {
  const [found] = await selectImages(rows, table, keyOf(table, image), 1)
  return found
}

/** Writes the row that has this key; `others`: the columns that the journal never sees. */
export async function insertImage(
  rows: Rows,
  table: JournaledTable,
  image: RowImage,
  others: Values,
): Promise<void> {
  const values = { ...image, ...others }
  await sql`
    insert into ${sql.table(table.name)} (${sql.join(Object.keys(values).map((name) => sql.ref(name)))})
    values (${sql.join(Object.values(values))})
  `.execute(rows)
}

/** Makes the row of this key say what the image says; `others` as above, as far as they change with it. */
export async function updateImage(
  rows: Rows,
  table: JournaledTable,
  image: RowImage,
  others: Values,
): Promise<void> {
  const values = { ...pick(image, table.columns), ...others }
  const set = Object.entries(values).map(([name, value]) => sql`${sql.ref(name)} = ${value}`)
  await sql`
    update ${sql.table(table.name)} set ${sql.join(set)} where ${conditionOf(keyOf(table, image))}
  `.execute(rows)
}

export async function deleteImage(
  rows: Rows,
  table: JournaledTable,
  image: RowImage,
): Promise<void> {
  await sql`
    delete from ${sql.table(table.name)} where ${conditionOf(keyOf(table, image))}
  `.execute(rows)
}

/** What tells the row from all others of its table, as the journal writes it. */
export function keyText(table: JournaledTable, image: RowImage): string {
  return JSON.stringify(table.key.map((column) => image[column]))
}

/** Whether two rows say the same, but for what is carried along. */
export function isSame(table: JournaledTable, one: RowImage, other: RowImage): boolean {
  return table.columns.every((column) => one[column] === other[column])
}

/** What people call the row. */
export function nameOf(table: JournaledTable, image: RowImage): string {
  const { label } = table
  if ('column' in label) return String(image[label.column])
  if ('ids' in label) return label.ids.map((column) => image[column]).join(' ')
  const document = JSON.parse(String(image['document'])) as Record<string, unknown>
  return String(document[label.member] ?? '')
}

/** The table that the change of a row is about. */
export function tableOf(change: { readonly table: JournaledTable['name'] }): JournaledTable {
  return journaledTable(change.table)
}

function keyOf(table: JournaledTable, image: RowImage): Values {
  return pick(image, table.key)
}

function pick(image: RowImage, columns: readonly string[]): Values {
  return Object.fromEntries(columns.map((column) => [column, image[column] ?? null]))
}

function conditionOf(where: Values): RawBuilder<unknown> {
  const parts = Object.entries(where).map(([name, value]) => sql`${sql.ref(name)} = ${value}`)
  return sql.join(parts, sql` and `)
}

/** The key's columns, joined by a slash. */
export function idOf(table: JournaledTable, image: RowImage): string {
  return table.key.map((column) => image[column]).join('/')
}
