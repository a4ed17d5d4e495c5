import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, extname, join, relative } from 'node:path'
import { Document, isMap, isPair, isSeq } from 'yaml'
import { command } from './command.ts'
import { type ConfigurationFile, problemsIn, readConfigurationFiles } from './configuration-file.ts'
import { shareOut } from './export-shares.ts'
import { usageFailure } from './failure.ts'
import { flag, option } from './parameter.ts'
import { type Resource, withoutAnnotations } from './resource.ts'
import { updateDocument } from './yaml-update.ts'

const schemaName = 'sallyport.schema.json'

/** `sallyport export`: the configuration as YAML; what is there already keeps its comments and its order. [G6] */
export const exportConfiguration = command({
  name: 'export',
  summary: 'the whole configuration as YAML, without secrets; files keep their comments',
  kind: 'read',
  examples: ['export --out sallyport.yaml', 'export --out configuration/ --users', 'export --json'],
  options: {
    out: option('file or folder', 'where to; a folder gets a file for each application', 'files'),
    users: flag('people, too'),
    ids: flag('the ids of everything, so that names can be changed'),
  },
  async run({ api, out }, { out: target, users, ids }) {
    out.progress('Reading the configuration …')
    const files = target === undefined ? [] : readTarget(target)
    const hasUsers = users || files.some(({ yaml }) => yaml.has('users'))
    const include = [...(ids ? ['ids'] : []), ...(hasUsers ? ['users'] : [])].join(',')
    const path = `/configuration${include === '' ? '' : `?include=${include}`}`
    const configuration = withoutAnnotations(await api.get(path)) as Resource
    if (target === undefined) {
      if (out.isJson) out.json(configuration)
      else out.line(writeFresh(configuration, undefined).trimEnd())
      return
    }
    const isFolder = isFolderName(target)
    const written = shareOut(files, configuration, isFolder ? target : undefined, target)
    const schemaFile = join(isFolder ? target : dirname(target), schemaName)
    writeJson(schemaFile, await api.get('/configuration/schema.json'))
    for (const share of written) {
      const text = writeShare(share.file, share.value, relative(dirname(share.name), schemaFile))
      if (share.file?.text === text) continue
      mkdirSync(dirname(share.name), { recursive: true })
      writeFileSync(share.name, text)
      out.say(`${out.paintTalk('good', '✓')} ${share.name}`)
    }
    if (out.isJson) out.json({ files: written.map(({ name }) => name) })
    out.say(`${target} is what the edge has.`)
  },
})

/** `sallyport schema`: what editors check and complete configuration files with. [G6] */
export const schema = command({
  name: 'schema',
  summary: 'the JSON Schema of configuration files, which editors complete and check with',
  kind: 'read',
  examples: ['schema', `schema --out ${schemaName}`],
  options: { out: option('file', 'where to; the terminal if unsaid', 'files') },
  async run({ api, out }, { out: target }) {
    const described = await api.get('/configuration/schema.json')
    if (target === undefined) out.json(described)
    else {
      writeJson(target, described)
      out.say(`${out.paintTalk('good', '✓')} ${target}`)
    }
  },
})

function writeJson(file: string, value: Resource): void {
  const { '@odata.etag': _, ...described } = value
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(described, null, 2)}\n`)
}

function isFolderName(target: string): boolean {
  const facts = statSync(target, { throwIfNoEntry: false })
  return facts?.isDirectory() ?? (target.endsWith('/') || extname(target) === '')
}

/** What is there already. Throws a usage Failure where that cannot be understood: it would be lost. */
function readTarget(target: string): readonly ConfigurationFile[] {
  if (statSync(target, { throwIfNoEntry: false }) === undefined) return []
  const files = readConfigurationFiles([target])
  const problem = files.flatMap(problemsIn)[0]
  if (problem === undefined) return files
  const { file, line, column } = problem.place ?? { file: target, line: 1, column: 1 }
  throw usageFailure(
    `${file}:${line}:${column} is no YAML (${problem.message}), so it is not written over.`,
  )
}

function writeShare(
  file: ConfigurationFile | undefined,
  value: Resource,
  schemaPath: string,
): string {
  if (file === undefined) return writeFresh(value, schemaPath)
  if (file.name.endsWith('.json')) return `${JSON.stringify(value, null, 2)}\n`
  updateDocument(file.yaml, value)
  return file.yaml.toString(style)
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
  return yaml.toString(style)
}
