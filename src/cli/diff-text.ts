import { type Resource, textAt, valueAt } from './resource.ts'
import { clean, type Paint } from './text.ts'

/** A list of `{path, before, after}` as lines with - and +, as version control writes them. */
export function writeDiff(changes: readonly Resource[], paint: Paint): readonly string[] {
  return changes.flatMap(spread).flatMap((change) => {
    const [before, after] = [valueAt(change, 'before'), valueAt(change, 'after')]
    const path = clean(textAt(change, 'path'))
    return [
      ...(isThere(before) ? [paint('bad', `  - ${path}: ${write(before)}`)] : []),
      ...(isThere(after) ? [paint('good', `  + ${path}: ${write(after)}`)] : []),
    ]
  })
}

/** What is there anew or no more comes whole, under no path: its properties are easier to read one by one. */
function spread(change: Resource): readonly Resource[] {
  if (textAt(change, 'path') !== '') return [change]
  return ['before', 'after'].flatMap((side) =>
    leavesOf(valueAt(change, side), '').map(([path, value]) => ({ path, [side]: value })),
  )
}

/** Every property that says something, with the way to it. */
function leavesOf(value: unknown, path: string): readonly (readonly [string, unknown])[] {
  if (value === null || value === undefined || value === '') return []
  const isList = Array.isArray(value) && value.every((each) => typeof each !== 'object')
  if (typeof value !== 'object' || isList) return isEmptyList(value) ? [] : [[path, value]]
  return Object.entries(value).flatMap(([name, part]) =>
    leavesOf(part, path === '' ? name : `${path}/${name}`),
  )
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null
}

function write(value: unknown): string {
  return clean(typeof value === 'string' ? value : JSON.stringify(value))
}
