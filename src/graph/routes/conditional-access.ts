import * as access from '../conditional-access.ts'
import { get, item, list, patch, post, type Route, remove } from '../route.ts'

const policies = { area: 'policy' } as const
const policyChanges = { area: 'policy-change' } as const
const conditionalAccess = '/identity/conditionalaccess'
const policy = `${conditionalAccess}/policies/:policy`
const location = `${conditionalAccess}/namedlocations/:location`

/** Conditional access: policies, places, what if. */
export const conditionalAccessRoutes: readonly Route[] = [
  get(`${conditionalAccess}/policies`, access.listPolicies, { ...policies, ...list }),
  post(`${conditionalAccess}/policies`, access.createPolicy, policyChanges),
  get(policy, access.getPolicy, { ...policies, ...item }),
  patch(policy, access.patchPolicy, policyChanges),
  remove(policy, access.deletePolicy, policyChanges),
  get(`${conditionalAccess}/namedlocations`, access.listLocations, { ...policies, ...list }),
  post(`${conditionalAccess}/namedlocations`, access.createLocation, policyChanges),
  get(location, access.getLocation, { ...policies, ...item }),
  patch(location, access.patchLocation, policyChanges),
  remove(location, access.deleteLocation, policyChanges),
  post(`${conditionalAccess}/evaluate`, access.evaluate, policies),
]
