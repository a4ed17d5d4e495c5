import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, extname, join, relative } from 'node:path'
import { command } from './command.ts'
import { flag, option } from './parameter.ts'
import { type Resource, withoutAnnotations } from './resource.ts'

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
    // What knows YAML is loaded behind the first word.
    const { readTarget, writeFresh, writeShare } = await import('./export-files.ts')
    const { shareOut } = await import('./export-shares.ts')
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
      const text = writeShare(share, relative(dirname(share.name), schemaFile))
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
