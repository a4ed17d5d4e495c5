import type { Issue } from '../base/check.ts'
import type { Revision, RollBackOptions } from '../directory/revision.ts'
import { type Call, key, type Reply, readBody, replyItem } from './call.ts'
import { writePart } from './collection.ts'
import { parseFilter } from './filter.ts'
import { checkPlan, checkReading, mayReadRevision } from './history.ts'
import { readCount } from './query.ts'
import { badRequest, invalid, notFound, Refusal } from './refusal.ts'
import { parseBody } from './shape/body.ts'
import {
  fullRevisionCollection,
  obstacleIssue,
  revisionCollection,
  rollBackBody,
  rollBackTarget,
  toGraphFullChange,
} from './shape/revision.ts'

// Read at once, and looked at for one answer: a filter that nothing meets must not read the whole history in one go.
const batchSize = 50
const maxLookedAt = 5_000
const defaultTop = 50
const maxTop = 500

/**
 * GET /revisions: every change of configuration that the caller may read all of, the newest first, without the values. A page may be short of entries and
 * still have a next one. [G4]
 */
export async function listRevisions(call: Call): Promise<Reply> {
  const { query } = call
  if (!/^(?:(?:createdDateTime|id) desc)?$/i.test(query.orderby ?? '')) {
    throw badRequest('$orderby can be createdDateTime desc only.', 'bad-option')
  }
  const top = Math.min(readCount(query.top, '$top') ?? defaultTop, maxTop)
  const keep =
    query.filter === undefined ? () => true : parseFilter(query.filter, revisionCollection.fields)
  const { found, next } = await collect(call, top, readCursor(query.skiptoken), keep)
  const self = new URL(new URL(call.request.url).pathname, call.baseUrl)
  const cursor = next === undefined ? undefined : String(next)
  const body = writePart(revisionCollection, found, query, self, call.metadataUrl, cursor)
  return { status: 200, body }
}

async function collect(
  call: Call,
  top: number,
  start: number | undefined,
  keep: (revision: Revision) => boolean,
): Promise<{ readonly found: readonly Revision[]; readonly next: number | undefined }> {
  const found: Revision[] = []
  let last = start
  for (let lookedAt = 0; lookedAt < maxLookedAt; lookedAt += batchSize) {
    const batch = await call.directory.revisions.list(batchSize, last)
    for (const revision of batch) {
      if (found.length === top) return { found, next: last }
      last = revision.id
      if (mayReadRevision(call.caller.roles, revision) && keep(revision)) found.push(revision)
    }
    if (batch.length < batchSize) return { found, next: undefined }
  }
  return { found, next: last }
}

function readCursor(token: string | undefined): number | undefined {
  if (token === undefined) return undefined
  if (!/^[0-9]{1,15}$/.test(token)) throw badRequest('$skiptoken is not one of ours.', 'bad-option')
  return Number(token)
}

/** GET /revisions/{id}: with everything as it was before and after, and where that differs. */
export async function getRevision(call: Call): Promise<Reply> {
  const revision = await call.directory.revisions.revision(readId(call))
  if (revision) checkReading(call.caller.roles, revision)
  return replyItem(call, fullRevisionCollection(call.providers), revision)
}

/**
 * POST /revisions/{id}/rollBack: takes it back, in a revision of its own, if the caller may make each of the changes. 409 names what later changes stand in the way,
 * which give way to `force`; what would not be valid now is 400 all the same. [G4]
 */
export async function rollBack(call: Call): Promise<Reply> {
  const options = await readBody(call, (body) => parseBody(rollBackBody, body))
  const id = readId(call)
  const { roles } = call.caller
  const allow: RollBackOptions['allow'] = (wanted, plan) => {
    checkReading(roles, wanted)
    checkPlan(roles, plan)
  }
  const result = await call.directory.revisions.rollBack(id, call.change, { ...options, allow })
  if (!result) throw notFound(String(id))
  if ('issues' in result) {
    throw invalid(result.issues.map((issue) => ({ ...issue, path: rollBackTarget(issue.path) })))
  }
  if ('obstacles' in result) throw inTheWay(result.obstacles.map(obstacleIssue))
  const { changes, revision, notices } = result
  return {
    status: 200,
    body: {
      '@odata.context': `${call.metadataUrl}#microsoft.graph.rollBackResult`,
      changes: changes.map((change) => toGraphFullChange(change, call.providers)),
      revisionId: revision === undefined ? null : String(revision),
      notices,
    },
  }
}

function inTheWay(issues: readonly Issue[]): Refusal {
  const message = 'Later changes stand in the way. See details; with "force": true they give way.'
  return new Refusal(409, 'Request_Conflict', message, { issues, innerCode: 'conflict' })
}

function readId(call: Call): number {
  const id = key(call, 'revision')
  if (!/^[0-9]{1,15}$/.test(id)) throw notFound(id)
  return Number(id)
}
