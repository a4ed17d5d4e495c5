import * as access from '../conditional-access.ts'
import { get, item, list, patch, post, type Route, remove } from '../route.ts'

const policies = { area: 'policy' } as const
const conditionalAccess = '/identity/conditionalaccess'
const policy = `${conditionalAccess}/policies/:policy`
const location = `${conditionalAccess}/namedlocations/:location`

/** Conditional access: policies, places, what if. */
export const conditionalAccessRoutes: readonly Route[] = [
  get(`${conditionalAccess}/policies`, access.listPolicies, { ...policies, ...list }),
  post(`${conditionalAccess}/policies`, access.createPolicy, policies),
  get(policy, access.getPolicy, { ...policies, ...item }),
  patch(policy, access.patchPolicy, policies),
  remove(policy, access.deletePolicy, policies),
  get(`${conditionalAccess}/namedlocations`, access.listLocations, { ...policies, ...list }),
  post(`${conditionalAccess}/namedlocations`, access.createLocation, policies),
  get(location, access.getLocation, { ...policies, ...item }),
  patch(location, access.patchLocation, policies),
  remove(location, access.deleteLocation, policies),
  post(`${conditionalAccess}/evaluate`, access.evaluate, { ...policies, use: 'read' }),
]
