import type { Api } from './api.ts'
import { command } from './command.ts'
import { connectorGroupKind, connectorKind, referTo } from './connector-kind.ts'
import { nameOf, pathOf, resolve } from './kind.ts'
import { need, option, whole } from './parameter.ts'
import { type Resource, textAt, valueAt } from './resource.ts'
import { askFirst } from './session.ts'
import type { Column } from './table.ts'
import { clean } from './text.ts'
import { when } from './time.ts'

const theConnector = {
  connector: need('connector', 'id, or name of its machine', { namesOf: 'connectors' }),
}
const groupOption = option('name', 'connector group, Default if unsaid', {
  namesOf: 'connector-groups',
})

export function connectorState(connector: Resource): string {
  if (valueAt(connector, 'isDrained') === true) return 'drained'
  return textAt(connector, 'status')
}

export const connectorColumns: readonly Column<Resource>[] = [
  { title: 'MACHINE', value: (connector) => textAt(connector, 'machineName') },
  {
    title: 'STATE',
    value: connectorState,
    style: (connector) => (connectorState(connector) === 'active' ? 'good' : 'warn'),
  },
  { title: 'GROUP', value: (connector) => textAt(connector, 'memberOf/0/name') },
  { title: 'FROM', value: (connector) => textAt(connector, 'externalIp') },
  { title: 'VERSION', value: (connector) => textAt(connector, 'version') },
  { title: 'ID', value: (connector) => textAt(connector, 'id'), whole: true, spare: true },
]

/** Every connector with its group. */
export async function listConnectors(api: Api): Promise<readonly Resource[]> {
  const groups = await api.list(connectorGroupKind.path)
  const members = await Promise.all(
    groups.map(async (group) => {
      const found = await api.list(`${pathOf(connectorGroupKind, group)}/members`)
      return found.map((connector) => ({ ...connector, memberOf: [group] }))
    }),
  )
  return members.flat()
}

const list = command({
  name: 'list',
  summary: 'connectors, whether they are connected, and what they belong to',
  kind: 'read',
  examples: ['connectors list', 'connectors list --group Berlin --json'],
  options: {
    group: option('name', 'only of this connector group', { namesOf: 'connector-groups' }),
  },
  async run({ api, out }, { group: word }) {
    const group = word === undefined ? undefined : await resolve(api, connectorGroupKind, word)
    const all = await listConnectors(api)
    const id = textAt(group, 'id')
    const shown = group ? all.filter((each) => textAt(each, 'memberOf/0/id') === id) : all
    out.list(shown, connectorColumns, 'No connector is enrolled yet: sallyport connectors token')
  },
})

const originColumns: readonly Column<Resource>[] = [
  {
    title: 'REACHED',
    value: (row) => (valueAt(row, 'isReached') === true ? 'yes' : 'no'),
    style: (row) => (valueAt(row, 'isReached') === true ? 'good' : 'bad'),
  },
  { title: 'ORIGIN', value: (row) => textAt(row, 'origin') },
  { title: 'WHY NOT', value: (row) => textAt(row, 'reason') },
  { title: 'MS', value: (row) => textAt(row, 'connectTimeInMilliseconds') },
]

const show = command({
  name: 'show',
  summary: 'one connector, and which internal origins it reaches',
  kind: 'read',
  examples: ['connectors show gateway-1'],
  takes: theConnector,
  async run({ api, out }, { connector: word }) {
    const connector = await resolve(api, connectorKind, word)
    const path = pathOf(connectorKind, connector)
    const [memberOf, originHealth] = await Promise.all([
      api.list(`${path}/memberOf`),
      api.list(`${path}/originHealth`),
    ])
    const state = connectorState(connector)
    out.item({ ...connector, memberOf, originHealth }, [
      ['Machine', textAt(connector, 'machineName'), 'bold'],
      ['State', state, state === 'active' ? 'good' : 'warn'],
      ['Group', memberOf.map((group) => textAt(group, 'name')).join(', ')],
      ['From', textAt(connector, 'externalIp')],
      ['Version', textAt(connector, 'version')],
      ['Id', textAt(connector, 'id')],
    ])
    if (out.isJson || out.isQuiet || originHealth.length === 0) return
    out.line('')
    out.table(originHealth, originColumns)
  },
})

