import { type RawBuilder, sql } from 'kysely'
import { type JournaledTable, journaledTable } from './journaled-tables.ts'
import { insertRows, standIn } from './many-rows.ts'
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

/** Writes rows of one table; `others`: the columns that the journal never sees. */
export async function insertImages(
  rows: Rows,
  table: JournaledTable,
  images: readonly RowImage[],
  others: Values,
): Promise<void> {
  const complete = images.map((image) => ({ ...image, ...others }))
  await insertRows(rows, table.name, complete)
}

/** Makes the rows of these keys say what the images say; `others` as above, as far as they change with it. */
export async function updateImages(
  rows: Rows,
  table: JournaledTable,
  images: readonly RowImage[],
  others: Values,
): Promise<void> {
  const columns = [...table.columns, ...Object.keys(others)]
  const set = columns.map((name) => sql`${sql.ref(name)} = ${standIn}`)
  const update = sql`
    update ${sql.table(table.name)} set ${sql.join(set)} where ${keyCondition(table)}
  `.compile(rows)
  const added = Object.values(others)
  for (const image of images) {
    const values = valuesOf(image, table.columns)
    const parameters = [...values, ...added, ...valuesOf(image, table.key)]
    await rows.executeQuery({ ...update, parameters })
  }
}

export async function deleteImages(
  rows: Rows,
  table: JournaledTable,
  images: readonly RowImage[],
): Promise<void> {
  const remove = sql`delete from ${sql.table(table.name)} where ${keyCondition(table)}`
  const compiled = remove.compile(rows)
  for (const image of images) {
    await rows.executeQuery({ ...compiled, parameters: valuesOf(image, table.key) })
  }
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

function keyCondition(table: JournaledTable): RawBuilder<unknown> {
  return conditionOf(Object.fromEntries(table.key.map((column) => [column, standIn])))
}

function valuesOf(image: RowImage, columns: readonly string[]): RowImage[string][] {
  return columns.map((column) => image[column] ?? null)
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
