import { statSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { Document, isMap, isPair, isSeq } from 'yaml'
import {
  type ConfigurationFile,
  parseConfiguration,
  problemsIn,
  readConfigurationFiles,
} from './configuration-file.ts'
import type { Share } from './export-shares.ts'
import { usageFailure } from './failure.ts'
import { keepLines } from './kept-lines.ts'
import type { Resource } from './resource.ts'
import { printYaml } from './yaml-print.ts'
import { updateDocument } from './yaml-update.ts'

/** What is there already. Throws a usage Failure where that cannot be understood: it would be lost. */
export function readTarget(target: string): readonly ConfigurationFile[] {
  if (statSync(target, { throwIfNoEntry: false }) === undefined) return []
  const files = readConfigurationFiles([target])
  const problem = files.flatMap(problemsIn)[0]
  if (problem === undefined) return files
  const { file, line, column } = problem.place ?? { file: target, line: 1, column: 1 }
  throw usageFailure(
    `${file}:${line}:${column} is no YAML (${problem.message}), so it is not written over.`,
  )
}

/** The text of a file that says what its share is. */
export function writeShare({ name, file, value }: Share, schemaPath: string): string {
  if (name.endsWith('.json')) return `${JSON.stringify(value, null, 2)}\n`
  if (file === undefined) return writeFresh(value, schemaPath)
  const options = { ...style, ...styleOf(file.text) }
  const before = file.yaml.toString(options)
  updateDocument(file.yaml, value)
  const after = printYaml(file.yaml, options)
  const text = keepLines(file.text.replaceAll('\r\n', '\n'), before, after)
  const said = isSameYaml(text, after) ? text : after
  return file.text.includes('\r\n') ? said.replaceAll('\n', '\r\n') : said
}

/** How somebody indents: new lines are to stand among theirs. */
function styleOf(text: string) {
  const [, blanks = '  '] = /^( {1,8})[^\s#]/m.exec(text) ?? []
  const isFlush = /^( *)[^\s#-][^\n]*:[ ]*\n\1- /m.test(text)
  // The printer takes two blanks away from lists that are not to be indented.
  return { indent: isFlush ? 2 : Math.max(2, blanks.length), indentSeq: !isFlush }
}

function isSameYaml(one: string, other: string): boolean {
  const read = (text: string): unknown => {
    const { yaml } = parseConfiguration('export', text)
    return yaml.errors.length > 0 ? undefined : yaml.toJS()
  }
  return isDeepStrictEqual(read(one), read(other))
}

const style = { lineWidth: 0, flowCollectionPadding: false } as const

/** A document as nobody has touched it: in the order of the API, with a line between resources. */
export function writeFresh(value: Resource, schemaPath: string | undefined): string {
  const yaml = new Document(value, { aliasDuplicateObjects: false })
  if (schemaPath !== undefined) yaml.commentBefore = ` yaml-language-server: $schema=${schemaPath}`
  if (isMap(yaml.contents)) {
    for (const [index, pair] of yaml.contents.items.entries()) {
      if (!isPair(pair)) continue
      if (index > 0) Object.assign(pair.key as object, { spaceBefore: true })
      if (!isSeq(pair.value)) continue
      for (const item of pair.value.items.slice(1))
        Object.assign(item as object, { spaceBefore: true })
    }
  }
  return printYaml(yaml, style)
}
