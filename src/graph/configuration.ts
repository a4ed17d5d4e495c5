import { z } from 'zod'
import type { Issue } from '../base/check.ts'
import type { FullRowChange } from '../directory/revision.ts'
import { accept, type Call, type Reply } from './call.ts'
import { applyDocument } from './configuration/apply.ts'
import { writeDocument } from './configuration/document.ts'
import { readKnown } from './configuration/known.ts'
import { readJson } from './json.ts'
import { badRequest, invalid } from './refusal.ts'
import type { LargeBody } from './route.ts'
import { parseBody } from './shape/body.ts'
import { toGraphFullChange } from './shape/revision.ts'

/** GET /configuration: all of it as one document. `include` may be `ids`, `users` or both. [G6] */
export async function getConfiguration(call: Call): Promise<Reply> {
  const included = (call.query.include ?? '').split(',').filter((word) => word !== '')
  if (included.some((word) => word !== 'ids' && word !== 'users')) {
    throw badRequest('include can be ids and users, with a comma between.', 'bad-option')
  }
  const options = { ids: included.includes('ids'), users: included.includes('users') }
  const known = await call.directory.asOfNow((inside) => readKnown(inside))
  return { status: 200, body: writeDocument(known, call.providers, options) }
}

const options = z.strictObject({
  // Read by itself: a named location says by an annotation what it is.
  document: z.unknown(),
  dryRun: z.boolean().default(false),
  prune: z.boolean().default(false),
})

// What is exported must go in again: a thousand applications take 1.4 MB.
const documentMaxBytes = 16 * 1024 * 1024

/** A whole document. Comparing half a megabyte of new groups takes seconds; whoever only reads gets to do it three times a minute. */
export const documentBody: LargeBody = {
  maxBytes: documentMaxBytes,
  unitsPerKib: 20,
  freeForAll: 'who may do everything',
}

async function readSent(call: Call) {
  const sent = await readJson(call.request, documentMaxBytes)
  const { document } = (sent ?? {}) as { document?: unknown }
  return { ...accept(parseBody(options, sent)), document }
}

/** POST /configuration/diff: what applying the document would do, and everything that is wrong with it. Changes nothing. */
export async function diffConfiguration(call: Call): Promise<Reply> {
  const { document, prune } = await readSent(call)
  const { issues, changes } = await apply(call, document, { prune, dryRun: true })
  return { status: 200, body: { ...describe(call, changes), issues: issues.map(toGraphIssue) } }
}

/**
 * POST /configuration/apply: makes the configuration what the document says, in one transaction and one revision; or not at
 * all, with every issue under its path in the document. [G4] [G6]
 */
export async function applyConfiguration(call: Call): Promise<Reply> {
  const { document, prune, dryRun } = await readSent(call)
  const { issues, changes, revision } = await apply(call, document, { prune, dryRun })
  if (issues.length > 0) throw invalid(issues)
  const revisionId = revision === undefined ? null : String(revision)
  return { status: 200, body: { ...describe(call, changes), revisionId } }
}

function describe(call: Call, changes: readonly FullRowChange[]) {
  return {
    '@odata.context': `${call.metadataUrl}#microsoft.graph.configurationChanges`,
    changes: changes.map((change) => toGraphFullChange(change, call.providers)),
  }
}

function toGraphIssue({ path, code, message }: Issue) {
  return { path, code, message }
}

interface Result {
  readonly changes: readonly FullRowChange[]
  readonly issues: readonly Issue[]
  readonly revision: number | undefined
}

/** Thrown inside the transaction so that nothing of it stays. */
class Discarded extends Error {
  readonly result: Result

  constructor(result: Result) {
    super('nothing is kept')
    this.result = result
  }
}

async function apply(
  call: Call,
  document: unknown,
  { prune, dryRun }: { readonly prune: boolean; readonly dryRun: boolean },
): Promise<Result> {
  let revision: number | undefined
  const made = (version: number) => {
    revision = version
    call.change.made?.(version)
  }
  try {
    const changes = await call.directory.rehearse(
      { ...call.change, made },
      async (inside, change, next) => {
        const issues = await applyDocument({ ...call, directory: inside, change }, document, prune)
        const changes = await inside.revisions.changesSince(next - 1)
        const discarded = dryRun || issues.length > 0
        if (discarded)
          throw new Discarded({
            changes: issues.length > 0 ? [] : changes,
            issues,
            revision: undefined,
          })
        return changes
      },
    )
    return { changes, issues: [], revision }
  } catch (thrown) {
    if (thrown instanceof Discarded) return thrown.result
    throw thrown
  }
}
