import { yesNo } from './app-facts.ts'
import { command } from './command.ts'
import { usageFailure } from './failure.ts'
import { nameOf, pathOf, resolve } from './kind.ts'
import { flag, need, option, readInputFile, whole } from './parameter.ts'
import { randomPassword } from './password.ts'
import { userKind } from './principals.ts'
import { type Resource, textAt, valueAt } from './resource.ts'
import { deleteCommand, listCommand } from './resource-commands.ts'
import { askFirst, type Session } from './session.ts'
import type { Column } from './table.ts'
import { clean } from './text.ts'
import { when } from './time.ts'

const theUser = { user: need('user', 'user name, name or id', { namesOf: 'users' }) }

const columns: readonly Column<Resource>[] = [
  { title: 'USER NAME', value: (user) => textAt(user, 'userPrincipalName') },
  { title: 'NAME', value: (user) => textAt(user, 'displayName') },
  { title: 'MAIL', value: (user) => textAt(user, 'mail') },
  {
    title: 'ENABLED',
    value: (user) => yesNo(valueAt(user, 'accountEnabled')),
    style: (user) => (valueAt(user, 'accountEnabled') === false ? 'warn' : undefined),
  },
  { title: 'ID', value: (user) => textAt(user, 'id'), whole: true, spare: true },
]

const facts = {
  kind: userKind,
  noun: 'users',
  plural: 'people',
  columns,
  facts: (user: Resource) =>
    [
      ['User name', textAt(user, 'userPrincipalName'), 'bold'],
      ['Name', textAt(user, 'displayName')],
      ['Mail', textAt(user, 'mail')],
      ['Enabled', yesNo(valueAt(user, 'accountEnabled'))],
      ['Id', textAt(user, 'id')],
    ] as const,
  example: 'ann@contoso.com',
  lost: 'everything they are assigned to',
}

