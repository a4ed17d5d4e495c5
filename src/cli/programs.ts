import type { Api } from './api.ts'
import { appKind } from './app-kind.ts'
import { command } from './command.ts'
import { usageFailure } from './failure.ts'
import { nameOf, pathOf, resolve, unknownName } from './kind.ts'
import { need, option, several, whole } from './parameter.ts'
import { principalOf } from './principals.ts'
import { listAt, type Resource, textAt, valueAt } from './resource.ts'
import { askFirst, type Session } from './session.ts'
import type { Column } from './table.ts'
import { clean } from './text.ts'
import { when } from './time.ts'

const theProgram = { program: need('program', 'name, id or app id', { namesOf: 'programs' }) }
const permissions = several('name', 'such as Application.Read.All; several with commas', [
  ...['Directory.ReadWrite.All', 'Directory.Read.All', 'Application.ReadWrite.All'],
  ...['Application.Read.All', 'OnPremisesPublishingProfiles.ReadWrite.All', 'AuditLog.Read.All'],
  ...['Policy.Read.All', 'Policy.ReadWrite.ConditionalAccess'],
])

/** The service principal of the management API, whose roles are the permissions. */
async function findApi(api: Api): Promise<Resource> {
  return api.get("/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')")
}

function findPermission(graph: Resource, name: string): Resource {
  const roles = listAt(graph, 'appRoles')
  const found = roles.find((role) => textAt(role, 'value').toLowerCase() === name.toLowerCase())
  if (found) return found
  const names = roles.map((role) => textAt(role, 'value'))
  throw unknownName('permission', name, names, 'programs grant --help')
}

const columns: readonly Column<Resource>[] = [
  { title: 'NAME', value: (app) => textAt(app, 'displayName') },
  {
    title: 'SECRETS',
    value: (app) =>
      listAt(app, 'passwordCredentials')
        .map((secret) => `until ${when(textAt(secret, 'endDateTime')).slice(0, 10)}`)
        .join(', '),
  },
  { title: 'CERTIFICATES', value: (app) => String(listAt(app, 'keyCredentials').length || '') },
  { title: 'APP ID', value: (app) => textAt(app, 'appId'), whole: true },
]

const list = command({
  name: 'list',
  summary: 'programs that call the API or applications in their own name',
  kind: 'read',
  examples: ['programs list', 'programs list --json'],
  async run({ api, out }) {
    const select = `${appKind.select},passwordCredentials,keyCredentials`
    const apps = await api.list(appKind.path, { select })
    const programs = apps.filter((app) => !valueAt(app, 'onPremisesPublishing'))
    out.list(programs, columns, 'There is no program: sallyport programs create --help')
  },
})

async function rolesOf(
  api: Api,
  principal: Resource,
  graph: Resource,
): Promise<readonly Resource[]> {
  const rows = await api.list(`/servicePrincipals/${textAt(principal, 'id')}/appRoleAssignments`)
  const roles = listAt(graph, 'appRoles')
  return rows.map((row) => {
    const role = roles.find((each) => textAt(each, 'id') === textAt(row, 'appRoleId'))
    return { ...row, appRoleValue: textAt(role, 'value') || textAt(row, 'appRoleId') }
  })
}

const roleColumns: readonly Column<Resource>[] = [
  { title: 'MAY', value: (row) => textAt(row, 'appRoleValue') },
  { title: 'AT', value: (row) => textAt(row, 'resourceDisplayName') },
]

