import { join } from 'node:path'
import type { ConfigurationFile } from './configuration-file.ts'
import { type Resource, textAt } from './resource.ts'
import { isSame } from './yaml-update.ts'

/** What one file is to say. */
export interface Share {
  readonly name: string
  /** As it is; undefined where it is not there yet. */
  readonly file: ConfigurationFile | undefined
  readonly value: Resource
}

/**
 * Shares a configuration out among files: what one of them has stays there, what is new goes to `fallback`, or within a folder to
 * the file of its part, applications to one each.
 */
export function shareOut(
  files: readonly ConfigurationFile[],
  configuration: Resource,
  folder: string | undefined,
  fallback: string,
): readonly Share[] {
  const shares = new Map<string, Draft>(
    files.map((file) => [file.name, { file, value: shellOf(file) }]),
  )
  const shareOf = (name: string) => {
    const known: Draft = shares.get(name) ?? { file: undefined, value: {} }
    shares.set(name, known)
    return known.value
  }
  for (const [part, value] of Object.entries(configuration)) {
    if (!Array.isArray(value)) {
      const home = files.find(({ yaml }) => yaml.has(part))?.name
      shareOf(home ?? (folder === undefined ? fallback : fileOf(folder, 'configuration')))[part] =
        value
      continue
    }
    const taken = new Set(files.map(({ name }) => name))
    // An empty list says that there is none; where files are new, it says nothing.
    if (value.length === 0 && folder === undefined) shareOf(fallback)[part] ??= []
    for (const item of value as readonly Resource[]) {
      const home = files.find((file) => hasItem(file, part, item))?.name
      const name = home ?? (folder === undefined ? fallback : placeOf(folder, part, item, taken))
      const share = shareOf(name)
      share[part] = [...((share[part] as unknown[] | undefined) ?? []), item]
    }
  }
  return [...shares].map(([name, { file, value }]) => ({
    name,
    file,
    value: inOrder(value, configuration),
  }))
}

interface Draft {
  readonly file: ConfigurationFile | undefined
  readonly value: Record<string, unknown>
}

/** The parts that a file has, with nothing in them yet. */
function shellOf({ yaml }: ConfigurationFile): Record<string, unknown> {
  const value: unknown = yaml.toJS()
  const parts = Object.entries(Object(value)).filter(([, part]) => Array.isArray(part))
  return Object.fromEntries(parts.map(([name]) => [name, []]))
}

function hasItem({ yaml }: ConfigurationFile, part: string, item: Resource): boolean {
  const items: unknown = Object(yaml.toJS())[part]
  return Array.isArray(items) && items.some((each) => isSame(each, item))
}

function placeOf(folder: string, part: string, item: Resource, taken: Set<string>): string {
  if (part !== 'applications') return fileOf(folder, part)
  const slug =
    textAt(item, 'displayName')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'application'
  const numbers = Array.from({ length: taken.size + 1 }, (_, index) =>
    index === 0 ? '' : `-${index + 1}`,
  )
  const name = numbers
    .map((number) => fileOf(folder, 'applications', `${slug}${number}`))
    .find((each) => !taken.has(each))
  const found = name ?? fileOf(folder, 'applications', textAt(item, 'id'))
  taken.add(found)
  return found
}

function fileOf(folder: string, ...names: readonly string[]): string {
  return `${join(folder, ...names)}.yaml`
}

function inOrder(value: Resource, configuration: Resource): Resource {
  const names = Object.keys(configuration).filter((name) => name in value)
  return Object.fromEntries(names.map((name) => [name, value[name]]))
}
