import { sql } from 'kysely'
import { type JournaledTable, journaledTables } from './journaled-tables.ts'
import type { Rows } from './storage.ts'

/**
 * Has the database write every row of configuration that comes, changes or goes into `journal`, by triggers: whatever
 * writes and whatever goes along by a foreign key, nothing is left out. Triggers of an older Sallyport are replaced.
 */
export async function keepJournal(rows: Rows): Promise<void> {
  const { rows: present } = await sql<{ name: string; sql: string }>`
    select name, sql from sqlite_master where type = 'trigger' and name like 'journal!_%' escape '!'
  `.execute(rows)
  // What a migration rewrote is nobody's change.
  await sql`delete from journal where version > (select version from revision)`.execute(rows)
  const known = new Map(present.map((trigger) => [trigger.name, trigger.sql]))
  for (const { name, text } of journaledTables.flatMap(triggersOf)) {
    if (known.get(name) === text) continue
    if (known.has(name)) await sql`drop trigger ${sql.ref(name)}`.execute(rows)
    await sql.raw(text).execute(rows)
  }
}

// Names of our own tables and columns only: nothing of a caller's gets in here.
function triggersOf(table: JournaledTable): readonly { name: string; text: string }[] {
  const { name, columns } = table
  const changed = columns.map((column) => `old.${column} is not new.${column}`).join(' or ')
  const events = [
    ['insert', 'insert', undefined, 'new'],
    ['update', `update of ${columns.join(', ')}`, 'old', 'new'],
    ['delete', 'delete', 'old', undefined],
  ] as const
  return events.map(([event, when, before, after]) => {
    const trigger = `journal_${name}_${event}`
    const condition = event === 'update' ? ` when ${changed}` : ''
    const text = `create trigger ${trigger} after ${when} on ${name}${condition} begin
  insert into journal (version, table_name, row_key, label, "before", "after") values (
    (select version + 1 from revision), '${name}', ${keyOf(table, after ?? before)},
    ${labelOf(table, after ?? before)}, ${imageOf(table, before)}, ${imageOf(table, after)}
  );
end`
    return { name: trigger, text }
  })
}

function keyOf({ key }: JournaledTable, side: string): string {
  return `json_array(${key.map((column) => `${side}.${column}`).join(', ')})`
}

function labelOf({ label }: JournaledTable, side: string): string {
  if ('column' in label) return `${side}.${label.column}`
  if ('ids' in label) return label.ids.map((column) => `${side}.${column}`).join(" || ' ' || ")
  return `json_extract(${side}.document, '$.${label.member}')`
}

function imageOf({ columns, carried }: JournaledTable, side: string | undefined): string {
  if (side === undefined) return 'null'
  const members = [...columns, ...carried].map((column) => `'${column}', ${side}.${column}`)
  return `json_object(${members.join(', ')})`
}
