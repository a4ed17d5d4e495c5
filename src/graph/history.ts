import { isDeepStrictEqual } from 'node:util'
import type { JournaledName } from '../directory/journaled-tables.ts'
import type { PlannedChange, Revision } from '../directory/revision.ts'
import { readRow } from '../directory/row-values.ts'
import type { Application } from '../publishing/application.ts'
import { asksForOther } from './applications.ts'
import { type Area, mayDoEverything, mayUse, openersOf, type Use } from './permissions.ts'
import { forbidden, lackingFor } from './refusal.ts'
import { resourceName } from './shape/revision.ts'

/** In which area the calls are that change the rows of each table. */
const areas: Readonly<Record<JournaledName, Area>> = {
  application: 'application',
  person: 'person',
  // Who somebody is at another provider, and what roles give: no call below `Directory.ReadWrite.All` writes it.
  federated_identity: 'directory',
  role_member: 'directory',
  api_permission: 'directory',
  identity_provider: 'directory',
  person_group: 'group',
  membership: 'group',
  nested_group: 'group',
  assignment: 'assignment',
  application_owner: 'application',
  group_owner: 'group',
  connector: 'profile',
  connector_group: 'profile',
  certificate: 'profile',
  token_lifetime_policy: 'lifetime',
  application_token_lifetime: 'lifetime',
  named_location: 'policy',
  access_policy: 'policy',
}

/** Rows that are nothing by themselves: they go with what they belong to, and who may delete that deletes them. */
const ties: ReadonlySet<JournaledName> = new Set([
  ...(['membership', 'nested_group', 'assignment', 'api_permission', 'role_member'] as const),
  ...(['application_token_lifetime', 'federated_identity'] as const),
  ...(['application_owner', 'group_owner'] as const),
])

/** Whether somebody may read everything that a revision changed. Where nothing says what that was, it takes the right to all. [G3] */
export function mayReadRevision(granted: readonly string[], { tables }: Revision): boolean {
  if (tables.length === 0) return mayUse(granted, 'configuration', 'read')
  return tables.every((table) => mayUse(granted, areas[table], 'read'))
}

/** Throws 403 that names the first thing of the revision that they may not read. */
export function checkReading(granted: readonly string[], revision: Revision): void {
  if (mayReadRevision(granted, revision)) return
  const table = revision.tables.find((each) => !mayUse(granted, areas[each], 'read'))
  if (!table) throw forbidden()
  const what = `It changed something of the kind ${resourceName(table)}.`
  throw lackingFor(what, openersOf(areas[table], 'read'))
}

/**
 * Throws 403 unless each change of the plan is one that they may make by a call of its own: a roll-back is no way to rights that
 * its author has not got. [G3] [G4]
 */
export function checkPlan(granted: readonly string[], plan: readonly PlannedChange[]): void {
  if (mayDoEverything(granted)) return
  for (const change of plan) {
    const lacking = neededFor(change).find(({ area, use }) => !mayUse(granted, area, use))
    if (!lacking) continue
    const what = `It would change ${resourceName(change.table)} ${change.id}.`
    throw lackingFor(what, openersOf(lacking.area, lacking.use))
  }
}

interface Need {
  readonly area: Area
  readonly use: Use
}

function neededFor(change: PlannedChange): readonly Need[] {
  const { table, isAlong, hasRole, after } = change
  const area = areas[table]
  if (isAlong && ties.has(table)) {
    if (!after) return [{ area, use: 'read' }]
    // Who somebody was elsewhere comes back with them, as it went with them.
    if (table === 'federated_identity') return [{ area: areas.person, use: 'write' }]
  }
  // As for every other change of theirs (people.ts).
  if (hasRole) return [{ area: 'directory', use: 'write' }]
  if (table === 'application' && givesRights(change)) return [{ area: 'directory', use: 'write' }]
  // Owners let people in (owners.ts).
  if (table === 'application_owner') {
    return [
      { area, use: 'write' },
      { area: 'assignment', use: 'write' },
    ]
  }
  return [{ area, use: 'write' }]
}

/** Secrets and keys of programs, and what they ask for in people's names: as in applications.ts and credentials.ts. */
function givesRights({ before, after }: PlannedChange): boolean {
  if (!after) return false
  const next = readRow('application', after)
  if (!before) return proofsOf(next).length > 0 || next.registration.requiredResources.length > 0
  const now = readRow('application', before)
  return !isDeepStrictEqual(proofsOf(now), proofsOf(next)) || asksForOther(now, next)
}

function proofsOf({ registration }: Application) {
  return registration.credentials
}
