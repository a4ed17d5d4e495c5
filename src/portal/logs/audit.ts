import type { CsvColumn } from './csv.ts'
import { logQuery, quoted, since } from './filter.ts'
import type { AuditSearch } from './search.ts'

/** One entry of the audit log. */
export interface AuditEntry {
  readonly id: string
  readonly activityDateTime: string
  readonly activityDisplayName: string
  readonly category: string
  readonly initiatedBy: {
    readonly app: { readonly appId: string; readonly displayName: string } | null
    readonly user: { readonly displayName: string } | null
  }
  readonly resultReason: string
  readonly targetResources: readonly AuditTarget[]
}

/** What was changed. */
export interface AuditTarget {
  readonly id: string
  readonly displayName: string | null
  readonly type: string
  readonly modifiedProperties: readonly {
    readonly displayName: string
    readonly oldValue: string | null
    readonly newValue: string | null
  }[]
}

/** Where the entries stand that these filters leave. */
export function auditQuery(search: AuditSearch, top: number, now: number): string {
  const { author, category, days } = search
  const conditions = [
    author && `startswith(initiatedBy/user/userPrincipalName,${quoted(author)})`,
    category && `category eq ${quoted(category)}`,
    since('activityDateTime', days, now),
  ]
  return `/auditLogs/directoryAudits${logQuery(
    conditions.map((each) => each || undefined),
    top,
  )}`
}

/** Who did it: a person, a program, or the edge itself. */
export function authorOf({ initiatedBy: { app, user } }: AuditEntry): string {
  return app?.displayName ?? user?.displayName ?? ''
}

/** What it was done to, in a few words. */
export function targetOf({ targetResources: [target] }: AuditEntry): string {
  return target?.displayName ?? target?.id ?? ''
}

/** What is taken away as a table. */
export const auditColumns: readonly CsvColumn<AuditEntry>[] = [
  { title: 'Time', cell: (entry) => entry.activityDateTime },
  { title: 'Activity', cell: (entry) => entry.activityDisplayName },
  { title: 'Category', cell: (entry) => entry.category },
  { title: 'Author', cell: authorOf },
  { title: 'Reason', cell: (entry) => entry.resultReason },
  { title: 'Target', cell: targetOf },
  { title: 'Target id', cell: (entry) => entry.targetResources[0]?.id },
  {
    title: 'Changed',
    cell: (entry) =>
      entry.targetResources
        .flatMap(({ modifiedProperties }) => modifiedProperties)
        .map(({ displayName }) => displayName)
        .join(' '),
  },
]
