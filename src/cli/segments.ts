import { ruleColumns, segmentColumns } from './app-facts.ts'
import { appKind, segmentsOf } from './app-kind.ts'
import { command } from './command.ts'
import { usageFailure } from './failure.ts'
import { nameOf, resolve } from './kind.ts'
import { need, option } from './parameter.ts'
import { listAt, type Resource, textAt } from './resource.ts'
import { askFirst } from './session.ts'
import type { Column } from './table.ts'
import { resolveSegment, type SegmentTarget, segmentsIn, segmentsPathOf } from './target.ts'

const theSegment = {
  segment: need('segment', 'host, URL, id, or first label of the host', { namesOf: 'segments' }),
}

const list = command({
  name: 'list',
  summary: 'segments of one application, or of all',
  kind: 'read',
  examples: ['segments list', 'segments list --app Shop --json'],
  options: { app: option('name', 'only those of this application', { namesOf: 'apps' }) },
  async run({ api, out }, { app }) {
    const targets = await segmentsIn(api, app)
    const rows: Row[] = targets.map(({ app, segment }) => ({
      ...segment,
      applicationId: textAt(app, 'id'),
      applicationDisplayName: nameOf(appKind, app),
    }))
    out.list(rows, columns, 'There is no segment: sallyport segments create --help')
  },
})

type Row = Resource & { readonly applicationDisplayName: string }

const columns: readonly Column<Row>[] = [
  { title: 'APPLICATION', value: (row) => row.applicationDisplayName },
  ...segmentColumns,
]

const show = command({
  name: 'show',
  summary: 'one segment, with its CORS rules',
  kind: 'read',
  examples: ['segments show api', 'segments show Shop/api --json'],
  takes: theSegment,
  async run({ api, out }, { segment: word }) {
    const { app, segment } = await resolveSegment(api, word)
    out.item({ ...segment, applicationId: textAt(app, 'id') }, [
      ['Application', nameOf(appKind, app), 'bold'],
      ['External URL', textAt(segment, 'externalUrl')],
      ['Internal URL', textAt(segment, 'internalUrl')],
      ['Alternate URL', textAt(segment, 'alternateUrl')],
      ['Id', textAt(segment, 'id')],
    ])
    const rules = listAt(segment, 'corsConfigurations')
    if (out.isJson || out.isQuiet || rules.length === 0) return
    out.line('')
    out.table(rules, ruleColumns)
  },
})

const urls = {
  external: option('url', 'what people and scripts call: https://api.contoso.com/'),
  internal: option('url', 'where connectors find it: http://api.test:8080/'),
  alternate: option('url', 'another external URL that is served like the first'),
}

function readUrls(input: Readonly<Record<keyof typeof urls, string | undefined>>): Resource {
  const said = {
    externalUrl: input.external,
    internalUrl: input.internal,
    alternateUrl: input.alternate,
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}

const create = command({
  name: 'create',
  summary: 'add a segment to an application, which makes it a complex one',
  kind: 'write',
  examples: [
    'segments create --app Shop --external https://api.contoso.com/ --internal http://api.test/',
  ],
  options: {
    app: need('name', 'the application', { namesOf: 'apps' }),
    ...urls,
    external: need('url', urls.external.text),
    internal: need('url', urls.internal.text),
  },
  async run({ api, out }, { app: word, ...input }) {
    const app = await resolve(api, appKind, word)
    await api.change('POST', segmentsPathOf(app), readUrls(input))
    if (api.isDryRun) return
    const made = segmentsOf(await api.get(`${appKind.path}/${textAt(app, 'id')}`)).at(-1) ?? {}
    out.done(`${textAt(made, 'externalUrl')} is a segment of ${nameOf(appKind, app)}.`, made)
  },
})

const update = command({
  name: 'update',
  summary: 'change the URLs of a segment',
  kind: 'write',
  examples: ['segments update api --internal http://api2.test/'],
  takes: theSegment,
  options: urls,
  async run({ api, out }, { segment: word, ...input }) {
    const body = readUrls(input)
    if (Object.keys(body).length === 0) {
      throw usageFailure('Say what is to change.', 'sallyport segments update --help')
    }
    const target = await resolveSegment(api, word)
    await api.change('PATCH', target.path, body)
    if (api.isDryRun) return
    out.done(`${target.name} is changed.`, await api.get(target.path))
  },
})

const remove = command({
  name: 'delete',
  summary: 'delete a segment and its CORS rules',
  kind: 'remove',
  examples: ['segments delete api --yes'],
  takes: theSegment,
  async run(session, { segment: word }) {
    const target = await resolveSegment(session.api, word)
    await askFirst(session, warningOf(target), target.name)
    await session.api.change('DELETE', target.path)
    session.out.done(`${target.name} is deleted.`, target.segment)
  },
})

/** The last segment is more than one of several: without any, the whole wildcard is open. */
function warningOf({ app, name, segment }: SegmentTarget): string {
  const rules = listAt(segment, 'corsConfigurations').length
  const gone = `The segment ${name}${rules > 0 ? ` and its ${rules} CORS rules` : ''} will be deleted.`
  if (segmentsOf(app).length > 1) return gone
  const external = textAt(app, 'onPremisesPublishing/externalUrl')
  const isClosed = textAt(app, 'onPremisesPublishing/whenNoSegments') === 'closed'
  const then = isClosed
    ? `${nameOf(appKind, app)} then answers nothing any more.`
    : `${nameOf(appKind, app)} then publishes every host of ${external} (whenNoSegments is wildcard).`
  return `${gone} It is the last one: ${then}`
}

export const segments = [list, show, create, update, remove]
