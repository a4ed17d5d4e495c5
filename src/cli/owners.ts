import type { Api } from './api.ts'
import { appKind } from './app-kind.ts'
import { command } from './command.ts'
import { exitCodes, Failure, usageFailure } from './failure.ts'
import { isGuid, type Kind, nameOf, pathOf, resolve, unknownName } from './kind.ts'
import { option, several } from './parameter.ts'
import { groupKind, principalName, principalOf, userKind } from './principals.ts'
import { type Resource, textAt } from './resource.ts'
import { askFirst } from './session.ts'
import type { Column } from './table.ts'

const kindOf = (row: Resource) => textAt(row, '@odata.type').replace('#microsoft.graph.', '')

const columns: readonly Column<Resource>[] = [
  { title: 'OWNER', value: principalName },
  { title: 'KIND', value: kindOf },
  { title: 'ID', value: (row) => textAt(row, 'id'), whole: true },
]

const ownedColumns: readonly Column<Resource>[] = [
  { title: 'NAME', value: (row) => textAt(row, 'displayName') },
  { title: 'KIND', value: kindOf },
  { title: 'ID', value: (row) => textAt(row, 'id'), whole: true },
]

const owned = {
  app: option('name', 'the application', { namesOf: 'apps' }),
  group: option('name', 'the group', { namesOf: 'groups' }),
}

/** What is owned, with the path of its owners. Throws a Failure unless one of both is said. */
async function findOwned(
  api: Api,
  { app, group }: { readonly app: string | undefined; readonly group: string | undefined },
): Promise<{ readonly name: string; readonly path: string }> {
  if ((app === undefined) === (group === undefined)) {
    throw usageFailure('Say either --app or --group.', 'sallyport owners --help')
  }
  const [kind, word]: readonly [Kind, string] =
    app === undefined ? [groupKind, group ?? ''] : [appKind, app]
  const found = await resolve(api, kind, word)
  return { name: nameOf(kind, found), path: `${pathOf(kind, found)}/owners` }
}

const list = command({
  name: 'list',
  summary: 'who looks after an application or a group, or what a person looks after',
  kind: 'read',
  examples: ['owners list --app Wiki', 'owners list --user ann@contoso.com --json'],
  options: { ...owned, user: option('name', 'the person', { namesOf: 'users' }) },
  async run({ api, out }, { app, group, user }) {
    if (user === undefined) {
      const { path } = await findOwned(api, { app, group })
      return out.list(await api.list(path), columns, 'Nobody owns it.')
    }
    if (app !== undefined || group !== undefined) {
      throw usageFailure('Say one of --app, --group and --user.', 'sallyport owners list --help')
    }
    const person = await resolve(api, userKind, user)
    const rows = await api.list(`${pathOf(userKind, person)}/ownedObjects`)
    // An application and its principal are one thing to whoever reads this.
    const shown = rows.filter((row) => kindOf(row) !== 'servicePrincipal')
    return out.list(shown, ownedColumns, 'They own nothing.')
  },
})

const whom = {
  ...owned,
  owner: several('user|program', 'who; several times, or with commas', { namesOf: 'users' }),
}

const add = command({
  name: 'add',
  summary: 'make people or programs owners of an application or a group',
  kind: 'write',
  examples: [
    'owners add --app Wiki --owner ann@contoso.com',
    'owners add --app Wiki --owner Robot',
  ],
  options: whom,
  async run({ api, out }, { app, group, owner }) {
    if (owner.length === 0) throw usageFailure('Say who with --owner.')
    const { name, path } = await findOwned(api, { app, group })
    const { server } = await api.connection()
    for (const word of owner) {
      const found = await findPrincipal(api, word)
      const reference = { '@odata.id': `${server}/beta/directoryObjects/${textAt(found, 'id')}` }
      await api.change('POST', `${path}/$ref`, reference)
      out.done(`${principalName(found)} owns ${name}.`, found)
    }
  },
})

/** A person, or a program by its service principal. An owner reads no list of people, and so names others by their ids. */
async function findPrincipal(api: Api, word: string): Promise<Resource> {
  if (isGuid(word)) return { id: word, displayName: word }
  const person = await unlessUnknown(() => resolve(api, userKind, word))
  if (person) return person
  const app = await unlessUnknown(() => resolve(api, appKind, word))
  if (app) return principalOf(api, app)
  throw new Failure({
    code: 'not-found',
    exitCode: exitCodes.failed,
    message: `There is neither a user nor a program called ${word}.`,
    fix: 'sallyport users list',
  })
}

async function unlessUnknown(find: () => Promise<Resource>): Promise<Resource | undefined> {
  try {
    return await find()
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.facts.code === 'not-found') return undefined
    throw thrown
  }
}

const remove = command({
  name: 'remove',
  summary: 'let people or programs no longer be owners',
  kind: 'remove',
  examples: ['owners remove --app Wiki --owner ann@contoso.com --yes'],
  options: whom,
  async run(session, { app, group, owner }) {
    const { api, out } = session
    if (owner.length === 0) throw usageFailure('Say who with --owner.')
    const { name, path } = await findOwned(api, { app, group })
    const owners = await api.list(path)
    const going = owner.map((word) => theOwner(owners, word))
    const names = going.map(principalName).join(', ')
    await askFirst(session, `${names} will no longer look after ${name}.`, names)
    for (const each of going) {
      await api.change('DELETE', `${path}/${textAt(each, 'id')}/$ref`)
      out.done(`${principalName(each)} no longer owns ${name}.`, each)
    }
  },
})

function theOwner(owners: readonly Resource[], word: string): Resource {
  const isMeant = (each: Resource) =>
    [textAt(each, 'id'), principalName(each)].some(
      (name) => name.toLowerCase() === word.toLowerCase(),
    )
  const found = owners.find(isMeant)
  if (found) return found
  throw unknownName('owner', word, owners.map(principalName), 'owners list')
}

export const owners = [list, add, remove]
