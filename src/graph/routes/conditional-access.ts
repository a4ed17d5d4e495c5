import * as access from '../conditional-access.ts'
import * as resource from '../resource/policies.ts'
import { get, item, list, patch, post, type Route, remove } from '../route.ts'
import { newPolicyBody, policyBody } from '../shape/access-policy-body.ts'
import { locationBody } from '../shape/named-location.ts'
import { whatIfBody } from '../shape/what-if.ts'

const policies = { area: 'policy' } as const
const conditionalAccess = '/identity/conditionalAccess'
const policy = `${conditionalAccess}/policies/:policy`
const location = `${conditionalAccess}/namedLocations/:location`

/** Conditional access: policies, places, what if. */
export const conditionalAccessRoutes: readonly Route[] = [
  get(
    `${conditionalAccess}/policies`,
    access.listPolicies,
    { ...policies, ...list },
    resource.conditionalAccessPolicy,
  ),
  post(`${conditionalAccess}/policies`, access.createPolicy, policies, {
    body: newPolicyBody,
    answer: resource.conditionalAccessPolicy,
  }),
  get(policy, access.getPolicy, { ...policies, ...item }, resource.conditionalAccessPolicy),
  patch(policy, access.patchPolicy, policies, policyBody),
  remove(policy, access.deletePolicy, policies),
  get(
    `${conditionalAccess}/namedLocations`,
    access.listLocations,
    { ...policies, ...list },
    resource.namedLocation,
  ),
  post(`${conditionalAccess}/namedLocations`, access.createLocation, policies, {
    body: locationBody,
    answer: resource.namedLocation,
  }),
  get(location, access.getLocation, { ...policies, ...item }, resource.namedLocation),
  patch(location, access.patchLocation, policies, locationBody),
  remove(location, access.deleteLocation, policies),
  post(
    `${conditionalAccess}/evaluate`,
    access.evaluate,
    { ...policies, use: 'read' },
    { body: whatIfBody, answer: resource.whatIfAnalysis, status: 200 },
  ),
]
