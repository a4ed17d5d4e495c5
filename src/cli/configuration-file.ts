import { readdirSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import { usageFailure } from './failure.ts'
import { readTextFile, unreadable } from './input-file.ts'
import { type Problem, problemAt } from './problem.ts'

/** One YAML or JSON file of the configuration, with the places of everything in it. */
export interface ConfigurationFile {
  /** As it was typed, or found in a folder; `stdin`. */
  readonly name: string
  readonly text: string
  readonly yaml: Document.Parsed
  readonly lines: LineCounter
}

/** As much as the edge takes at a time; a file of more is something else. */
const fileMaxBytes = 16 * 1024 * 1024
/** More files than this are no configuration, but a folder that was mistyped. */
const filesMax = 2_000
/** Deeper folders are somebody's home. */
const depthMax = 8

/** Files and folders in the order given, folders from a to z. Throws a usage Failure for what cannot be read. */
export function readConfigurationFiles(names: readonly string[]): readonly ConfigurationFile[] {
  const found = names.flatMap((name) => (name === '-' ? [name] : listFiles(name, 0)))
  if (found.length > filesMax) throw usageFailure(`These are more than ${filesMax} files.`)
  return [...new Set(found)].map(readConfigurationFile)
}

/** What a folder holds of the configuration; the file itself where it is none. Throws a usage Failure. */
function listFiles(name: string, depth: number): readonly string[] {
  const facts = factsOf(name)
  if (facts === undefined) throw usageFailure(`${name} is not there.`)
  if (!facts.isDirectory()) return [name]
  if (depth > depthMax) throw usageFailure(`${name} is more than ${depthMax} folders deep.`)
  const entries = readdirSync(name, { withFileTypes: true })
  return entries
    .filter((entry) => !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .filter((entry) => entry.isDirectory() || isConfiguration(entry.name))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => listFiles(join(name, entry.name), depth + 1))
}

function factsOf(name: string): Stats | undefined {
  try {
    return statSync(name, { throwIfNoEntry: false })
  } catch (cause) {
    throw unreadable(name, cause)
  }
}

function isConfiguration(name: string): boolean {
  return /\.(?:ya?ml|json)$/.test(name) && !name.endsWith('.schema.json')
}

function readConfigurationFile(name: string): ConfigurationFile {
  const text = readTextFile(name, fileMaxBytes)
  return parseConfiguration(name === '-' ? 'stdin' : name, text)
}

/** The text as YAML, of which JSON is a part. Throws a usage Failure for one that no parser should be given. */
export function parseConfiguration(name: string, text: string): ConfigurationFile {
  const lines = new LineCounter()
  expectText(name, text)
  try {
    // Warnings would be printed past us.
    const told = { prettyErrors: false, logLevel: 'error' } as const
    const yaml = parseDocument(text, { lineCounter: lines, merge: true, ...told })
    return { name, text, yaml, lines }
  } catch (cause) {
    // Ten thousand brackets inside each other end the parser's stack.
    if (!(cause instanceof RangeError)) throw cause
    throw usageFailure(`${name} is nested too deeply.`)
  }
}

// YAML 1.2 §5.1: what else there is below a blank stands in no text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are none
const noText = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/

function expectText(name: string, text: string): void {
  const at = text.search(noText)
  if (at < 0) return
  const lines = text.slice(0, at).split('\n')
  const code = text.charCodeAt(at).toString(16).padStart(4, '0')
  const place = `${name}:${lines.length}:${(lines.at(-1) ?? '').length + 1}`
  throw usageFailure(`${place} is no text: it holds the control character U+${code}.`)
}

/** What is no YAML: the first of each line, because others follow from it. */
export function problemsIn(file: ConfigurationFile): readonly Problem[] {
  const lineOf = (offset: number) => file.lines.linePos(offset).line
  const first = file.yaml.errors.filter(
    ({ pos }, index, all) =>
      all.findIndex((each) => lineOf(each.pos[0]) === lineOf(pos[0])) === index,
  )
  const broken = first.map(({ code, message, pos: [from, to] }) =>
    problemAt(file, [from, Math.max(to, from + 1)], {
      code: `yaml-${code.toLowerCase().replaceAll('_', '-')}`,
      message: sentences[code] ?? `${message.split('\n', 1)[0]}`,
    }),
  )
  return broken.length > 0 ? broken : strangeNames(file)
}

/** What the parser says to programmers. */
const sentences: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'a file holds one document: what follows --- belongs into another file',
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
}

/** Names that are none, and words for what is not there. */
function strangeNames(file: ConfigurationFile): readonly Problem[] {
  const problems: Problem[] = []
  const anchors = new Set<string>()
  const say = (
    range: readonly [number, number, ...number[]] | null | undefined,
    message: string,
  ) => {
    const [from, to] = range ?? [0, 1]
    problems.push(problemAt(file, [from, Math.max(to, from + 1)], { code: 'yaml-syntax', message }))
  }
  visit(file.yaml, {
    Node: (_, node) => {
      if ('anchor' in node && node.anchor !== undefined) anchors.add(node.anchor)
    },
    Alias: (_, node) => {
      if (anchors.has(node.source)) return
      say(node.range, `nothing is called &${node.source} before it`)
    },
    Pair: (_, { key }) => {
      if (isScalar(key) && key.value !== '__proto__') return
      say((key as { range?: [number, number, number] } | null)?.range, 'this can be no name')
    },
  })
  return problems
}
