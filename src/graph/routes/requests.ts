import { logOptions } from '../query.ts'
import { getRequest, listRequests, watchRequests } from '../requests.ts'
import { request } from '../resource/request.ts'
import { beta, get, item, type Route } from '../route.ts'

const requests = { area: 'log', ...beta } as const

/** What the edge remembers of requests, an extension. [G5] */
export const requestRoutes: readonly Route[] = [
  get('/requests', listRequests, { ...requests, options: logOptions }, request),
  get(
    '/requests/live',
    watchRequests,
    { ...requests, options: ['filter'], media: 'text/event-stream' },
    request,
  ),
  get('/requests/:request', getRequest, { ...requests, ...item }, request),
]
