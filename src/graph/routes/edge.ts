import { getEdge } from '../edge.ts'
import { edge } from '../resource/edge.ts'
import { beta, get, type Route } from '../route.ts'

/** The edge itself, an extension. */
export const edgeRoutes: readonly Route[] = [
  get('/edge', getEdge, { area: 'profile', ...beta }, edge),
]
