import type { KeptSignIn } from '../directory/directory.ts'
import { type Call, key, type Reply, replyItem, replyPage, selfUrl } from './call.ts'
import { writePart } from './collection.ts'
import { parseFilter } from './filter.ts'
import { readCount } from './query.ts'
import { badRequest } from './refusal.ts'
import { auditCollection, type LoggedEntry, ownNameOf } from './shape/audit.ts'
import { signInCollection } from './shape/sign-in.ts'

/** The newest entries that can be asked for here; older ones are in the database. */
const maxEntries = 10_000

/** GET /auditLogs/directoryAudits: every change, and what was done without one, the newest first. [G4] [D2] */
export async function listAudits(call: Call): Promise<Reply> {
  const entries = await readEntries(call)
  return replyPage(call, auditCollection(await namesIn(call, entries)), entries)
}

/** GET /auditLogs/directoryAudits/{id} */
export async function getAudit(call: Call): Promise<Reply> {
  const entries = await readEntries(call)
  const wanted = entries.find(({ id }) => id === key(call, 'audit'))
  return replyItem(call, auditCollection(await namesIn(call, wanted ? [wanted] : [])), wanted)
}

/** Of what was changed, where the entry itself does not say it. */
function namesIn(call: Call, entries: readonly LoggedEntry[]) {
  const nameless = entries.filter((entry) => ownNameOf(entry) === undefined)
  return call.directory.revisions.namesOf([...new Set(nameless.map(({ targetId }) => targetId))])
}

async function readEntries({ directory }: Call): Promise<readonly LoggedEntry[]> {
  const [changes, activities] = await Promise.all([
    directory.audit(maxEntries),
    directory.activities(maxEntries),
  ])
  const changed = changes.map(({ version, ...entry }) => ({ ...entry, id: String(version) }))
  const done = activities.map(({ details, ...entry }) => {
    return { ...entry, before: undefined, after: details }
  })
  // Changes stay in the order of their versions, whatever the clock said.
  return done.length === 0 ? changed : [...changed, ...done].sort((one, two) => two.at - one.at)
}

// Read at once, and looked at for one answer: a filter that nothing meets must not read the whole log in one go.
const batchSize = 500
const maxLookedAt = 20_000
const defaultTop = 100
const maxTop = 999

/**
 * GET /auditLogs/signIns: who signed in or tried to, the newest first. A page may be short of entries and still have a next
 * one. [S8]
 */
export async function listSignIns(call: Call): Promise<Reply> {
  const { query } = call
  if (!/^(?:createdDateTime desc)?$/i.test(query.orderby ?? '')) {
    throw badRequest('$orderby can be createdDateTime desc only.', 'bad-option')
  }
  const top = Math.min(readCount(query.top, '$top') ?? defaultTop, maxTop)
  const { filter, skiptoken } = query
  const keep = filter === undefined ? () => true : parseFilter(filter, signInCollection.fields)
  const { found, next } = await collect(call, top, readCursor(skiptoken), keep)
  const self = selfUrl(call)
  const cursor = next && `${next.at}.${next.id}`
  return {
    status: 200,
    body: writePart(signInCollection, found, query, self, call.metadataUrl, cursor),
  }
}

type Cursor = Pick<KeptSignIn, 'at' | 'id'>

async function collect(
  call: Call,
  top: number,
  start: Cursor | undefined,
  keep: (entry: KeptSignIn) => boolean,
): Promise<{ readonly found: readonly KeptSignIn[]; readonly next: Cursor | undefined }> {
  const found: KeptSignIn[] = []
  let last = start
  for (let lookedAt = 0; lookedAt < maxLookedAt; lookedAt += batchSize) {
    const batch = await call.directory.signIns(batchSize, last)
    for (const entry of batch) {
      if (found.length === top) return { found, next: last }
      last = entry
      if (keep(entry)) found.push(entry)
    }
    if (batch.length < batchSize) return { found, next: undefined }
  }
  return { found, next: last }
}

function readCursor(token: string | undefined): Cursor | undefined {
  if (token === undefined) return undefined
  const [, at, id] = /^([0-9]{1,15})\.([0-9a-f-]{36})$/.exec(token) ?? []
  if (at === undefined || id === undefined)
    throw badRequest('$skiptoken is not one of ours.', 'bad-option')
  return { at: Number(at), id }
}

/** GET /auditLogs/signIns/{id} */
export async function getSignIn(call: Call): Promise<Reply> {
  return replyItem(call, signInCollection, await call.directory.signIn(key(call, 'signin')))
}
