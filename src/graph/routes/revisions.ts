import { logOptions } from '../query.ts'
import * as resource from '../resource/revisions.ts'
import { getRevision, listRevisions, rollBack } from '../revisions.ts'
import { get, item, post, type Route } from '../route.ts'
import { rollBackBody } from '../shape/revision.ts'

const revision = '/revisions/:revision'
const history = { area: 'history', versions: 'beta' } as const
// One change may have touched every row there is.
const whole = { ...history, apart: true } as const

/** Every change of configuration, and how to take it back. */
export const revisionRoutes: readonly Route[] = [
  get('/revisions', listRevisions, { ...history, options: logOptions }, resource.revision),
  get(revision, getRevision, { ...whole, ...item }, resource.fullRevision),
  post(`${revision}/rollBack`, rollBack, whole, {
    body: rollBackBody,
    answer: resource.rollBackResult,
    status: 200,
  }),
]
