import { isDeepStrictEqual } from 'node:util'
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { isMergeKey } from './joined-document.ts'
import type { Resource } from './resource.ts'

/**
 * Makes a YAML document say `value`, and leaves everything that says it already as it is written: comments, order, quotes, anchors.
 * Where an anchor stands in the way, its aliases are written out.
 */
export function updateDocument(yaml: Document, value: Resource): void {
  update(yaml, value)
  if (says(yaml, value)) return
  // What an anchor says was changed, and its aliases mean the old: each gets a copy of its own.
  writeOutAliases(yaml)
  update(yaml, value)
  if (!says(yaml, value)) yaml.contents = createNode(yaml, value)
}

function says(yaml: Document, value: Resource): boolean {
  return isDeepStrictEqual(inOneOrder(yaml.toJS(), ''), inOneOrder(value, ''))
}

/** The same where the order says something; else in an order that only depends on what is there. */
function inOneOrder(value: unknown, name: string): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => inOneOrder(item, ''))
    if (!unordered.has(name)) return items
    return items
      .map((item) => ({ item, text: JSON.stringify(item) }))
      .toSorted((one, other) => (one.text < other.text ? -1 : 1))
      .map(({ item }) => item)
  }
  if (!isRecord(value)) return value
  const names = Object.keys(value).toSorted()
  return Object.fromEntries(names.map((each) => [each, inOneOrder(value[each], each)]))
}

function update(yaml: Document, value: Resource): void {
  yaml.contents = updateNode(yaml, yaml.contents, value, '') as typeof yaml.contents
}

function updateNode(yaml: Document, node: unknown, value: unknown, name: string): Node {
  if (isNode(node) && isDeepStrictEqual(node.toJS(yaml), value)) return node
  if (isMap(node) && isRecord(value)) return updateMap(yaml, node, value)
  if (isSeq(node) && Array.isArray(value)) return updateList(yaml, node, value, name)
  if (isScalar(node) && !isRecord(value) && !Array.isArray(value)) {
    node.value = value
    delete node.source
    return node
  }
  return keepComments(createNode(yaml, value), node)
}

function isRecord(value: unknown): value is Resource {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function createNode(yaml: Document, value: unknown): Node {
  // Equal lists are no reason for an anchor.
  return yaml.createNode(value, { aliasDuplicateObjects: false }) as Node
}

function keepComments(made: Node, before: unknown): Node {
  if (!isNode(before)) return made
  if (before.commentBefore) made.commentBefore = before.commentBefore
  if (before.comment && !isCollection(made)) made.comment = before.comment
  return made
}

function updateMap(yaml: Document, node: YAMLMap, value: Resource): Node {
  // What is merged in is someone else's to say: from now on it stands here in full.
  node.items = node.items.filter((pair) => keyOf(pair) !== '<<' && keyOf(pair) in value)
  let place = 0
  for (const [name, part] of Object.entries(value)) {
    const index = node.items.findIndex((pair) => keyOf(pair) === name)
    if (index >= 0) {
      const pair = node.items[index] as Pair
      pair.value = updateNode(yaml, pair.value, part, name)
      place = index + 1
      continue
    }
    // After the one that it stands behind where nobody has touched it.
    node.items.splice(place++, 0, yaml.createPair(name, part) as Pair)
  }
  return node
}

function keyOf({ key }: Pair): string {
  return isScalar(key) && !isMergeKey(key.value) ? String(key.value) : '<<'
}

/** Lists whose order says nothing: whoever wrote it may keep theirs. */
const unordered: ReadonlySet<string> = new Set([
  ...['connectorGroups', 'users', 'groups', 'namedLocations', 'tokenLifetimePolicies'],
  ...['identityProviders', 'applications', 'conditionalAccessPolicies', 'directoryRoles'],
  ...['assignments', 'permissions', 'members'],
])

function updateList(yaml: Document, node: YAMLSeq, value: readonly unknown[], name: string): Node {
  const open = node.items.map((each) => ({
    node: each,
    said: isNode(each) ? (each.toJS(yaml) as unknown) : undefined,
  }))
  const found = value.map((item) => {
    const index = open.findIndex(({ said }) => isSame(said, item))
    return index < 0 ? undefined : open.splice(index, 1)[0]
  })
  const made = value.map((item, index) => updateNode(yaml, found[index]?.node, item, ''))
  const written = new Map(found.flatMap((each, index) => (each ? [[each.node, made[index]]] : [])))
  const kept = node.items.flatMap((each) => written.get(each as Node) ?? [])
  const added = made.filter((_, index) => found[index] === undefined)
  node.items = unordered.has(name) ? [...kept, ...added] : made
  return node
}

const identities = [
  ...['id', 'userPrincipalName', 'externalUrl', 'resource', 'claimValue', 'cidrAddress'],
  ...['displayName', 'name'],
]

/** Whether both are the same thing, though they may say different things of it. */
export function isSame(one: unknown, other: unknown): boolean {
  if (!isRecord(one) || !isRecord(other)) return isDeepStrictEqual(one, other)
  const known = identities.find((name) => one[name] !== undefined && other[name] !== undefined)
  if (known === undefined) return isDeepStrictEqual(one, other)
  return fold(one[known]) === fold(other[known])
}

function fold(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value
}

function writeOutAliases(yaml: Document): void {
  visit(yaml, {
    Alias: (_, node) => (isAlias(node) ? createNode(yaml, node.toJS(yaml)) : undefined),
  })
}
