import { command } from './command.ts'
import { usageFailure } from './failure.ts'
import { nameOf, pathOf, resolve } from './kind.ts'
import { need, option, several } from './parameter.ts'
import { groupKind, principalName, resolvePrincipal } from './principals.ts'
import { type Resource, textAt } from './resource.ts'
import { deleteCommand, listCommand } from './resource-commands.ts'
import type { Column } from './table.ts'

const theGroup = { group: need('group', 'name or id', { namesOf: 'groups' }) }

const columns: readonly Column<Resource>[] = [
  { title: 'NAME', value: (group) => textAt(group, 'displayName') },
  { title: 'DESCRIPTION', value: (group) => textAt(group, 'description') },
  { title: 'ID', value: (group) => textAt(group, 'id'), whole: true, spare: true },
]

const facts = {
  kind: groupKind,
  noun: 'groups',
  plural: 'groups of people',
  columns,
  facts: (group: Resource) =>
    [
      ['Name', textAt(group, 'displayName'), 'bold'],
      ['Description', textAt(group, 'description')],
      ['Id', textAt(group, 'id')],
    ] as const,
  example: 'Sales',
  lost: 'what its members may enter through it',
}

const memberColumns: readonly Column<Resource>[] = [
  { title: 'MEMBER', value: principalName },
  { title: 'NAME', value: (member) => textAt(member, 'displayName') },
  { title: 'ID', value: (member) => textAt(member, 'id'), whole: true, spare: true },
]

const show = command({
  name: 'show',
  summary: 'one group, and who is in it',
  kind: 'read',
  examples: ['groups show Sales', 'groups show Sales --json'],
  takes: theGroup,
  async run({ api, out }, { group: word }) {
    const group = await resolve(api, groupKind, word)
    const members = await api.list(`${pathOf(groupKind, group)}/members`)
    out.item({ ...group, members }, facts.facts(group))
    if (out.isJson || out.isQuiet || members.length === 0) return
    out.line('')
    out.table(members, memberColumns)
  },
})

const create = command({
  name: 'create',
  summary: 'make a group, with its first members',
  kind: 'write',
  examples: ['groups create --name Sales --member ann@contoso.com,bob@contoso.com'],
  options: {
    name: need('name', 'how it is called'),
    description: option('text', 'what it is for'),
    member: several('user|group', 'who is in it', { namesOf: 'users' }),
  },
  async run({ api, out }, { name, description, member }) {
    const people = await Promise.all(member.map((word) => resolvePrincipal(api, word)))
    const made = await api.change('POST', groupKind.path, {
      displayName: name,
      ...(description !== undefined && { description }),
      mailEnabled: false,
      mailNickname: name.replace(/[^A-Za-z0-9]/g, '') || 'group',
      securityEnabled: true,
    })
    const path = `${groupKind.path}/${textAt(made, 'id') || '{id}'}/members/$ref`
    for (const person of people) await api.change('POST', path, await referToMember(api, person))
    if (made) out.done(`The group ${name} is there.`, made)
  },
})

async function referToMember(
  api: Parameters<typeof resolve>[0],
  member: Resource,
): Promise<Resource> {
  const { server } = await api.connection()
  return { '@odata.id': `${server}/beta/directoryObjects/${textAt(member, 'id')}` }
}

const update = command({
  name: 'update',
  summary: 'change the name or the description of a group',
  kind: 'write',
  examples: ['groups update Sales --name "Sales Europe"'],
  takes: theGroup,
  options: {
    name: option('name', 'how it is called'),
    description: option('text', 'what it is for'),
  },
  async run({ api, out }, { group: word, name, description }) {
    const group = await resolve(api, groupKind, word)
    const body = {
      ...(name !== undefined && { displayName: name }),
      ...(description !== undefined && { description }),
    }
    if (Object.keys(body).length === 0) {
      throw usageFailure('Say what is to change.', 'sallyport groups update --help')
    }
    await api.change('PATCH', pathOf(groupKind, group), body)
    if (api.isDryRun) return
    const now = await api.get(pathOf(groupKind, group))
    out.done(`The group ${nameOf(groupKind, now)} is changed.`, now)
  },
})

const members = {
  member: several('user|group', 'who; several times, or with commas', { namesOf: 'users' }),
}

const add = command({
  name: 'add',
  summary: 'add people or groups to a group',
  kind: 'write',
  examples: ['groups add Sales --member ann@contoso.com'],
  takes: theGroup,
  options: members,
  async run({ api, out }, { group: word, member }) {
    if (member.length === 0) throw usageFailure('Say whom with --member.')
    const group = await resolve(api, groupKind, word)
    for (const each of member) {
      const person = await resolvePrincipal(api, each)
      const reference = await referToMember(api, person)
      await api.change('POST', `${pathOf(groupKind, group)}/members/$ref`, reference)
      out.done(`${principalName(person)} is in ${nameOf(groupKind, group)}.`, person)
    }
  },
})

const remove = command({
  name: 'remove',
  summary: 'take people or groups out of a group',
  kind: 'remove',
  examples: ['groups remove Sales --member ann@contoso.com'],
  takes: theGroup,
  options: members,
  async run({ api, out }, { group: word, member }) {
    if (member.length === 0) throw usageFailure('Say whom with --member.')
    const group = await resolve(api, groupKind, word)
    for (const each of member) {
      const person = await resolvePrincipal(api, each)
      const path = `${pathOf(groupKind, group)}/members/${textAt(person, 'id')}/$ref`
      await api.change('DELETE', path)
      out.done(`${principalName(person)} is no longer in ${nameOf(groupKind, group)}.`, person)
    }
  },
})

export const groups = [listCommand(facts), show, create, update, add, remove, deleteCommand(facts)]
