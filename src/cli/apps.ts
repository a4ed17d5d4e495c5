import { appKind, segmentsOf } from './apps-kind.ts'
import { command } from './command.ts'
import { resolve } from './kind.ts'
import { flag, need, option } from './parameter.ts'
import { type Resource, textAt, valueAt } from './resource.ts'
import type { Column } from './table.ts'

const columns: readonly Column<Resource>[] = [
  { title: 'NAME', value: (app) => textAt(app, 'displayName') },
  { title: 'EXTERNAL URL', value: (app) => textAt(app, 'onPremisesPublishing/externalUrl') },
  { title: 'INTERNAL URL', value: (app) => textAt(app, 'onPremisesPublishing/internalUrl') },
  { title: 'SEGMENTS', value: (app) => String(segmentsOf(app).length || '') },
  {
    title: 'STATE',
    value: stateOf,
    style: (app) => (stateOf(app) === 'on' ? 'good' : 'warn'),
  },
  { title: 'ID', value: (app) => textAt(app, 'id'), whole: true },
]

function stateOf(app: Resource): string {
  if (!valueAt(app, 'onPremisesPublishing')) return 'not published'
  return valueAt(app, 'onPremisesPublishing/isInMaintenance') === true ? 'maintenance' : 'on'
}

const list = command({
  name: 'list',
  summary: 'applications that are published',
  kind: 'read',
  examples: ['apps list', 'apps list --all --json'],
  options: {
    all: flag('those that are not published, too, such as programs'),
    filter: option('expression', "OData, such as startswith(displayName,'W')"),
  },
  async run({ api, out }, { all, filter }) {
    const apps = await api.list(appKind.path, { select: appKind.select, filter })
    const shown = all ? apps : apps.filter((app) => valueAt(app, 'onPremisesPublishing'))
    out.list(shown, columns, 'Nothing is published yet. Begin with: sallyport apps create --help')
  },
})

const show = command({
  name: 'show',
  summary: 'one application, with everything that is set',
  kind: 'read',
  examples: ['apps show Wiki'],
  takes: { app: need('app', 'name, id or host', { namesOf: 'apps' }) },
  async run({ api, out }, { app: word }) {
    const app = await resolve(api, appKind, word)
    out.item(app, [['Name', textAt(app, 'displayName')]])
  },
})

export const apps = [list, show]
