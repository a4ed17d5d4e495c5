import { command } from './command.ts'
import { type Kind, nameOf, pathOf, resolve } from './kind.ts'
import { need } from './parameter.ts'
import { userKind } from './principals.ts'
import { type Resource, textAt } from './resource.ts'
import { askFirst } from './session.ts'
import type { Column } from './table.ts'

const roleKind: Kind = {
  noun: 'role',
  path: '/directoryRoles',
  nameProperty: 'displayName',
  listCommand: 'roles list',
}

const theRole = { role: need('role', 'name or id', { namesOf: 'roles' }) }

const columns: readonly Column<Resource>[] = [
  { title: 'NAME', value: (role) => textAt(role, 'displayName') },
  { title: 'WHAT IT MAY', value: (role) => textAt(role, 'description') },
  { title: 'ID', value: (role) => textAt(role, 'id'), whole: true, spare: true },
]

const memberColumns: readonly Column<Resource>[] = [
  { title: 'USER NAME', value: (member) => textAt(member, 'userPrincipalName') },
  { title: 'NAME', value: (member) => textAt(member, 'displayName') },
  { title: 'ID', value: (member) => textAt(member, 'id'), whole: true, spare: true },
]

const list = command({
  name: 'list',
  summary: 'roles of administrators, and what each may do',
  kind: 'read',
  examples: ['roles list'],
  async run({ api, out }) {
    out.list(await api.list(roleKind.path), columns, 'There is no role.')
  },
})

const members = command({
  name: 'members',
  summary: 'who has a role',
  kind: 'read',
  examples: ['roles members "Global Administrator"'],
  takes: theRole,
  async run({ api, out }, { role: word }) {
    const role = await resolve(api, roleKind, word)
    const found = await api.list(`${pathOf(roleKind, role)}/members`)
    out.list(found, memberColumns, 'Nobody has it.')
  },
})

const whom = { ...theRole, user: need('user', 'the person', { namesOf: 'users' }) }

const add = command({
  name: 'add',
  summary: 'give a person a role',
  kind: 'write',
  examples: ['roles add "Application Administrator" ann@contoso.com'],
  takes: whom,
  async run({ api, out }, { role: roleWord, user: userWord }) {
    const role = await resolve(api, roleKind, roleWord)
    const user = await resolve(api, userKind, userWord)
    const { server } = await api.connection()
    const reference = { '@odata.id': `${server}/beta/directoryObjects/${textAt(user, 'id')}` }
    await api.change('POST', `${pathOf(roleKind, role)}/members/$ref`, reference)
    out.done(`${nameOf(userKind, user)} is ${nameOf(roleKind, role)}.`, user)
  },
})

const remove = command({
  name: 'remove',
  summary: 'take a role from a person',
  kind: 'remove',
  examples: ['roles remove "Application Administrator" ann@contoso.com --yes'],
  takes: whom,
  async run(session, { role: roleWord, user: userWord }) {
    const { api, out } = session
    const role = await resolve(api, roleKind, roleWord)
    const user = await resolve(api, userKind, userWord)
    const name = nameOf(userKind, user)
    await askFirst(session, `${name} will no longer be ${nameOf(roleKind, role)}.`, name)
    await api.change('DELETE', `${pathOf(roleKind, role)}/members/${textAt(user, 'id')}/$ref`)
    out.done(`${name} is no longer ${nameOf(roleKind, role)}.`, user)
  },
})

export const roles = [list, members, add, remove]
