import { type Document, isAlias, isMap, isNode, isPair, isScalar, isSeq, type Node } from 'yaml'
import { type ConfigurationFile, problemsIn } from './configuration-file.ts'
import { type Problem, problemAt } from './problem.ts'
import type { Resource } from './resource.ts'

/** Several files as the one document that the edge takes. */
export interface JoinedDocument {
  readonly document: Resource
  readonly problems: readonly Problem[]
  /** A problem of the edge's with its place in the files. */
  locate(problem: Problem): Problem
}

/** Where something of the document comes from: a file and the way to it from there. */
interface Origin {
  readonly file: ConfigurationFile
  readonly path: readonly string[]
}

/** An alias may stand for much; what unfolds to more than this was made to fill somebody's memory. */
const maxAliasCount = 1_000
/** As much as the edge takes, counted roughly. */
const unfoldedMaxCharacters = 16 * 1024 * 1024
/** The deepest place of a configuration is at 9. */
const depthMax = 50

/** Joins the files: lists of the same part one after the other. Problems are those of YAML; the edge knows the others. */
export function joinDocuments(files: readonly ConfigurationFile[]): JoinedDocument {
  const problems = files.flatMap(problemsIn)
  const document: Record<string, unknown> = {}
  const origins = new Map<string, Origin>()
  for (const file of problems.length > 0 ? [] : files) {
    const value = readValue(file, problems)
    for (const [name, part] of Object.entries(value)) {
      const known = document[name]
      const list = Array.isArray(known) ? known : []
      if (!origins.has(name)) origins.set(name, { file, path: [name] })
      if (!Array.isArray(part)) {
        document[name] = part
        origins.set(name, { file, path: [name] })
        continue
      }
      for (const [index] of part.entries())
        origins.set(`${name}/${list.length + index}`, { file, path: [name, String(index)] })
      document[name] = [...list, ...part]
    }
  }
  return { document, problems, locate: (problem) => locate(problem, origins) }
}

function readValue(file: ConfigurationFile, problems: Problem[]): Resource {
  try {
    const value: unknown = file.yaml.toJS({ maxAliasCount })
    if (sizeOf(value, depthMax, unfoldedMaxCharacters) > unfoldedMaxCharacters) {
      throw new RangeError('unfolds to too much')
    }
    if (value === null || value === undefined) return {}
    if (typeof value === 'object' && !Array.isArray(value)) return value as Resource
    const message = 'a configuration is a list of names with values, such as applications:'
    problems.push(problemAt(file, [0, 1], { code: 'invalid-type', message }))
  } catch (cause) {
    if (!(cause instanceof ReferenceError || cause instanceof RangeError)) throw cause
    const message = 'it unfolds to more, or deeper, than a configuration can be'
    problems.push(problemAt(file, [0, 1], { code: 'yaml-too-much', message }))
  }
  return {}
}

/** About the length of its JSON, counted until it is more than `room`; what is deeper than `depth`, or in itself, is more. */
function sizeOf(value: unknown, depth: number, room: number): number {
  if (typeof value !== 'object' || value === null) return String(value).length + 1
  if (depth === 0) return Number.POSITIVE_INFINITY
  let size = 2
  for (const [name, part] of Object.entries(value)) {
    size += (Array.isArray(value) ? 1 : name.length + 4) + sizeOf(part, depth - 1, room - size)
    if (size > room) break
  }
  return size
}

function locate(problem: Problem, origins: ReadonlyMap<string, Origin>): Problem {
  const { path = '', code } = problem
  const parts = path.split('/').filter((part) => part !== '')
  const whole = origins.get(parts.slice(0, 2).join('/'))
  const origin = whole ?? origins.get(parts[0] ?? '')
  if (origin === undefined) return problem
  const way = [...origin.path, ...parts.slice(whole && parts.length > 1 ? 2 : 1)]
  const range = rangeOf(origin.file.yaml, way, code === 'unknown-property')
  return range ? problemAt(origin.file, range, problem) : problem
}

type Range = readonly [from: number, to: number]

/** The characters of what stands at the end of the way, or as far along it as there is something. */
function rangeOf(
  yaml: Document.Parsed,
  way: readonly string[],
  isName: boolean,
): Range | undefined {
  let node: unknown = yaml.contents
  let found: Range | undefined
  for (const [at, name] of way.entries()) {
    const step = stepInto(yaml, node, name)
    if (!step) break
    const isLast = at === way.length - 1
    const named = rangeOfNode(step.key)
    const valued = isScalar(step.value) || isAlias(step.value) ? rangeOfNode(step.value) : undefined
    const first = named ?? rangeOfFirst(step.value) ?? found
    found = isLast && !isName ? (valued ?? first) : first
    node = step.value
  }
  return found
}

/** `<<`, which the parser makes a symbol. */
export function isMergeKey(value: unknown): boolean {
  return value === '<<' || (typeof value === 'symbol' && value.description === '<<')
}

interface Step {
  readonly key: unknown
  readonly value: unknown
}

function stepInto(yaml: Document.Parsed, node: unknown, name: string): Step | undefined {
  const at = isAlias(node) ? node.resolve(yaml) : node
  if (isSeq(at)) {
    const value = at.items[Number(name)]
    return value === undefined ? undefined : { key: undefined, value }
  }
  if (!isMap(at)) return undefined
  const pair = at.items.find(({ key }) => isScalar(key) && String(key.value) === name)
  if (pair) return { key: pair.key, value: pair.value }
  const merged = at.items.find(({ key }) => isScalar(key) && isMergeKey(key.value))
  return merged && stepInto(yaml, merged.value, name)
}

function rangeOfNode(node: unknown): Range | undefined {
  if (!isNode(node)) return undefined
  const range = (node as Node).range
  return range ? [range[0], Math.max(range[1], range[0] + 1)] : undefined
}

/** A list or a map stands for many lines: its first name points there well enough. */
function rangeOfFirst(node: unknown): Range | undefined {
  if (!isMap(node) && !isSeq(node)) return rangeOfNode(node)
  const [first] = node.items
  return (isPair(first) ? rangeOfNode(first.key) : rangeOfFirst(first)) ?? rangeOfNode(node)
}
