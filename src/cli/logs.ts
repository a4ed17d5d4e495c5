import { quote } from './api.ts'
import { appKind } from './app-kind.ts'
import { command } from './command.ts'
import { usageFailure } from './failure.ts'
import { resolve } from './kind.ts'
import { flag, need, option, whole } from './parameter.ts'
import { listAt, type Resource, textAt, valueAt, wordsAt } from './resource.ts'
import type { Column } from './table.ts'
import { since, when } from './time.ts'

const shared = {
  top: whole('number', 'how many at most, 50 if unsaid', 1, 10_000),
  since: option('time', 'not older: 90m, 2h, 7d, or a date'),
  filter: option('expression', 'more of it in OData'),
}
const defaultTop = 50

function and(...parts: readonly (string | undefined)[]): string | undefined {
  const said = parts.filter((part) => part !== undefined && part !== '')
  return said.length > 0 ? said.join(' and ') : undefined
}

function notBefore(property: string, written: string | undefined): string | undefined {
  if (written === undefined) return undefined
  const date = since(written, Date.now())
  if (date === undefined) throw usageFailure(`${written} is no time. Write 90m, 2h, 7d or a date.`)
  return `${property} ge ${date}`
}

const signInColumns: readonly Column<Resource>[] = [
  { title: 'WHEN', value: (row) => when(textAt(row, 'createdDateTime')) },
  {
    title: 'WHO',
    value: (row) => textAt(row, 'userPrincipalName') || textAt(row, 'servicePrincipalName'),
  },
  { title: 'APPLICATION', value: (row) => textAt(row, 'appDisplayName') },
  {
    title: 'RESULT',
    value: resultOf,
    style: (row) => (valueAt(row, 'status/errorCode') === 0 ? 'good' : 'bad'),
  },
  { title: 'FROM', value: (row) => textAt(row, 'ipAddress') },
  { title: 'POLICIES', value: (row) => textAt(row, 'conditionalAccessStatus') },
  { title: 'ID', value: (row) => textAt(row, 'id') },
]

function resultOf(row: Resource): string {
  if (valueAt(row, 'status/errorCode') === 0) return 'signed in'
  return textAt(row, 'status/additionalDetails') || textAt(row, 'status/failureReason')
}

const listSignIns = command({
  name: 'list',
  summary: 'who signed in, or tried to, the newest first',
  kind: 'read',
  examples: ['sign-ins list --since 2h', 'sign-ins list --user ann@contoso.com --failed --json'],
  options: {
    user: option('name', 'only this person', { namesOf: 'users' }),
    app: option('name', 'only at this application', { namesOf: 'apps' }),
    failed: flag('only those that did not get in'),
    ...shared,
  },
  async run({ api, out }, { user, app: appWord, failed, top, since: start, filter }) {
    const app = appWord === undefined ? undefined : await resolve(api, appKind, appWord)
    const rows = await api.list(
      '/auditLogs/signIns',
      {
        filter: and(
          user && `userPrincipalName eq ${quote(user)}`,
          app && `appId eq ${quote(textAt(app, 'appId'))}`,
          failed ? 'status/errorCode ne 0' : undefined,
          notBefore('createdDateTime', start),
          filter,
        ),
      },
      top ?? defaultTop,
    )
    out.list(rows, signInColumns, 'Nobody did.')
  },
})

