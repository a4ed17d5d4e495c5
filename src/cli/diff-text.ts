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
  const [before, after] = [valueAt(change, 'before'), valueAt(change, 'after')]
  if (textAt(change, 'path') !== '') return [change]
  const names = new Set([before, after].flatMap((value) => Object.keys(Object(value))))
  return [...names].map((path) => ({
    path,
    before: valueAt(before, path),
    after: valueAt(after, path),
  }))
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null
}

function write(value: unknown): string {
  return clean(typeof value === 'string' ? value : JSON.stringify(value))
}
