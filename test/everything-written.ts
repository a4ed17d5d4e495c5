import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { GraphClient } from '../src/run/graph-client.ts'

/** All that an edge keeps in its folder: every file but its keys, and every row of its database. By where it stands. */
export async function everythingKept(dataFolder: string): Promise<Map<string, string>> {
  const kept = new Map<string, string>()
  const files = await readdir(dataFolder, { recursive: true, withFileTypes: true })
  for (const file of files) {
    if (!file.isFile() || file.name === 'keys.json') continue
    const path = join(file.parentPath, file.name)
    kept.set(file.name, (await readFile(path)).toString('latin1'))
    if (file.name.endsWith('.sqlite')) dump(path, kept)
  }
  return kept
}

// A long value is spread over pages of the file, so that a search of the file alone could miss it.
function dump(path: string, into: Map<string, string>): void {
  using database = new DatabaseSync(path, { readOnly: true })
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
  for (const { name } of tables) {
    const rows = database.prepare(`SELECT * FROM "${name}"`).all()
    into.set(`table ${name}`, rows.map((row) => Object.values(row).map(asText).join('\n')).join())
  }
}

function asText(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)
}

const lists = [
  ...['auditLogs/signIns', 'auditLogs/directoryAudits', 'users', 'applications'],
  ...['servicePrincipals', 'identity/identityProviders', 'requests'],
]

/** What the management API answers to whoever may read everything; `paths` besides what all edges have. */
export async function everythingTold(
  graph: GraphClient,
  paths: readonly string[] = [],
): Promise<Map<string, string>> {
  const told = new Map<string, string>()
  for (const path of [...lists, ...paths]) {
    const top = /^(?:auditLogs|requests)/.test(path) ? '?$top=500' : ''
    told.set(path, JSON.stringify(await graph.call('GET', `/${path}${top}`)))
  }
  return told
}