const token = command({
  name: 'token',
  summary: 'make a one-time token, and print the command that enrols a connector with it',
  kind: 'write',
  examples: ['connectors token', 'connectors token --group Berlin --minutes 15 --json'],
  options: {
    group: groupOption,
    minutes: whole('number', 'how long it may be used, 60 if unsaid', 1, 1440),
  },
  async run({ api, out }, { group: word = 'Default', minutes }) {
    const group = await resolve(api, connectorGroupKind, word)
    const body = minutes === undefined ? {} : { lifetimeInMinutes: minutes }
    const path = `${pathOf(connectorGroupKind, group)}/enrolmentTokens`
    const made = (await api.change('POST', path, body)) ?? {}
    if (api.isDryRun) return
    if (out.isJson || out.isQuiet) {
      out.item(made, [], 'token')
      return
    }
    out.say(
      `On the machine inside the network, until ${when(textAt(made, 'expiresDateTime'))}, once:`,
    )
    out.line(`${clean(textAt(made, 'command'))} --data /var/lib/sallyport-connector`)
  },
})

const drain = command({
  name: 'drain',
  summary: 'take a connector out of service; what it has may finish',
  kind: 'write',
  examples: ['connectors drain gateway-1 --grace 60'],
  takes: theConnector,
  options: { grace: whole('seconds', 'time for running requests, 30 if unsaid', 0, 600) },
  async run({ api, out }, { connector: word, grace }) {
    const connector = await resolve(api, connectorKind, word)
    const path = pathOf(connectorKind, connector)
    const body = grace === undefined ? {} : { graceInSeconds: grace }
    await api.change('POST', `${path}/drain`, body)
    if (api.isDryRun) return
    const name = nameOf(connectorKind, connector)
    out.done(
      `${name} gets no more requests: sallyport connectors resume ${name}`,
      await api.get(path),
    )
  },
})

const resume = command({
  name: 'resume',
  summary: 'put a connector back into service',
  kind: 'write',
  examples: ['connectors resume gateway-1'],
  takes: theConnector,
  async run({ api, out }, { connector: word }) {
    const connector = await resolve(api, connectorKind, word)
    const path = pathOf(connectorKind, connector)
    await api.change('POST', `${path}/resume`, {})
    if (api.isDryRun) return
    out.done(`${nameOf(connectorKind, connector)} is in service.`, await api.get(path))
  },
})

const move = command({
  name: 'move',
  summary: 'put a connector into another group',
  kind: 'write',
  examples: ['connectors move gateway-1 --group Berlin'],
  takes: theConnector,
  options: { group: need('name', 'the other group', { namesOf: 'connector-groups' }) },
  async run({ api, out }, { connector: word, group: groupWord }) {
    const connector = await resolve(api, connectorKind, word)
    const group = await resolve(api, connectorGroupKind, groupWord)
    const path = pathOf(connectorKind, connector)
    await api.change('POST', `${path}/memberOf/$ref`, await referTo(api, connectorGroupKind, group))
    const name = nameOf(connectorKind, connector)
    out.done(`${name} belongs to ${textAt(group, 'name')}.`, { ...connector, memberOf: [group] })
  },
})

const remove = command({
  name: 'delete',
  summary: 'forget a connector; its key is worth nothing from then on',
  kind: 'remove',
  examples: ['connectors delete gateway-1 --yes'],
  takes: theConnector,
  async run(session, { connector: word }) {
    const connector = await resolve(session.api, connectorKind, word)
    const name = nameOf(connectorKind, connector)
    await askFirst(session, `${name} will be forgotten and cannot come back by itself.`, name)
    await session.api.change('DELETE', pathOf(connectorKind, connector))
    session.out.done(`${name} is forgotten.`, connector)
  },
})

export const connectors = [list, show, token, drain, resume, move, remove]

const groupColumns: readonly Column<Resource>[] = [
  { title: 'NAME', value: (group) => textAt(group, 'name') },
  { title: 'DEFAULT', value: (group) => (valueAt(group, 'isDefault') === true ? 'yes' : '') },
  { title: 'REGION', value: (group) => textAt(group, 'region') },
  { title: 'ID', value: (group) => textAt(group, 'id'), whole: true, spare: true },
]

/** What the verbs of connector groups have in common with those of others. */
export const connectorGroupFacts = {
  kind: connectorGroupKind,
  noun: 'connector-groups',
  plural: 'connector groups',
  columns: groupColumns,
  facts: (group: Resource) =>
    [
      ['Name', textAt(group, 'name'), 'bold'],
      ['Default', valueAt(group, 'isDefault') === true ? 'yes' : 'no'],
      ['Region', textAt(group, 'region')],
      ['Id', textAt(group, 'id')],
    ] as const,
  example: 'Berlin',
  lost: 'its applications go to Default',
}
