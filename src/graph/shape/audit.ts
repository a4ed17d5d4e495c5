import { isDeepStrictEqual } from 'node:util'
import type { AuditEntry } from '../../directory/directory.ts'
import type { Collection } from '../collection.ts'
import { propertiesOf } from '../resource/kinds.ts'
import { directoryAudit } from '../resource/logs.ts'

/** Deleting the last segment opens the whole wildcard, so its entry has a name of its own. [P8] */
export const lastSegmentDeleted = 'application.delete-last-segment'

/** An entry of the audit log: a change by its version, or something else that was done. */
export type LoggedEntry = Omit<AuditEntry, 'version'> & { readonly id: string }

/** What ids name. */
type Names = ReadonlyMap<string, string>

/** What was changed by the name that the entry itself has for it. */
export function ownNameOf({ before, after }: LoggedEntry): string | undefined {
  return nameOf(after) ?? nameOf(before)
}

/** An audit entry in Graph's shape. */
export function toGraphAudit(entry: LoggedEntry, names: Names) {
  const at = new Date(entry.at).toISOString()
  return {
    id: entry.id,
    activityDateTime: at,
    activityDisplayName: activityOf(entry),
    category: categoryOf(entry.action),
    correlationId: null,
    initiatedBy: initiatorOf(entry.author),
    loggedByService: 'Sallyport',
    operationType: entry.action.split('.')[1] ?? '',
    result: 'success' as const,
    resultReason: entry.reason,
    targetResources: [
      {
        id: entry.targetId,
        displayName: ownNameOf(entry) ?? names.get(entry.targetId) ?? null,
        type: entry.action.split('.')[0] ?? '',
        modifiedProperties: modifiedProperties(entry),
      },
    ],
  }
}

const fields: Collection<LoggedEntry>['fields'] = {
  id: (entry) => entry.id,
  activityDateTime: (entry) => new Date(entry.at).toISOString(),
  activityDisplayName: activityOf,
  category: (entry) => categoryOf(entry.action),
  loggedByService: () => 'Sallyport',
  operationType: (entry) => entry.action.split('.')[1],
  'initiatedBy/user/userPrincipalName': ({ author }) => initiatorOf(author).user?.userPrincipalName,
  'initiatedBy/app/appId': ({ author }) => initiatorOf(author).app?.appId,
  'initiatedBy/app/displayName': ({ author }) => initiatorOf(author).app?.displayName,
}

/** The audit trail; `names` are of what was changed, where an entry itself does not say it. */
export function auditCollection(names: Names): Collection<LoggedEntry> {
  return {
    context: 'auditLogs/directoryAudits',
    properties: propertiesOf(directoryAudit),
    fields,
    write: (entry) => toGraphAudit(entry, names),
  }
}

/** What a program is called in the audit trail: nothing that a person could be called. */
export function programAuthor(appId: string, displayName: string): string {
  return `app:${appId} ${displayName}`
}

function initiatorOf(author: string) {
  const [, appId, displayName] = /^app:([0-9a-f-]{36}) (.*)$/s.exec(author) ?? []
  return appId !== undefined && displayName !== undefined
    ? { app: { appId, displayName }, user: null }
    : { app: null, user: { displayName: author, userPrincipalName: author } }
}

function activityOf(entry: LoggedEntry): string {
  if (entry.action !== 'application.update') return entry.action
  const lost = (countSegments(entry.before) ?? 0) > 0 && countSegments(entry.after) === 0
  return lost ? lastSegmentDeleted : entry.action
}

// Entries are kept as they were written, by whatever version of the directory: look, do not trust.
function countSegments(application: unknown): number | undefined {
  const { publishing } = (application ?? {}) as { publishing?: { segments?: unknown } }
  return Array.isArray(publishing?.segments) ? publishing.segments.length : undefined
}

const categories: Readonly<Record<string, string>> = {
  application: 'ApplicationManagement',
  assignment: 'ApplicationManagement',
  person: 'UserManagement',
  group: 'GroupManagement',
  'api-permission': 'ApplicationManagement',
  'token-lifetime-policy': 'Policy',
  'access-policy': 'Policy',
  'named-location': 'Policy',
}

function categoryOf(action: string): string {
  return categories[action.split('.')[0] ?? ''] ?? 'DirectoryManagement'
}

function nameOf(resource: unknown): string | undefined {
  const { displayName, name } = (resource ?? {}) as { displayName?: unknown; name?: unknown }
  const found = displayName ?? name
  return typeof found === 'string' ? found : undefined
}

function modifiedProperties({ before, after }: LoggedEntry) {
  const old = (before ?? {}) as Record<string, unknown>
  const now = (after ?? {}) as Record<string, unknown>
  const names = new Set([...Object.keys(old), ...Object.keys(now)])
  return [...names]
    .filter((name) => !isDeepStrictEqual(old[name], now[name]))
    .map((name) => ({
      displayName: name,
      oldValue: writeValue(old[name]),
      newValue: writeValue(now[name]),
    }))
}

// Of a secret not even the hash is anybody's business.
function writeValue(value: unknown): string | null {
  if (value === undefined) return null
  return JSON.stringify(value, (name, part) => (name === 'hash' ? undefined : part))
}
