import { logOptions } from '../query.ts'
import { getRevision, listRevisions, rollBack } from '../revisions.ts'
import { get, item, post, type Route } from '../route.ts'

const revision = '/revisions/:revision'
const history = { area: 'configuration', versions: 'beta' } as const

/** Every change of configuration, and how to take it back. */
export const revisionRoutes: readonly Route[] = [
  get('/revisions', listRevisions, { ...history, options: logOptions }),
  get(revision, getRevision, { ...history, ...item }),
  post(`${revision}/rollback`, rollBack, history),
]
