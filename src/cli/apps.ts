import { createApp } from './app-creation.ts'
import {
  appColumns,
  appFacts,
  healthColumns,
  ruleColumns,
  segmentColumns,
  stateOf,
} from './app-facts.ts'
import { appKind, segmentsOf } from './app-kind.ts'
import { command } from './command.ts'
import { moveToGroup } from './connector-kind.ts'
import { failure, usageFailure } from './failure.ts'
import { pathOf, resolve } from './kind.ts'
import { flag, need, needChoice, option, setting } from './parameter.ts'
import { principalOf } from './principals.ts'
import { providerIdOf } from './provider-kind.ts'
import { publishingOptions, readPublishing } from './publishing-settings.ts'
import { listAt, type Resource, textAt, valueAt } from './resource.ts'
import { askFirst, type Session } from './session.ts'

const theApp = { app: need('app', 'name, id or host', { namesOf: 'apps' }) }

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
    const found = await api.list(appKind.path, { select: appKind.select, filter })
    const shown = all ? found : found.filter((app) => valueAt(app, 'onPremisesPublishing'))
    out.list(
      shown,
      appColumns,
      'Nothing is published yet. Begin with: sallyport apps create --help',
    )
  },
})

const show = command({
  name: 'show',
  summary: 'one application, with its segments, rules and settings',
  kind: 'read',
  examples: ['apps show Wiki', 'apps show wiki.contoso.com --json'],
  takes: theApp,
  async run({ api, out }, { app: word }) {
    const app = await api.get(pathOf(appKind, await resolve(api, appKind, word)))
    const [connectorGroup, principal] = await Promise.all([
      api.get(`${pathOf(appKind, app)}/connectorGroup`),
      principalOf(api, app),
    ])
    out.item({ ...app, connectorGroup }, appFacts(app, connectorGroup, principal))
    if (out.isJson || out.isQuiet) return
    const segments = segmentsOf(app)
    if (segments.length > 0) {
      out.line('')
      out.table(segments, segmentColumns)
    }
    const rules = listAt(app, 'onPremisesPublishing/corsConfigurations')
    if (rules.length > 0) {
      out.line('')
      out.table(rules, ruleColumns)
    }
  },
})

const update = command({
  name: 'update',
  summary: 'change an application',
  kind: 'write',
  examples: [
    'apps update Wiki --internal http://wiki2.test/ --reason "moved to a new machine"',
    'apps update Shop --sibling-calls on --translate-links on',
    'apps update Wiki --set responseHeaderRules=[]',
  ],
  takes: theApp,
  options: {
    name: option('name', 'what people see'),
    ...publishingOptions,
    group: option('name', 'connector group that serves it', { namesOf: 'connector-groups' }),
    everybody: setting('everybody who can sign in may enter, without an assignment'),
  },
  async run(session, { app: word, name, group, everybody, ...input }) {
    const { api } = session
    const app = await resolve(api, appKind, word)
    const publishing = readPublishing(input, await providerIdOf(api, input.provider))
    const body = {
      ...(name !== undefined && { displayName: name }),
      ...(Object.keys(publishing).length > 0 && { onPremisesPublishing: publishing }),
    }
    const isSaid = Object.keys(body).length > 0
    if (!isSaid && group === undefined && everybody === undefined) {
      throw usageFailure('Say what is to change.', 'sallyport apps update --help')
    }
    if (isSaid) await api.change('PATCH', pathOf(appKind, app), body)
    if (group !== undefined) await moveToGroup(api, textAt(app, 'id'), group)
    if (everybody !== undefined) {
      const { id } = await principalOf(api, app)
      const body = { appRoleAssignmentRequired: !everybody }
      await api.change('PATCH', `/servicePrincipals/${id}`, body)
    }
    await sayChanged(session, app, 'is changed')
  },
})

async function sayChanged({ api, out }: Session, app: Resource, what: string): Promise<void> {
  if (api.isDryRun) return
  const now = await api.get(pathOf(appKind, app))
  out.done(`${textAt(now, 'displayName')} ${what}.`, now)
}