const show = command({
  name: 'show',
  summary: 'one program, its secrets and what it may',
  kind: 'read',
  examples: ['programs show Robot'],
  takes: theProgram,
  async run({ api, out }, { program: word }) {
    const app = await api.get(pathOf(appKind, await resolve(api, appKind, word)))
    const [principal, graph] = await Promise.all([principalOf(api, app), findApi(api)])
    const appRoleAssignments = await rolesOf(api, principal, graph)
    const secrets = listAt(app, 'passwordCredentials').map(
      (secret) =>
        `${textAt(secret, 'displayName') || textAt(secret, 'keyId')} until ${when(textAt(secret, 'endDateTime'))}`,
    )
    out.item({ ...app, appRoleAssignments }, [
      ['Name', textAt(app, 'displayName'), 'bold'],
      ['Enabled', valueAt(principal, 'accountEnabled') === false ? 'no' : 'yes'],
      ['Secrets', secrets.join(', ')],
      ['Certificates', String(listAt(app, 'keyCredentials').length || '')],
      ['App id', textAt(app, 'appId')],
      ['Id', textAt(app, 'id')],
    ])
    if (out.isJson || out.isQuiet || appRoleAssignments.length === 0) return
    out.line('')
    out.table(appRoleAssignments, roleColumns)
  },
})

const create = command({
  name: 'create',
  summary: 'register a program, with what it may do at the management API',
  kind: 'write',
  examples: ['programs create --name Robot --permission Application.Read.All,AuditLog.Read.All'],
  options: { name: need('name', 'how it is called'), permission: permissions },
  async run({ api, out }, { name, permission }) {
    const graph = await findApi(api)
    const roles = permission.map((each) => findPermission(graph, each))
    const made = await api.change('POST', appKind.path, { displayName: name })
    const principal = made ? await principalOf(api, made) : { id: '{servicePrincipal}' }
    for (const role of roles) await grantRole(api, principal, graph, role)
    if (made) out.done(`${name} is registered: sallyport programs secret ${name}`, made, 'appId')
  },
})

function grantRole(
  api: Api,
  principal: Resource,
  graph: Resource,
  role: Resource,
): Promise<Resource | undefined> {
  const principalId = textAt(principal, 'id')
  return api.change('POST', `/servicePrincipals/${principalId}/appRoleAssignments`, {
    principalId,
    resourceId: textAt(graph, 'id'),
    appRoleId: textAt(role, 'id'),
  })
}

const secret = command({
  name: 'secret',
  summary: 'make a secret for a program, and print it once',
  kind: 'write',
  examples: ['programs secret Robot --name nightly --days 90'],
  takes: theProgram,
  options: {
    name: option('name', 'what it is for'),
    days: whole('number', 'how long it is good; two years if unsaid', 1, 3650),
  },
  async run({ api, out }, { program: word, name, days }) {
    const app = await resolve(api, appKind, word)
    const end = days === undefined ? undefined : new Date(Date.now() + days * 86_400_000)
    const made = await api.change('POST', `${pathOf(appKind, app)}/addPassword`, {
      passwordCredential: {
        ...(name !== undefined && { displayName: name }),
        ...(end && { endDateTime: end.toISOString() }),
      },
    })
    if (made === undefined) return
    if (out.isJson || out.isQuiet) {
      out.item({ ...made, appId: textAt(app, 'appId') }, [], 'secretText')
      return
    }
    out.say(
      `For ${nameOf(appKind, app)} (SALLYPORT_CLIENT_ID=${textAt(app, 'appId')}), shown once:`,
    )
    out.line(clean(textAt(made, 'secretText')))
  },
})

const removeSecret = command({
  name: 'remove-secret',
  summary: 'take a secret away from a program',
  kind: 'remove',
  examples: ['programs remove-secret Robot nightly --yes'],
  takes: { ...theProgram, secret: need('secret', 'its name, or its key id') },
  async run(session, { program: word, secret: wanted }) {
    const { api, out } = session
    const app = await api.get(pathOf(appKind, await resolve(api, appKind, word)))
    const secrets = listAt(app, 'passwordCredentials')
    const names = secrets.map((each) => textAt(each, 'displayName'))
    const found = secrets.filter((each) =>
      [textAt(each, 'displayName'), textAt(each, 'keyId')].includes(wanted),
    )
    const [only] = found
    if (only === undefined) throw unknownName('secret', wanted, names, `programs show ${word}`)
    if (found.length > 1) throw usageFailure(`Several secrets are called ${wanted}: give a key id.`)
    await askFirst(session, `Programs with the secret ${wanted} will not get in any more.`, wanted)
    await api.change('POST', `${pathOf(appKind, app)}/removePassword`, { keyId: only['keyId'] })
    out.done(`The secret ${wanted} is worth nothing any more.`, only, 'keyId')
  },
})

