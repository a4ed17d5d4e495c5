import { type Resource, textAt, valueAt } from './resource.ts'
import { clean, type Paint } from './text.ts'

/** A list of `{path, before, after}` as lines with - and +, as version control writes them. */
export function writeDiff(changes: readonly Resource[], paint: Paint): readonly string[] {
  return changes.flatMap((change) => {
    const [before, after] = [valueAt(change, 'before'), valueAt(change, 'after')]
    const path = clean(textAt(change, 'path'))
    return [
      ...(isThere(before) ? [paint('bad', `  - ${path}: ${write(before)}`)] : []),
      ...(isThere(after) ? [paint('good', `  + ${path}: ${write(after)}`)] : []),
    ]
  })
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null
}

function write(value: unknown): string {
  return clean(typeof value === 'string' ? value : JSON.stringify(value))
}
