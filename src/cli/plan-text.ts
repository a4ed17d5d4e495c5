import { writeDiff } from './diff-text.ts'
import { listAt, type Resource, textAt } from './resource.ts'
import { clean, type Paint } from './text.ts'

const signs = {
  created: ['+', 'good'],
  updated: ['~', 'warn'],
  deleted: ['-', 'bad'],
} as const
type Sign = keyof typeof signs

/** What would change, resource by resource and field by field. */
export function writePlan(changes: readonly Resource[], paint: Paint): readonly string[] {
  return changes.flatMap((change) => {
    const [sign, style] = signs[textAt(change, 'change') as Sign] ?? ['~', 'warn']
    const name = clean(textAt(change, 'displayName') || textAt(change, 'id'))
    const title = paint(style, `${sign} ${clean(textAt(change, 'resource'))} ${name}`)
    return [title, ...writeDiff(listAt(change, 'diff').map(withoutId), paint)]
  })
}

/** What is not there yet gets another id when it is made. */
function withoutId(difference: Resource): Resource {
  const { path, before, after } = difference
  if (path !== '' || (before !== null && before !== undefined)) return difference
  const { id: _, appId: __, ...facts } = Object(after)
  return { ...difference, after: facts }
}

const future = { created: 'to create', updated: 'to change', deleted: 'to delete' } as const
const past = { created: 'created', updated: 'changed', deleted: 'deleted' } as const

/** `1 to create, 2 to change`, or with `isDone` in the past; `''` where there is nothing. */
export function countPlan(changes: readonly Resource[], isDone = false): string {
  const words = isDone ? past : future
  return Object.entries(words)
    .map(([kind, word]) => ({
      word,
      count: changes.filter((each) => textAt(each, 'change') === kind).length,
    }))
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count} ${word}`)
    .join(', ')
}

/** What of a plan somebody should know before they say yes. [P8] */
export function warningsOf(changes: readonly Resource[]): readonly string[] {
  const list = 'onPremisesPublishing/onPremisesApplicationSegments'
  return changes
    .filter((change) => textAt(change, 'change') === 'updated')
    .filter(
      ({ before, after }) => listAt(before, list).length > 0 && listAt(after, list).length === 0,
    )
    .map((change) => {
      const closed = textAt(change['after'], 'onPremisesPublishing/whenNoSegments') === 'closed'
      const then = closed
        ? 'it then lets nobody in'
        : 'it then publishes every host under its wildcard'
      return `${textAt(change, 'displayName')} loses its last segment: ${then}.`
    })
}
