import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

// The documents travel with the sources; an installation without them does without their pages.
const folder = fileURLToPath(new URL('../../docs', import.meta.url))
const overviewFile = fileURLToPath(new URL('../../llms.txt', import.meta.url))

let listed: ReadonlyMap<string, string> | undefined

/** Every document by its name, such as `errors/no-connector`, with its file. Listed once: no name can lead elsewhere. */
function documents(): ReadonlyMap<string, string> {
  listed ??= new Map(
    (existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [])
      .filter((path) => path.endsWith('.md'))
      .map((path) => [path.slice(0, -'.md'.length).replaceAll(sep, '/'), join(folder, path)]),
  )
  return listed
}

/** The Markdown of a document by its name; undefined when there is none. Throws the system's error. */
export function readDocument(name: string): string | undefined {
  const file = documents().get(name)
  return file === undefined ? undefined : readFileSync(file, 'utf8')
}

/** The names of the documents in a folder such as `errors/`, in the order of the alphabet. */
export function documentsBelow(folderName: string): readonly string[] {
  return [...documents().keys()].filter((name) => name.startsWith(folderName)).sort()
}

export function isDocument(name: string): boolean {
  return documents().has(name)
}

/** The index of the documents for tools, with links relative to the root of the package; undefined when it is not there. */
export function readOverview(): string | undefined {
  return existsSync(overviewFile) ? readFileSync(overviewFile, 'utf8') : undefined
}
