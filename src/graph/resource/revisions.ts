import { z } from 'zod'
import { count, flag, id, text, textOrNull, time } from './kinds.ts'

const value = z.unknown()
const changed = {
  resource: text,
  id,
  displayName: textOrNull.optional(),
  change: z.enum(['created', 'updated', 'deleted']),
}

const change = z.looseObject(changed)

/** One changed resource with what it was before and after. */
export const fullChange = z.looseObject({
  ...changed,
  before: z.record(z.string(), value).nullable(),
  after: z.record(z.string(), value).nullable(),
  diff: z.array(z.looseObject({ path: text, before: value, after: value })),
})

const facts = {
  id,
  createdDateTime: time,
  author: text,
  reason: text,
  activity: text,
  isRollbackOf: textOrNull,
  isReversible: flag,
  changeCount: count,
}

/** A revision in the list. */
export const revision = z
  .looseObject({ ...facts, changes: z.array(change) })
  .meta({ id: 'revision' })

/** One by itself, with what everything was before and after. */
export const fullRevision = z
  .looseObject({ ...facts, changes: z.array(fullChange) })
  .meta({ id: 'fullRevision' })

export const rollBackResult = z
  .looseObject({
    changes: z.array(fullChange),
    revisionId: textOrNull,
    notices: z.array(text),
  })
  .meta({ id: 'rollBackResult' })
