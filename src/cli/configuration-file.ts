import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Document, LineCounter, parseDocument } from 'yaml'
import { usageFailure } from './failure.ts'
import { readTextFile } from './input-file.ts'
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
  const facts = statSync(name, { throwIfNoEntry: false })
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
  try {
    const yaml = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false })
    return { name, text, yaml, lines }
  } catch (cause) {
    // Ten thousand brackets inside each other end the parser's stack.
    if (!(cause instanceof RangeError)) throw cause
    throw usageFailure(`${name} is nested too deeply.`)
  }
}

/** What is no YAML: the first of each line, because others follow from it. */
export function problemsIn(file: ConfigurationFile): readonly Problem[] {
  const lineOf = (offset: number) => file.lines.linePos(offset).line
  const first = file.yaml.errors.filter(
    ({ pos }, index, all) =>
      all.findIndex((each) => lineOf(each.pos[0]) === lineOf(pos[0])) === index,
  )
  return first.map(({ code, message, pos: [from, to] }) =>
    problemAt(file, [from, Math.max(to, from + 1)], {
      code: `yaml-${code.toLowerCase().replaceAll('_', '-')}`,
      message: `${message.split('\n', 1)[0]}`,
    }),
  )
}
