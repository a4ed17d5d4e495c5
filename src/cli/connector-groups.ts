import { appKind } from './app-kind.ts'
import { command } from './command.ts'
import { connectorGroupKind } from './connector-kind.ts'
import { connectorColumns, connectorGroupFacts } from './connectors.ts'
import { nameOf, pathOf, resolve } from './kind.ts'
import { choice, need } from './parameter.ts'
import { textAt } from './resource.ts'
import { deleteCommand, listCommand } from './resource-commands.ts'

const theGroup = { group: need('group', 'name or id', { namesOf: 'connector-groups' }) }
const regions = choice(
  ['nam', 'eur', 'aus', 'asia', 'ind'],
  'where it stands, as the original has it',
)

const show = command({
  name: 'show',
  summary: 'one connector group, its connectors and its applications',
  kind: 'read',
  examples: ['connector-groups show Default'],
  takes: theGroup,
  async run({ api, out }, { group: word }) {
    const group = await resolve(api, connectorGroupKind, word)
    const path = pathOf(connectorGroupKind, group)
    const [members, applications] = await Promise.all([
      api.list(`${path}/members`),
      api.list(`${path}/applications`),
    ])
    const names = applications.map((app) => nameOf(appKind, app)).join(', ')
    const facts = [...connectorGroupFacts.facts(group), ['Applications', names] as const]
    out.item({ ...group, members, applications }, facts)
    if (out.isJson || out.isQuiet || members.length === 0) return
    out.line('')
    const columns = connectorColumns.filter(({ title }) => title !== 'GROUP')
    out.table(members, columns)
  },
})

const create = command({
  name: 'create',
  summary: 'make a connector group',
  kind: 'write',
  examples: ['connector-groups create --name Berlin --region eur'],
  options: { name: need('name', 'how it is called'), region: regions },
  async run({ api, out }, { name, region }) {
    const body = { name, ...(region && { region }) }
    const made = (await api.change('POST', connectorGroupKind.path, body)) ?? body
    out.done(
      `The connector group ${name} is there: sallyport connectors token --group ${name}`,
      made,
    )
  },
})

const rename = command({
  name: 'rename',
  summary: 'give a connector group another name',
  kind: 'write',
  examples: ['connector-groups rename Berlin --name Potsdam'],
  takes: theGroup,
  options: { name: need('name', 'how it is called from now on') },
  async run({ api, out }, { group: word, name }) {
    const group = await resolve(api, connectorGroupKind, word)
    await api.change('PATCH', pathOf(connectorGroupKind, group), { name })
    out.done(`${textAt(group, 'name')} is called ${name}.`, { ...group, name })
  },
})

export const connectorGroups = [
  listCommand(connectorGroupFacts),
  show,
  create,
  rename,
  deleteCommand(connectorGroupFacts),
]