const publish = command({
  name: 'publish',
  summary: 'publish an application that is registered, but not published',
  kind: 'write',
  examples: ['apps publish Wiki --external https://wiki.contoso.com/ --internal http://wiki.test/'],
  takes: theApp,
  options: {
    ...publishingOptions,
    external: need('url', publishingOptions.external.text),
    internal: need('url', publishingOptions.internal.text),
  },
  async run(session, { app: word, ...input }) {
    const { api } = session
    const app = await resolve(api, appKind, word)
    const publishing = readPublishing(input, await providerIdOf(api, input.provider))
    await api.change('PATCH', pathOf(appKind, app), { onPremisesPublishing: publishing })
    await sayChanged(session, app, `is published at ${input.external}`)
  },
})

const unpublish = command({
  name: 'unpublish',
  summary: 'take an application away from people, and keep its registration',
  kind: 'remove',
  examples: ['apps unpublish Wiki --yes'],
  takes: theApp,
  async run(session, { app: word }) {
    const app = await resolve(session.api, appKind, word)
    const name = textAt(app, 'displayName')
    const lost = `${name} will be out of reach, and its ${countSegments(app)} forgotten.`
    await askFirst(session, lost, name)
    await session.api.change('PATCH', pathOf(appKind, app), { onPremisesPublishing: null })
    await sayChanged(session, app, 'is not published any more')
  },
})

function countSegments(app: Resource): string {
  const count = segmentsOf(app).length
  return count === 0 ? 'settings' : `settings and ${count} segments`
}

const remove = command({
  name: 'delete',
  summary: 'delete an application, its segments, rules and assignments',
  kind: 'remove',
  examples: ['apps delete Wiki --yes --reason "replaced by Confluence"'],
  takes: theApp,
  async run(session, { app: word }) {
    const app = await resolve(session.api, appKind, word)
    const name = textAt(app, 'displayName')
    await askFirst(session, `${name} and its ${countSegments(app)} will be deleted.`, name)
    await session.api.change('DELETE', pathOf(appKind, app))
    session.out.done(`${name} is deleted.`, app)
  },
})

const maintenance = command({
  name: 'maintenance',
  summary: 'close an application for a while, with a page that says so, or open it again',
  kind: 'write',
  examples: ['apps maintenance Wiki on --reason "upgrade until 6 pm"', 'apps maintenance Wiki off'],
  takes: { ...theApp, state: needChoice(['on', 'off'], 'on closes it, off opens it') },
  async run(session, { app: word, state }) {
    const app = await resolve(session.api, appKind, word)
    const body = { onPremisesPublishing: { isInMaintenance: state === 'on' } }
    await session.api.change('PATCH', pathOf(appKind, app), body)
    await sayChanged(session, app, state === 'on' ? 'is in maintenance' : 'is open again')
  },
})

const open = command({
  name: 'open',
  summary: 'show an application in the browser, and print its address',
  kind: 'read',
  examples: ['apps open Wiki'],
  takes: theApp,
  async run({ api, out, surroundings }, { app: word }) {
    const app = await resolve(api, appKind, word)
    const [segment] = segmentsOf(app)
    const external = textAt(app, 'onPremisesPublishing/externalUrl')
    const url =
      external.includes('*') || external === '' ? textAt(segment, 'externalUrl') : external
    if (url === '') {
      throw failure(
        'not-published',
        `${textAt(app, 'displayName')} has no address: ${stateOf(app)}.`,
      )
    }
    out.item({ id: textAt(app, 'id'), externalUrl: url }, [['Address', url]])
    if (surroundings.stdout.isTTY === true && !out.isJson) surroundings.openBrowser(url)
  },
})

const health = command({
  name: 'health',
  summary: 'which internal URLs of an application its connectors reach',
  kind: 'read',
  examples: ['apps health Wiki'],
  takes: theApp,
  async run({ api, out }, { app: word }) {
    const app = await resolve(api, appKind, word)
    const rows = await api.list(`${pathOf(appKind, app)}/onPremisesPublishing/segmentHealth`)
    out.list(rows, healthColumns, 'It has no internal URL.', 'internalUrl')
  },
})

export const apps = [
  ...[list, show, createApp, update, publish, unpublish, remove],
  ...[maintenance, open, health],
]
