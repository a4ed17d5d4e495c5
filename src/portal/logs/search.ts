import { compact, oneOf, type RawSearch, textOf } from '../parts/search.ts'

export const signInResults = ['success', 'failure'] as const
export const signInKinds = ['interactiveUser', 'nonInteractiveUser', 'servicePrincipal'] as const
export const spans = ['1', '7', '30'] as const

/** The filters of the sign-in log, and the entry that is open. */
export interface SignInSearch {
  /** A person's id, or the beginning of a user name. */
  readonly user?: string
  readonly app?: string
  readonly ip?: string
  readonly result?: (typeof signInResults)[number]
  readonly kind?: (typeof signInKinds)[number]
  readonly days?: (typeof spans)[number]
  readonly entry?: string
}

/** Reads them from the URL. */
export function signInSearch(search: RawSearch): SignInSearch {
  return compact({
    user: textOf(search, 'user'),
    app: textOf(search, 'app'),
    ip: textOf(search, 'ip'),
    result: oneOf(search, 'result', signInResults),
    kind: oneOf(search, 'kind', signInKinds),
    days: spanOf(search),
    entry: textOf(search, 'entry'),
  })
}

export const categories = [
  'ApplicationManagement',
  'UserManagement',
  'GroupManagement',
  'Policy',
  'DirectoryManagement',
] as const

/** The filters of the audit log, and the entry that is open. */
export interface AuditSearch {
  readonly author?: string
  readonly category?: (typeof categories)[number]
  readonly days?: (typeof spans)[number]
  readonly entry?: string
}

/** Reads them from the URL. */
export function auditSearch(search: RawSearch): AuditSearch {
  return compact({
    author: textOf(search, 'author'),
    category: oneOf(search, 'category', categories),
    days: spanOf(search),
    entry: textOf(search, 'entry'),
  })
}

// The router reads digits as a number.
function spanOf(search: RawSearch): (typeof spans)[number] | undefined {
  return spans.find((span) => span === textOf(search, 'days'))
}

/** What the spans are called. */
export const spanLabels = [
  ['1', 'Last day'],
  ['7', 'Last week'],
  ['30', 'Last 30 days'],
] as const
