import { command } from './command.ts'
import { applyPlan, compare } from './configuration.ts'
import { convertExport } from './entra-document.ts'
import { type EntraExport, readExport } from './entra-export.ts'
import type { DomainMap, ReportEntry } from './entra-report.ts'
import { failure, usageFailure } from './failure.ts'
import { flag, readInputFile, severalNeeded, severalWhole } from './parameter.ts'
import type { Session } from './session.ts'
import { clean, type Style } from './text.ts'

/** `sallyport import entra`: what Microsoft Graph says of an application proxy, as a configuration of this edge. [G6] */
const entra = command({
  name: 'entra',
  summary:
    'an Entra application proxy, from JSON of Microsoft Graph; prints a document and a report',
  kind: 'remove',
  plansItself: true,
  examples: [
    'import entra applications.json principals.json assignments.json > sallyport.yaml',
    'import entra *.json --domain-map msappproxy.net=apps.contoso.com',
    'import entra *.json --domain-map msappproxy.net=apps.contoso.com --apply --reason "off the cloud"',
  ],
  takes: {
    files: severalNeeded(
      'file',
      'JSON as Graph Explorer, az rest or Graph PowerShell write it; - is stdin',
      'files',
    ),
  },
  options: {
    domainMap: severalWhole(
      'from=to',
      'the end of host names, and what takes its place; several times',
    ),
    apply: flag('apply the document to the edge; otherwise it is only printed'),
    dryRun: flag('with --apply: show what would change, and change nothing'),
  },
  async run(session, { files, domainMap, apply, dryRun }) {
    const { out } = session
    const map = readDomainMap(domainMap)
    out.progress(`Reading ${files.length} files …`)
    const { document, report } = convertExport(await readFiles(files), map)
    if (out.isJson && !apply) out.json({ document, report })
    else if (!apply) {
      const { writeFresh } = await import('./export-files.ts')
      out.line(writeFresh(document, undefined).trimEnd())
    }
    if (!out.isJson) tellReport(session, report)
    if (!Array.isArray(document['applications'])) {
      throw failure('nothing-published', 'There is no published application in these files.', [
        'Lists leave onPremisesPublishing out: ask for each one with $select=id,appId,displayName,appRoles,onPremisesPublishing.',
      ])
    }
    if (!apply) return
    const open = report.filter(({ kind }) => kind === 'open')
    if (open.length > 0) {
      const details = open.map(({ path, message }) => `${path}: ${message}`)
      throw failure(
        'import-open',
        'Something has to be decided first; nothing was changed.',
        details,
      )
    }
    const changes = await compare(session, document, false)
    await applyPlan(session, { document, changes, prune: false, dryRun })
  },
})

/** An export of a large tenant; more than this is somebody's whole directory. */
const objectsMax = 200_000

async function readFiles(files: readonly string[]): Promise<EntraExport> {
  const read: EntraExport[] = []
  for (const file of files) read.push(readExport(file === '-' ? 'stdin' : file, await parse(file)))
  const objects = read.flatMap((each) => each.objects)
  if (objects.length > objectsMax) throw usageFailure(`These are more than ${objectsMax} objects.`)
  return { objects, problems: read.flatMap((each) => each.problems) }
}

async function parse(file: string): Promise<unknown> {
  const text = readInputFile(file)
  try {
    return JSON.parse(text)
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw usageFailure(`${await placeOfFault(file, text)} is no JSON: ${cause.message}.`)
  }
}

// The parser that knows places takes a second for a megabyte.
const placedMaxCharacters = 1024 * 1024

/** The file with line and column of what is wrong, as far as another parser finds it wrong, too. */
async function placeOfFault(file: string, text: string): Promise<string> {
  if (text.length > placedMaxCharacters) return file
  const { parseConfiguration, problemsIn } = await import('./configuration-file.ts')
  const place = problemsIn(parseConfiguration(file, text))[0]?.place
  return place ? `${file}:${place.line}:${place.column}` : file
}

function readDomainMap(written: readonly string[]): DomainMap {
  const pairs = written.map((text) => {
    const [, from, to] =
      /^\*?\.?([a-z0-9._-]+)=\*?\.?([a-z0-9._-]+(?::[0-9]{1,5})?)$/i.exec(text) ?? []
    if (from === undefined || to === undefined) {
      throw usageFailure(`${text} is no map of host names such as msappproxy.net=apps.contoso.com.`)
    }
    return [from.toLowerCase(), to.toLowerCase()] as const
  })
  return new Map(pairs)
}

const marks: Readonly<Record<ReportEntry['kind'], readonly [string, Style, string]>> = {
  changed: ['~', 'warn', 'changed'],
  left: ['–', 'dim', 'not taken over'],
  open: ['✗', 'bad', 'to be decided'],
}

function tellReport({ out }: Session, report: readonly ReportEntry[]): void {
  for (const { kind, path, message, fix } of report) {
    const [mark, style] = marks[kind]
    out.sayParagraph(`${out.paintTalk(style, mark)} ${clean(path)}   ${clean(message)}`, 2)
    if (fix !== undefined) out.say(`  Fix:  ${clean(fix)}`)
  }
  const counts = Object.entries(marks).map(([kind, [, , word]]) => {
    return `${report.filter((each) => each.kind === kind).length} ${word}`
  })
  out.say(`${counts.join(', ')}.`)
}

export const importing = [entra]
