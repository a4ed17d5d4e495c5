import { logOptions } from '../query.ts'
import { getRequest, listRequests, watchRequests } from '../requests.ts'
import { beta, get, item, type Route } from '../route.ts'

const requests = { area: 'log', ...beta } as const

/** What the edge remembers of requests, an extension. [G5] */
export const requestRoutes: readonly Route[] = [
  get('/requests', listRequests, { ...requests, options: logOptions }),
  get('/requests/live', watchRequests, { ...requests, options: ['filter'] }),
  get('/requests/:request', getRequest, { ...requests, ...item }),
]
