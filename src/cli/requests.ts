import type { Api } from './api.ts'
import { quote } from './api.ts'
import { appKind } from './app-kind.ts'
import { command } from './command.ts'
import { cureOf } from './cure.ts'
import { follow } from './follow.ts'
import { resolve } from './kind.ts'
import { choice, flag, need, option, whole } from './parameter.ts'
import { type Resource, textAt, valueAt } from './resource.ts'
import type { Column } from './table.ts'
import { clean, type Paint, type Style } from './text.ts'
import { clock } from './time.ts'
import { refusalIn, stepsOf, writeTrail } from './trail-text.ts'

const path = '/requests'
const defaultTop = 50

export const requestFilters = {
  app: option('name', 'only for this application', { namesOf: 'apps' }),
  user: option('name', 'only of this person', { namesOf: 'users' }),
  origin: option('origin', 'only from pages of this origin'),
  method: option('method', 'only with this method'),
  kind: choice(
    ['navigation', 'script', 'preflight', 'corsRequest', 'webSocket', 'other'],
    'only of this kind',
  ),
  code: option('code', 'only those that were refused for this reason'),
  failed: flag('only those that were refused or went wrong'),
  filter: option('expression', 'more of it in OData'),
} as const

interface Filters {
  readonly app: string | undefined
  readonly user: string | undefined
  readonly origin: string | undefined
  readonly method: string | undefined
  readonly kind: string | undefined
  readonly code: string | undefined
  readonly failed: boolean
  readonly filter: string | undefined
}

async function filterOf(api: Api, input: Filters): Promise<string | undefined> {
  const app = input.app === undefined ? undefined : await resolve(api, appKind, input.app)
  const parts = [
    app && `applicationId eq ${quote(textAt(app, 'id'))}`,
    input.user && `userPrincipalName eq ${quote(input.user)}`,
    input.origin && `origin eq ${quote(input.origin)}`,
    input.method && `method eq ${quote(input.method.toUpperCase())}`,
    input.kind && `kind eq ${quote(input.kind)}`,
    input.code && `code eq ${quote(input.code)}`,
    input.failed ? 'status ge 400' : undefined,
    input.filter,
  ].filter((part) => part)
  return parts.length > 0 ? parts.join(' and ') : undefined
}

function statusStyle(request: Resource): Style | undefined {
  const status = Number(textAt(request, 'status'))
  if (status >= 500) return 'bad'
  return status >= 400 ? 'warn' : 'good'
}

const columns: readonly Column<Resource>[] = [
  { title: 'TIME', value: (row) => clock(textAt(row, 'startedDateTime')) },
  { title: 'STATUS', value: (row) => textAt(row, 'status'), style: statusStyle },
  { title: 'MS', value: milliseconds },
  { title: 'METHOD', value: (row) => textAt(row, 'method') },
  { title: 'URL', value: (row) => textAt(row, 'url') },
  { title: 'WHO', value: (row) => textAt(row, 'userPrincipalName') },
  { title: 'CODE', value: (row) => textAt(row, 'code') },
  { title: 'ID', value: (row) => textAt(row, 'id'), whole: true },
]

function milliseconds(row: Resource): string {
  const ms = valueAt(row, 'durationInMilliseconds')
  return typeof ms === 'number' ? ms.toFixed(ms < 10 ? 1 : 0) : ''
}

const list = command({
  name: 'list',
  summary: 'the latest requests, the newest first',
  kind: 'read',
  examples: ['requests list', 'requests list --failed --app Shop --json'],
  options: { ...requestFilters, top: whole('number', 'how many at most, 50 if unsaid', 1, 999) },
  async run({ api, out }, { top = defaultTop, ...input }) {
    const filter = await filterOf(api, input)
    const rows = await api.list(path, { filter, top: String(top) }, top)
    out.list(rows, columns, 'No request yet.')
  },
})

