import type { CsvColumn } from './csv.ts'
import { logQuery, quoted, since } from './filter.ts'
import type { SignInSearch } from './search.ts'

export const signInsPath = '/auditLogs/signIns'

/** One entry of the sign-in log. */
export interface SignIn {
  readonly id: string
  readonly createdDateTime: string
  readonly userDisplayName: string | null
  readonly userPrincipalName: string | null
  readonly userId: string | null
  readonly appId: string | null
  readonly appDisplayName: string | null
  readonly ipAddress: string
  readonly clientAppUsed: string
  readonly correlationId: string
  readonly conditionalAccessStatus: 'success' | 'failure' | 'notApplied'
  readonly servicePrincipalName: string | null
  readonly signInEventTypes: readonly string[]
  readonly userAgent: string
  readonly status: {
    readonly errorCode: number
    readonly failureReason: string
    readonly additionalDetails: string
  }
  readonly deviceDetail: { readonly browser: string; readonly operatingSystem: string }
  readonly authenticationMethodsUsed: readonly string[]
  readonly appliedConditionalAccessPolicies: readonly AppliedPolicy[]
}

/** What one policy said to a sign-in. */
export interface AppliedPolicy {
  readonly id: string
  readonly displayName: string
  readonly result: string
  readonly enforcedGrantControls: readonly string[]
  readonly enforcedSessionControls: readonly string[]
}

/** Where the entries stand that these filters leave. */
export function signInQuery(search: SignInSearch, top: number, now: number): string {
  const { user, app, ip, result, kind, days } = search
  const conditions = [
    user && userCondition(user),
    app && `appId eq ${quoted(app)}`,
    ip && `startswith(ipAddress,${quoted(ip)})`,
    result && `status/errorCode ${result === 'success' ? 'eq' : 'ne'} 0`,
    kind && `signInEventTypes/any(t:t eq ${quoted(kind)})`,
    since('createdDateTime', days, now),
  ]
  return (
    signInsPath +
    logQuery(
      conditions.map((each) => each || undefined),
      top,
    )
  )
}

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function userCondition(user: string): string {
  if (guid.test(user)) return `userId eq ${quoted(user)}`
  return `startswith(userPrincipalName,${quoted(user)})`
}

/** Who it was: a person, a program, or nobody that is known. */
export function nameOf(entry: SignIn): string {
  return entry.userDisplayName ?? entry.servicePrincipalName ?? entry.userPrincipalName ?? 'Unknown'
}

/** What the kinds are called. */
export const kindLabels: Readonly<Record<string, string>> = {
  interactiveUser: 'Person',
  nonInteractiveUser: 'Renewal',
  servicePrincipal: 'Program',
}

/** What is taken away as a table. */
export const signInColumns: readonly CsvColumn<SignIn>[] = [
  { title: 'Time', cell: (entry) => entry.createdDateTime },
  { title: 'User', cell: nameOf },
  { title: 'User name', cell: (entry) => entry.userPrincipalName },
  { title: 'User id', cell: (entry) => entry.userId },
  { title: 'Application', cell: (entry) => entry.appDisplayName },
  { title: 'Application id', cell: (entry) => entry.appId },
  { title: 'Error code', cell: (entry) => entry.status.errorCode },
  { title: 'Reason', cell: (entry) => entry.status.failureReason },
  { title: 'Conditional access', cell: (entry) => entry.conditionalAccessStatus },
  { title: 'Kind', cell: (entry) => entry.signInEventTypes.join(' ') },
  { title: 'IP address', cell: (entry) => entry.ipAddress },
  { title: 'Browser', cell: (entry) => entry.deviceDetail.browser },
  { title: 'Operating system', cell: (entry) => entry.deviceDetail.operatingSystem },
  { title: 'Methods', cell: (entry) => entry.authenticationMethodsUsed.join(' ') },
  { title: 'Correlation id', cell: (entry) => entry.correlationId },
]
