import type { Api } from './api.ts'
import { appKind } from './app-kind.ts'
import { command } from './command.ts'
import { failure, usageFailure } from './failure.ts'
import { nameOf, pathOf, resolve } from './kind.ts'
import { need, option, several } from './parameter.ts'
import { assign, principalName, principalOf, resolvePrincipal, userKind } from './principals.ts'
import { type Resource, textAt } from './resource.ts'
import type { Column } from './table.ts'
import { when } from './time.ts'

const columns: readonly Column<Resource>[] = [
  { title: 'APPLICATION', value: (row) => textAt(row, 'resourceDisplayName') },
  { title: 'WHO', value: (row) => textAt(row, 'principalDisplayName') },
  { title: 'KIND', value: (row) => textAt(row, 'principalType') },
  { title: 'SINCE', value: (row) => when(textAt(row, 'creationTimestamp')) },
  { title: 'ID', value: (row) => textAt(row, 'id') },
]

function assignedTo(principal: Resource): string {
  return `/servicePrincipals/${textAt(principal, 'id')}/appRoleAssignedTo`
}

const list = command({
  name: 'list',
  summary: 'who may enter an application, or what a person may enter',
  kind: 'read',
  examples: ['assignments list --app Wiki', 'assignments list --user ann@contoso.com --json'],
  options: {
    app: option('name', 'the application', { namesOf: 'apps' }),
    user: option('name', 'the person; through groups, too', { namesOf: 'users' }),
  },
  async run({ api, out }, { app, user }) {
    if ((app === undefined) === (user === undefined)) {
      throw usageFailure('Say either --app or --user.', 'sallyport assignments list --help')
    }
    const rows = await (app === undefined ? ofUser(api, user ?? '') : ofApp(api, app))
    out.list(
      rows,
      columns,
      app === undefined ? 'Nothing is assigned to them.' : 'Nobody is assigned.',
    )
  },
})

async function ofUser(api: Api, word: string): Promise<readonly Resource[]> {
  const user = await resolve(api, userKind, word)
  return api.list(`${pathOf(userKind, user)}/appRoleAssignments`)
}

async function ofApp(api: Api, word: string): Promise<readonly Resource[]> {
  const app = await resolve(api, appKind, word)
  return api.list(assignedTo(await principalOf(api, app)))
}

const pair = {
  app: need('name', 'the application', { namesOf: 'apps' }),
  to: several('user|group', 'who; several times, or with commas', { namesOf: 'users' }),
}

const create = command({
  name: 'create',
  summary: 'let people or groups enter an application',
  kind: 'write',
  examples: ['assignments create --app Wiki --to ann@contoso.com,Sales'],
  options: pair,
  async run({ api, out }, { app: word, to }) {
    if (to.length === 0) throw usageFailure('Say whom with --to.')
    const app = await resolve(api, appKind, word)
    const principal = await principalOf(api, app)
    const people = await Promise.all(to.map((each) => resolvePrincipal(api, each)))
    for (const person of people) {
      const made = await assign(api, textAt(principal, 'id'), person)
      if (made) out.done(`${principalName(person)} may enter ${nameOf(appKind, app)}.`, made)
    }
  },
})

const remove = command({
  name: 'remove',
  summary: 'take away what people or groups may enter; their sessions end there',
  kind: 'remove',
  examples: ['assignments remove --app Wiki --to ann@contoso.com'],
  options: pair,
  async run({ api, out }, { app: word, to }) {
    if (to.length === 0) throw usageFailure('Say whom with --to.')
    const app = await resolve(api, appKind, word)
    const path = assignedTo(await principalOf(api, app))
    const rows = await api.list(path)
    for (const each of to) {
      const person = await resolvePrincipal(api, each)
      const row = rows.find((row) => textAt(row, 'principalId') === textAt(person, 'id'))
      const name = principalName(person)
      if (row === undefined) {
        throw failure('not-assigned', `${name} is not assigned to ${nameOf(appKind, app)}.`, [
          'They may be in a group that is: sallyport assignments list --app …',
        ])
      }
      await api.change('DELETE', `${path}/${textAt(row, 'id')}`)
      out.done(`${name} is not assigned to ${nameOf(appKind, app)} any more.`, row)
    }
  },
})

export const assignments = [list, create, remove]