const show = command({
  name: 'show',
  summary: 'one request, and what was decided about it, step by step',
  kind: 'read',
  examples: ['requests show 01JF8Z'],
  takes: { id: need('id', 'from the error page, the log, or requests list') },
  async run({ api, out }, { id }) {
    const found = await api.get(`${path}/${encodeURIComponent(id)}`)
    const at = (name: string): string => textAt(found, name)
    out.item(found, [
      ['Request', `${at('method')} ${at('url')}`, 'bold'],
      ['Answer', `${at('status')} in ${milliseconds(found)} ms`, statusStyle(found)],
      ['Code', at('code')],
      ['When', at('startedDateTime')],
      ['Kind', `${at('kind')}, ${at('protocol')}`],
      ['Page', at('origin')],
      ['Application', at('applicationDisplayName')],
      ['Who', at('userPrincipalName')],
      ['From', at('ipAddress')],
      ['Browser', at('userAgent')],
      ['Bytes', `${at('requestBytes')} in, ${at('responseBytes')} out`],
    ])
    if (out.isJson || out.isQuiet) return
    out.line('')
    for (const line of writeTrail(stepsOf(found), out.paint)) out.paragraph(line, 5)
    const fix = cureOfRequest(found)
    if (fix) out.line(`\n${out.paint('bold', 'Fix:')}  ${clean(fix)}`)
  },
})

function cureOfRequest(request: Resource): string | undefined {
  const steps = stepsOf(request)
  const code = textAt(request, 'code') || textAt(refusalIn(steps), 'code')
  if (code === '') return undefined
  return cureOf({
    code,
    method: textAt(request, 'method'),
    url: textAt(request, 'url'),
    origin: textAt(request, 'origin') || undefined,
    applicationName: textAt(request, 'applicationDisplayName'),
    userName: textAt(request, 'userPrincipalName'),
  })
}

/** One request as a line of the live view, refusals with their reason below. */
function writeLine(request: Resource, paint: Paint, withSteps: boolean): readonly string[] {
  const at = (name: string): string => clean(textAt(request, name))
  const steps = stepsOf(request)
  const refusal = refusalIn(steps)
  const line = [
    paint('dim', clock(textAt(request, 'startedDateTime'))),
    paint(statusStyle(request), (at('status') || '···').padEnd(3)),
    milliseconds(request).padStart(6),
    at('method').padEnd(7),
    at('url'),
    paint('dim', [at('userPrincipalName'), at('id')].filter((word) => word !== '').join(' ')),
  ].join(' ')
  if (withSteps) return [line, ...writeTrail(steps, paint).map((step) => `           ${step}`)]
  if (refusal === undefined) return [line]
  const why = `${clean(textAt(refusal, 'code'))}: ${clean(textAt(refusal, 'reason'))}`
  return [line, `           ${paint('bad', '✗')} ${why}`]
}

/** `sallyport tail`: requests as they happen, until Ctrl-C. */
export const tail = command({
  name: 'tail',
  summary: 'requests as they happen, with what was decided; ends with Ctrl-C',
  kind: 'read',
  streams: true,
  examples: ['tail', 'tail --app Shop --failed', 'tail --json --count 10'],
  options: {
    ...requestFilters,
    steps: flag('every decision, not only the one that refused'),
    count: whole('number', 'end after so many', 1, 1_000_000),
  },
  async run({ api, out, surroundings: { signal } }, { steps, count, ...input }) {
    const filter = await filterOf(api, input)
    const query = filter === undefined ? '' : `?$filter=${encodeURIComponent(filter)}`
    let left = count ?? Number.POSITIVE_INFINITY
    const told = (): void => out.say('Waiting for requests. Ctrl-C ends it.')
    for await (const { event, data } of follow(api, `${path}/live${query}`, signal, told)) {
      const said = JSON.parse(data) as Resource
      if (event === 'dropped') {
        out.warn(`${textAt(said, 'count')} requests more than could be told.`)
        continue
      }
      if (out.isJson) out.json(said, true)
      else if (out.isQuiet) out.line(clean(textAt(said, 'id')))
      else for (const line of writeLine(said, out.paint, steps)) out.paragraph(line, 16)
      left--
      if (left <= 0) return
    }
  },
})

export const requests = [list, show]