const showSignIn = command({
  name: 'show',
  summary: 'one sign-in, and what each policy said of it',
  kind: 'read',
  examples: ['sign-ins show 3f2504e0-4f89-11d3-9a0c-0305e82c3301'],
  takes: { id: need('id', 'from sign-ins list') },
  async run({ api, out }, { id }) {
    const found = await api.get(`/auditLogs/signIns/${encodeURIComponent(id)}`)
    const isIn = valueAt(found, 'status/errorCode') === 0
    out.item(found, [
      ['When', when(textAt(found, 'createdDateTime'))],
      ['Who', textAt(found, 'userPrincipalName') || textAt(found, 'servicePrincipalName'), 'bold'],
      ['Application', textAt(found, 'appDisplayName')],
      ['Result', resultOf(found), isIn ? 'good' : 'bad'],
      ['Why', textAt(found, 'status/failureReason')],
      ['Proved by', wordsAt(found, 'authenticationMethodsUsed').join(', ')],
      ['From', textAt(found, 'ipAddress')],
      ['With', textAt(found, 'deviceDetail/browser')],
      ['On', textAt(found, 'deviceDetail/operatingSystem')],
      ...listAt(found, 'appliedConditionalAccessPolicies').map(
        (policy) => [`Policy ${textAt(policy, 'displayName')}`, textAt(policy, 'result')] as const,
      ),
      ['Id', textAt(found, 'id')],
    ])
  },
})

const auditColumns: readonly Column<Resource>[] = [
  { title: 'WHEN', value: (row) => when(textAt(row, 'activityDateTime')) },
  { title: 'WHO', value: authorOf },
  { title: 'WHAT', value: (row) => textAt(row, 'activityDisplayName') },
  { title: 'OF', value: (row) => textAt(row, 'targetResources/0/displayName') },
  { title: 'WHY', value: (row) => textAt(row, 'resultReason') },
  { title: 'ID', value: (row) => textAt(row, 'id') },
]

function authorOf(row: Resource): string {
  return (
    textAt(row, 'initiatedBy/user/userPrincipalName') || textAt(row, 'initiatedBy/app/displayName')
  )
}

const listAudits = command({
  name: 'list',
  summary: 'who changed what, and why, the newest first',
  kind: 'read',
  examples: ['audit list --since 7d', 'audit list --by ann@contoso.com --json'],
  options: {
    by: option('name', 'only what this person changed', { namesOf: 'users' }),
    activity: option('name', 'only this, such as application.delete'),
    ...shared,
  },
  async run({ api, out }, { by, activity, top, since: start, filter }) {
    const rows = await api.list(
      '/auditLogs/directoryAudits',
      {
        filter: and(
          by && `initiatedBy/user/userPrincipalName eq ${quote(by)}`,
          activity && `activityDisplayName eq ${quote(activity)}`,
          notBefore('activityDateTime', start),
          filter,
        ),
      },
      top ?? defaultTop,
    )
    out.list(rows, auditColumns, 'Nothing was changed.')
  },
})

const changedColumns: readonly Column<Resource>[] = [
  { title: 'PROPERTY', value: (row) => textAt(row, 'displayName') },
  { title: 'BEFORE', value: (row) => textAt(row, 'oldValue'), style: () => 'bad' },
  { title: 'AFTER', value: (row) => textAt(row, 'newValue'), style: () => 'good' },
]

const showAudit = command({
  name: 'show',
  summary: 'one change, property by property',
  kind: 'read',
  examples: ['audit show 42'],
  takes: { id: need('id', 'from audit list') },
  async run({ api, out }, { id }) {
    const filter = `id eq ${quote(id)}`
    const [found = {}] = await api.list('/auditLogs/directoryAudits', { filter }, 1)
    if (textAt(found, 'id') === '') throw usageFailure(`There is no entry ${id} in the audit log.`)
    out.item(found, [
      ['When', when(textAt(found, 'activityDateTime'))],
      ['Who', authorOf(found), 'bold'],
      ['What', textAt(found, 'activityDisplayName')],
      ['Of', textAt(found, 'targetResources/0/displayName')],
      ['Why', textAt(found, 'resultReason')],
    ])
    const rows = listAt(found, 'targetResources/0/modifiedProperties')
    if (out.isJson || out.isQuiet || rows.length === 0) return
    out.line('')
    out.table(rows, changedColumns)
  },
})

export const signIns = [listSignIns, showSignIn]
export const audit = [listAudits, showAudit]
