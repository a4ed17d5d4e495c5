import { writeDiff } from './diff-text.ts'
import { listAt, type Resource, textAt } from './resource.ts'
import { clean, type Paint } from './text.ts'

const signs = {
  created: ['+', 'good'],
  updated: ['~', 'warn'],
  deleted: ['-', 'bad'],
} as const
type Sign = keyof typeof signs

/** What would change, resource by resource and field by field. What would be made is shown as the document has it. */
export function writePlan(
  changes: readonly Resource[],
  document: Resource,
  paint: Paint,
): readonly string[] {
  return changes.flatMap((change) => {
    const [sign, style] = signs[textAt(change, 'change') as Sign] ?? ['~', 'warn']
    const name = clean(textAt(change, 'displayName') || textAt(change, 'id'))
    const title = paint(style, `${sign} ${clean(textAt(change, 'resource'))} ${name}`)
    const written = textAt(change, 'change') === 'created' ? writtenAs(change, document) : undefined
    const diff = written ? [{ path: '', after: written }] : listAt(change, 'diff').map(withoutMade)
    return [title, ...writeDiff(diff, paint)]
  })
}

const sections: Readonly<Record<string, string>> = {
  ...{ application: 'applications', connectorGroup: 'connectorGroups', user: 'users' },
  ...{ group: 'groups', namedLocation: 'namedLocations', identityProvider: 'identityProviders' },
  tokenLifetimePolicy: 'tokenLifetimePolicies',
  conditionalAccessPolicy: 'conditionalAccessPolicies',
}

/** What the edge adds to it are defaults, forty of them for an application. */
function writtenAs(change: Resource, document: Resource): Resource | undefined {
  const name = textAt(change, 'displayName')
  const written = listAt(document, sections[textAt(change, 'resource')] ?? '').find((item) =>
    ['displayName', 'name', 'userPrincipalName'].some((each) => textAt(item, each) === name),
  )
  return written && withoutSecrets(written)
}

/** What is not there yet gets other ids when it is made, and other times. */
function withoutMade(difference: Resource): Resource {
  const { path, before, after } = difference
  if (path !== '' || (before !== null && before !== undefined)) return difference
  const facts = Object.entries(Object(after)).filter(([name]) => !/(?:^i|I)d$|DateTime$/.test(name))
  return { path, after: Object.fromEntries(facts) }
}

function withoutSecrets(item: Resource): Resource {
  const hidden = Object.entries(item).map(([name, value]) => [
    name,
    /secret|password/i.test(name) ? '(a secret)' : value,
  ])
  return Object.fromEntries(hidden)
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