const methodColumns: readonly Column<Resource>[] = [
  {
    title: 'METHOD',
    value: (method) =>
      textAt(method, '@odata.type').replace(/^#microsoft\.graph\.|AuthenticationMethod$/g, ''),
  },
  { title: 'NAME', value: (method) => textAt(method, 'displayName') },
  { title: 'SINCE', value: (method) => when(textAt(method, 'createdDateTime')) },
  { title: 'ID', value: (method) => textAt(method, 'id') },
]

const assignmentColumns: readonly Column<Resource>[] = [
  { title: 'APPLICATION', value: (row) => textAt(row, 'resourceDisplayName') },
  { title: 'THROUGH', value: (row) => textAt(row, 'principalDisplayName') },
  { title: 'SINCE', value: (row) => when(textAt(row, 'creationTimestamp')) },
]

const show = command({
  name: 'show',
  summary: 'one person, what they may enter, and how they can sign in',
  kind: 'read',
  examples: ['users show ann@contoso.com'],
  takes: theUser,
  async run({ api, out }, { user: word }) {
    const user = await resolve(api, userKind, word)
    const path = pathOf(userKind, user)
    const [appRoleAssignments, methods] = await Promise.all([
      api.list(`${path}/appRoleAssignments`),
      api.list(`${path}/authentication/methods`),
    ])
    out.item({ ...user, appRoleAssignments, authentication: { methods } }, facts.facts(user))
    if (out.isJson || out.isQuiet) return
    if (appRoleAssignments.length > 0) {
      out.line('')
      out.table(appRoleAssignments, assignmentColumns)
    }
    if (methods.length > 0) {
      out.line('')
      out.table(methods, methodColumns)
    }
  },
})

const passwordOptions = {
  passwordFile: option('file', 'holds the first password; - is stdin; made up if unsaid', 'files'),
  keepPassword: flag('they need not change it at their first sign-in'),
}

function readPassword(file: string | undefined): { password: string; isMade: boolean } {
  if (file === undefined) return { password: randomPassword(), isMade: true }
  const password = readInputFile(file).replace(/\r?\n$/, '')
  if (password === '') throw usageFailure(`${file} is empty.`)
  return { password, isMade: false }
}

const create = command({
  name: 'create',
  summary: 'add a person to the embedded provider',
  kind: 'write',
  examples: ['users create --user-name ann@contoso.com --name "Ann Lee"'],
  options: {
    userName: need('name', 'what they sign in with: ann@contoso.com'),
    name: option('name', 'how they are called, the user name if unsaid'),
    mail: option('address', 'their mail address'),
    ...passwordOptions,
    disabled: flag('they cannot sign in until they are enabled'),
  },
  async run(session, { userName, name = userName, mail, passwordFile, keepPassword, disabled }) {
    const { api, out } = session
    const { password, isMade } = readPassword(passwordFile)
    const shown = api.isDryRun ? '…' : password
    const made = await api.change('POST', userKind.path, {
      accountEnabled: !disabled,
      displayName: name,
      userPrincipalName: userName,
      ...(mail !== undefined && { mail }),
      passwordProfile: { password: shown, forceChangePasswordNextSignIn: !keepPassword },
    })
    if (made === undefined) return
    sayWithPassword(
      session,
      `${userName} is there`,
      made,
      isMade ? password : undefined,
      out.isJson,
    )
  },
})

function sayWithPassword(
  { out }: Session,
  sentence: string,
  user: Resource,
  password: string | undefined,
  isJson: boolean,
): void {
  if (password === undefined || out.isQuiet) {
    out.done(`${sentence}.`, user)
  } else if (isJson) {
    out.json({ ...user, passwordProfile: { password } })
  } else {
    out.done(`${sentence}. The first password, shown once:`, user)
    out.line(password)
  }
}

const update = command({
  name: 'update',
  summary: 'change the names of a person',
  kind: 'write',
  examples: ['users update ann@contoso.com --name "Ann Lee-Kim"'],
  takes: theUser,
  options: {
    userName: option('name', 'what they sign in with'),
    name: option('name', 'how they are called'),
    mail: option('address', 'their mail address'),
  },
  async run({ api, out }, { user: word, userName, name, mail }) {
    const user = await resolve(api, userKind, word)
    const body = {
      ...(userName !== undefined && { userPrincipalName: userName }),
      ...(name !== undefined && { displayName: name }),
      ...(mail !== undefined && { mail }),
    }
    if (Object.keys(body).length === 0) {
      throw usageFailure('Say what is to change.', 'sallyport users update --help')
    }
    await api.change('PATCH', pathOf(userKind, user), body)
    if (api.isDryRun) return
    const now = await api.get(pathOf(userKind, user))
    out.done(`${nameOf(userKind, now)} is changed.`, now)
  },
})

function switchCommand(name: 'enable' | 'disable') {
  const accountEnabled = name === 'enable'
  return command({
    name,
    summary: accountEnabled
      ? 'let a person sign in again'
      : 'keep a person out: everywhere, within seconds',
    kind: 'write',
    examples: [`users ${name} ann@contoso.com`],
    takes: theUser,
    async run({ api, out }, { user: word }) {
      const user = await resolve(api, userKind, word)
      await api.change('PATCH', pathOf(userKind, user), { accountEnabled })
      const what = accountEnabled ? 'may sign in' : 'is out'
      out.done(`${nameOf(userKind, user)} ${what}.`, { ...user, accountEnabled })
    },
  })
}

const signOut = command({
  name: 'sign-out',
  summary: 'end every session of a person, on all hosts and at the embedded provider',
  kind: 'write',
  examples: ['users sign-out ann@contoso.com --reason "lost laptop"'],
  takes: theUser,
  async run({ api, out }, { user: word }) {
    const user = await resolve(api, userKind, word)
    await api.change('POST', `${pathOf(userKind, user)}/revokeSignInSessions`, {})
    out.done(`${nameOf(userKind, user)} is signed out everywhere.`, user)
  },
})

const resetPassword = command({
  name: 'reset-password',
  summary: 'give a person a new password, and sign them out',
  kind: 'remove',
  examples: ['users reset-password ann@contoso.com --yes'],
  takes: theUser,
  options: passwordOptions,
  async run(session, { user: word, passwordFile, keepPassword }) {
    const { api } = session
    const user = await resolve(api, userKind, word)
    const name = nameOf(userKind, user)
    await askFirst(session, `${name} will need a new password and is signed out.`, name)
    const { password, isMade } = readPassword(passwordFile)
    await api.change('PATCH', pathOf(userKind, user), {
      passwordProfile: {
        password: api.isDryRun ? '…' : password,
        forceChangePasswordNextSignIn: !keepPassword,
      },
    })
    if (api.isDryRun) return
    const isJson = session.out.isJson
    sayWithPassword(
      session,
      `${name} has a new password`,
      user,
      isMade ? password : undefined,
      isJson,
    )
  },
})

const temporaryPass = command({
  name: 'temporary-pass',
  summary: 'make a pass that lets a person in for a while, to set up a passkey',
  kind: 'write',
  examples: ['users temporary-pass ann@contoso.com --minutes 60 --once'],
  takes: theUser,
  options: {
    minutes: whole('number', 'how long it is good', 10, 43_200),
    once: flag('it may be used once'),
  },
  async run({ api, out }, { user: word, minutes, once }) {
    const user = await resolve(api, userKind, word)
    const path = `${pathOf(userKind, user)}/authentication/temporaryAccessPassMethods`
    const made = await api.change('POST', path, {
      ...(minutes !== undefined && { lifetimeInMinutes: minutes }),
      ...(once && { isUsableOnce: true }),
    })
    if (made === undefined) return
    if (out.isJson || out.isQuiet) {
      out.item(made, [], 'temporaryAccessPass')
      return
    }
    out.say(
      `For ${nameOf(userKind, user)}, ${textAt(made, 'lifetimeInMinutes')} minutes, shown once:`,
    )
    out.line(clean(textAt(made, 'temporaryAccessPass')))
  },
})

export const users = [
  ...[listCommand(facts), show, create, update, switchCommand('enable'), switchCommand('disable')],
  ...[signOut, resetPassword, temporaryPass, deleteCommand(facts)],
]
