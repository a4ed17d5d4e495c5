import { type Command, command } from './command.ts'
import { type Kind, nameOf, pathOf, resolve } from './kind.ts'
import type { Fact } from './output.ts'
import { need, option, readJsonInput } from './parameter.ts'
import type { Resource } from './resource.ts'
import { askFirst } from './session.ts'
import type { Column } from './table.ts'

/** What the commands that every kind of resource has need to know. */
export interface ResourceFacts {
  readonly kind: Kind
  /** The noun of the command line, such as `groups`. */
  readonly noun: string
  /** How sentences call many of them. */
  readonly plural: string
  readonly columns: readonly Column<Resource>[]
  readonly facts: (resource: Resource) => readonly Fact[]
  /** A name for examples, as a shell wants it. */
  readonly example: string
  /** What goes with it, for the question before it is deleted. */
  readonly lost: string
}

const filterOption = option('expression', 'OData: what is listed, such as id eq …')

/** `list`: a collection whole, or what a filter leaves of it. */
export function listCommand({ kind, noun, plural, columns }: ResourceFacts): Command {
  return command({
    name: 'list',
    summary: `${plural}, every one of them`,
    kind: 'read',
    examples: [`${noun} list`, `${noun} list --json`],
    options: { filter: filterOption },
    async run({ api, out }, { filter }) {
      const items = await api.list(kind.path, { select: kind.select, filter })
      out.list(items, columns, `There is no ${kind.noun}.`)
    },
  })
}

/** `show`: one of them, with everything that is known of it. */
export function showCommand({ kind, noun, facts, example }: ResourceFacts): Command {
  return command({
    name: 'show',
    summary: `one ${kind.noun}, with all that is known of it`,
    kind: 'read',
    examples: [`${noun} show ${example}`],
    takes: { name: need('name', 'name or id', { namesOf: noun }) },
    async run({ api, out }, { name }) {
      const found = await resolve(api, kind, name)
      const whole = await api.get(pathOf(kind, found))
      out.item(whole, facts(whole))
    },
  })
}

/** `delete`: asks first. */
export function deleteCommand({ kind, noun, example, lost }: ResourceFacts): Command {
  return command({
    name: 'delete',
    summary: `delete a ${kind.noun}${lost === '' ? '' : `, and ${lost}`}`,
    kind: 'remove',
    examples: [`${noun} delete ${example} --yes`],
    takes: { name: need('name', 'name or id', { namesOf: noun }) },
    async run(session, { name }) {
      const found = await resolve(session.api, kind, name)
      const called = nameOf(kind, found)
      await askFirst(session, `The ${kind.noun} ${called} will be deleted.`, called)
      await session.api.change('DELETE', pathOf(kind, found))
      session.out.done(`The ${kind.noun} ${called} is deleted.`, found)
    },
  })
}

/** `create` from the API's own JSON, for what has too many properties for flags. */
export function createFromFileCommand({ kind, noun }: ResourceFacts): Command {
  return command({
    name: 'create',
    summary: `make a ${kind.noun} from the JSON that the API takes`,
    kind: 'write',
    examples: [`${noun} create --file ${noun}.json`, `${noun} create --file - --dry-run`],
    options: { file: need('file', 'JSON with the names of the API; - is stdin', 'files') },
    async run({ api, out }, { file }) {
      const body = readJsonInput(file)
      const made = (await api.change('POST', kind.path, body)) ?? body
      out.done(`The ${kind.noun} ${nameOf(kind, made)} is there.`, made)
    },
  })
}

/** `update` by the API's own JSON. */
export function updateFromFileCommand({ kind, noun, example }: ResourceFacts): Command {
  return command({
    name: 'update',
    summary: `change what a file with the API's JSON says of a ${kind.noun}`,
    kind: 'write',
    examples: [`${noun} update ${example} --file change.json`],
    takes: { name: need('name', 'name or id', { namesOf: noun }) },
    options: { file: need('file', 'JSON with the names of the API; - is stdin', 'files') },
    async run({ api, out }, { name, file }) {
      const found = await resolve(api, kind, name)
      await api.change('PATCH', pathOf(kind, found), readJsonInput(file))
      if (api.isDryRun) return
      const now = await api.get(pathOf(kind, found))
      out.done(`The ${kind.noun} ${nameOf(kind, now)} is changed.`, now)
    },
  })
}
