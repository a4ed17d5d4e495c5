import type { AuditEntry } from './directory.ts'
import { readChanges, readFullChanges } from './journal-rows.ts'
import { type JournaledName, journaledTable } from './journaled-tables.ts'
import { findNames } from './names.ts'
import type { FullRowChange, Revision, RowChange } from './revision.ts'
import type { Rows } from './storage.ts'

/** A list shows no more than this of each; the revision itself shows all. */
const maxChangesListed = 100

/** The newest revisions, or the newest before this one; what they changed without the values. */
export async function listRevisions(
  rows: Rows,
  limit: number,
  before?: number,
): Promise<readonly Revision[]> {
  let newest = rows.selectFrom('audit').select('revision').distinct()
  if (before !== undefined) newest = newest.where('revision', '<', before)
  const found = await newest.orderBy('revision', 'desc').limit(limit).execute()
  const ids = found.map(({ revision }) => revision)
  const entries = await readEntries(rows, ids)
  const changes = await readChanges(rows, ids)
  const revisions = ids.map((id) => assemble(id, entries.get(id) ?? [], changes.get(id)))
  const listed = revisions.map((revision) => ({
    ...revision,
    changes: revision.changes.slice(0, maxChangesListed),
  }))
  const names = await readNames(
    rows,
    listed.flatMap(({ changes }) => changes),
  )
  return listed.map((revision) => ({ ...revision, changes: revision.changes.map(names) }))
}

/** The revision with everything that is kept of it. */
export async function findRevision(rows: Rows, id: number) {
  const entries = (await readEntries(rows, [id])).get(id)
  if (!entries) return undefined
  const revision = assemble(id, entries, await readFullChanges(rows, { of: id }))
  const names = await readNames(rows, revision.changes)
  const changes = revision.changes.map((each) => ({
    ...{ before: undefined, after: undefined },
    ...names(each),
  }))
  return { ...revision, changes }
}

/** What all revisions after this one did to each row in the end. */
export async function findChangesSince(rows: Rows, id: number): Promise<readonly FullRowChange[]> {
  const changes = (await readFullChanges(rows, { after: id })) ?? []
  return changes.map(await readNames(rows, changes))
}

type Entry = Omit<AuditEntry, 'before' | 'after'> & { readonly rollbackOf: number | undefined }

async function readEntries(
  rows: Rows,
  ids: readonly number[],
): Promise<ReadonlyMap<number, readonly Entry[]>> {
  if (ids.length === 0) return new Map()
  const all = rows
    .selectFrom('audit')
    .select(['version', 'at', 'author', 'reason', 'action', 'target_id', 'revision', 'rollback_of'])
    .where('revision', 'in', ids)
  const entries = new Map<number, Entry[]>()
  for (const row of await all.orderBy('version').execute()) {
    const { revision, target_id, rollback_of, ...facts } = row
    const entry = { ...facts, targetId: target_id, rollbackOf: rollback_of ?? undefined }
    const known = entries.get(revision)
    if (known) known.push(entry)
    else entries.set(revision, [entry])
  }
  return entries
}

function assemble<What extends RowChange>(
  id: number,
  entries: readonly Entry[],
  journaled: readonly What[] | undefined,
): Revision<What | RowChange> {
  const [first] = entries
  if (!first) throw new Error(`revision ${id} has no entry`)
  const others = entries
    .filter(({ action }) => journaled === undefined || unkept.test(action))
    .flatMap(withoutValues)
  const changes = [...(journaled ?? []), ...others]
  const { at, author, reason, action, rollbackOf } = first
  const tables = [...new Set(changes.map(({ table }) => table))]
  const facts = { id, at, author, reason, action, rollbackOf }
  return { ...facts, changes, changeCount: changes.length, tables }
}

/** Actions that change what the journal never sees. */
export const unkept: RegExp =
  /^(?:person\.(?:set-password|revoke-sign-ins)|authentication-method|enrolment-token)/

const tableOf: Readonly<Record<string, JournaledName>> = {
  ...{ application: 'application', assignment: 'assignment', 'api-permission': 'api_permission' },
  ...{ person: 'person', 'authentication-method': 'person', role: 'role_member' },
  ...{ group: 'person_group', 'connector-group': 'connector_group', connector: 'connector' },
  ...{ 'enrolment-token': 'connector_group', 'identity-provider': 'identity_provider' },
  ...{ certificate: 'certificate', 'token-lifetime-policy': 'token_lifetime_policy' },
  ...{ 'access-policy': 'access_policy', 'named-location': 'named_location' },
}

const verbs: Readonly<Record<string, RowChange['change']>> = {
  create: 'created',
  enrol: 'created',
  arrive: 'created',
  delete: 'deleted',
}

function withoutValues({ action, targetId }: Entry): readonly RowChange[] {
  const [noun = '', verb = ''] = action.split('.')
  const table = tableOf[noun]
  if (!table) return []
  const isOwn = noun !== 'authentication-method' && noun !== 'enrolment-token'
  const change = (isOwn ? verbs[verb] : undefined) ?? 'updated'
  return [{ ...{ table, id: targetId, name: targetId, change }, isKept: false }]
}

/** Puts names in the place of the ids by which the journal knows memberships and the like. */
async function readNames(rows: Rows, changes: readonly RowChange[]) {
  const idsOf = ({ table, name, isKept }: RowChange) =>
    isKept && !('ids' in journaledTable(table).label) ? [] : name.split(' ')
  const ids = [...new Set(changes.flatMap(idsOf))]
  const names = await findNames(rows, ids)
  return <What extends RowChange>(change: What): What => {
    const own = idsOf(change)
    if (own.length === 0) return change
    return { ...change, name: own.map((id) => names.get(id) ?? id).join(' → ') }
  }
}