async function changePermissions(
  { api, out }: Session,
  word: string,
  names: readonly string[],
  change: (principal: Resource, graph: Resource, role: Resource) => Promise<unknown>,
  what: string,
): Promise<void> {
  if (names.length === 0) throw usageFailure('Say which with --permission.')
  const app = await resolve(api, appKind, word)
  const [principal, graph] = await Promise.all([principalOf(api, app), findApi(api)])
  const roles = names.map((name) => findPermission(graph, name))
  for (const role of roles) await change(principal, graph, role)
  out.done(`${nameOf(appKind, app)} ${what} ${names.join(', ')}.`, app)
}

const grant = command({
  name: 'grant',
  summary: 'let a program do more at the management API',
  kind: 'write',
  examples: ['programs grant Robot --permission AuditLog.Read.All'],
  takes: theProgram,
  options: { permission: permissions },
  async run(session, { program, permission }) {
    const give = (principal: Resource, graph: Resource, role: Resource) =>
      grantRole(session.api, principal, graph, role)
    await changePermissions(session, program, permission, give, 'has')
  },
})

const revoke = command({
  name: 'revoke',
  summary: 'let a program do less at the management API',
  kind: 'write',
  examples: ['programs revoke Robot --permission AuditLog.Read.All'],
  takes: theProgram,
  options: { permission: permissions },
  async run(session, { program, permission }) {
    const { api } = session
    const take = async (principal: Resource, graph: Resource, role: Resource) => {
      const rows = await rolesOf(api, principal, graph)
      const row = rows.find((each) => textAt(each, 'appRoleId') === textAt(role, 'id'))
      if (row === undefined) throw usageFailure(`It does not have ${textAt(role, 'value')}.`)
      const path = `/servicePrincipals/${textAt(principal, 'id')}/appRoleAssignments`
      await api.change('DELETE', `${path}/${textAt(row, 'id')}`)
    }
    await changePermissions(session, program, permission, take, 'no longer has')
  },
})

function switchCommand(name: 'enable' | 'disable') {
  const accountEnabled = name === 'enable'
  return command({
    name,
    summary: accountEnabled
      ? 'let a program in again'
      : 'keep a program out, with every token it has',
    kind: 'write',
    examples: [`programs ${name} Robot`],
    takes: theProgram,
    async run({ api, out }, { program: word }) {
      const app = await resolve(api, appKind, word)
      const { id } = await principalOf(api, app)
      await api.change('PATCH', `/servicePrincipals/${id}`, { accountEnabled })
      out.done(`${nameOf(appKind, app)} is ${accountEnabled ? 'let in' : 'kept out'}.`, app)
    },
  })
}

const remove = command({
  name: 'delete',
  summary: 'delete a program, its secrets and what it may',
  kind: 'remove',
  examples: ['programs delete Robot --yes'],
  takes: theProgram,
  async run(session, { program: word }) {
    const app = await resolve(session.api, appKind, word)
    const name = nameOf(appKind, app)
    if (valueAt(app, 'onPremisesPublishing')) {
      throw usageFailure(`${name} is published to people.`, `sallyport apps delete ${word}`)
    }
    await askFirst(session, `The program ${name} and its secrets will be deleted.`, name)
    await session.api.change('DELETE', pathOf(appKind, app))
    session.out.done(`${name} is deleted.`, app)
  },
})

export const programs = [
  ...[list, show, create, secret, removeSecret, grant, revoke],
  ...[switchCommand('enable'), switchCommand('disable'), remove],
]
