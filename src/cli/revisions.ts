import type { Api } from './api.ts'
import { command } from './command.ts'
import { writeDiff } from './diff-text.ts'
import { failure } from './failure.ts'
import { isGuid } from './kind.ts'
import type { Output } from './output.ts'
import { flag, need, option, whole } from './parameter.ts'
import { listAt, type Resource, textAt } from './resource.ts'
import { askFirst } from './session.ts'
import type { Column } from './table.ts'
import { clean } from './text.ts'
import { when } from './time.ts'

const path = '/revisions'
const defaultTop = 30

const theRevision = { revision: need('revision', 'its number', { namesOf: 'revisions' }) }

const columns: readonly Column<Resource>[] = [
  { title: 'REVISION', value: (row) => textAt(row, 'id'), whole: true },
  { title: 'WHEN', value: (row) => when(textAt(row, 'createdDateTime')) },
  { title: 'WHO', value: (row) => textAt(row, 'author') },
  { title: 'WHAT', value: whatOf },
  { title: 'WHY', value: (row) => textAt(row, 'reason') },
]

function whatOf(row: Resource): string {
  const undone = textAt(row, 'isRollbackOf')
  if (undone !== '') return `roll back of ${undone}`
  const names = listAt(row, 'changes').map((change) => {
    const name = textAt(change, 'displayName')
    // Where a resource has no name, its id stands in for it; its kind says more.
    const what = name === '' || isGuid(name) ? textAt(change, 'resource') : name
    return `${textAt(change, 'change')} ${what}`
  })
  return names.join(', ') || textAt(row, 'activity')
}

const list = command({
  name: 'list',
  summary: 'every change of the configuration, the newest first',
  kind: 'read',
  examples: ['revisions list', 'revisions list --top 5 --json'],
  options: {
    top: whole('number', 'how many at most, 30 if unsaid', 1, 10_000),
    filter: option('expression', "OData, such as author eq 'ann@contoso.com'"),
  },
  async run({ api, out }, { top = defaultTop, filter }) {
    const rows = await api.list(path, { filter, top: String(Math.min(top, 999)) }, top)
    out.list(rows, columns, 'Nothing was changed yet.')
  },
})

const show = command({
  name: 'show',
  summary: 'one change, and with --diff property by property',
  kind: 'read',
  examples: ['revisions show 42 --diff'],
  takes: theRevision,
  options: { diff: flag('what was before and what is after') },
  async run({ api, out }, { revision, diff }) {
    const found = await find(api, revision)
    out.item(found, [
      ['Revision', textAt(found, 'id'), 'bold'],
      ['When', when(textAt(found, 'createdDateTime'))],
      ['Who', textAt(found, 'author')],
      ['What', whatOf(found)],
      ['Why', textAt(found, 'reason')],
    ])
    if (diff && !out.isJson && !out.isQuiet) writeChanges(out, listAt(found, 'changes'))
  },
})

function find(api: Api, revision: string): Promise<Resource> {
  return api.get(`${path}/${encodeURIComponent(revision)}`)
}

function writeChanges(out: Output, changes: readonly Resource[]): void {
  for (const change of changes) {
    const name = clean(textAt(change, 'displayName') || textAt(change, 'id'))
    const title = `${textAt(change, 'resource')} ${name}: ${textAt(change, 'change')}`
    out.line('')
    out.line(out.paint('bold', clean(title)))
    for (const line of writeDiff(listAt(change, 'diff'), out.paint)) out.line(line)
  }
}

const rollback = command({
  name: 'rollback',
  summary: 'undo one change; what was changed since stays',
  kind: 'remove',
  examples: [
    'revisions rollback 42 --dry-run',
    'revisions rollback 42 --yes --reason "broke the shop"',
  ],
  takes: theRevision,
  options: { force: flag('also where later changes overlap: those are lost') },
  async run(session, { revision, force }) {
    const { api, out } = session
    const target = `${path}/${encodeURIComponent(revision)}/rollBack`
    const body = force ? { force: true } : {}
    // The edge tells what would come of it, and what stands in the way.
    const planned = await api.call('POST', target, { ...body, dryRun: true })
    const changes = listAt(planned, 'changes')
    if (changes.length === 0) throw failure('nothing-to-undo', 'Everything is as it was before it.')
    if (!out.isJson && !out.isQuiet) writeChanges(out, changes)
    if (!api.isDryRun) await askFirst(session, `Revision ${revision} will be undone.`, revision)
    const made = await api.change('POST', target, body)
    if (made) out.done(`Revision ${revision} is undone.`, made, 'revisionId')
  },
})

export const revisions = [list, show, rollback]
