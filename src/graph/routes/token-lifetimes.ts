import { tokenLifetimePolicy, typedApplication } from '../resource/applications.ts'
import {
  application,
  get,
  item,
  list,
  objects,
  patch,
  post,
  principal,
  type Route,
  remove,
} from '../route.ts'
import { referenceBody } from '../shape/reference.ts'
import { newTokenLifetimePolicyBody, tokenLifetimePolicyBody } from '../shape/token-lifetime.ts'
import * as lifetimes from '../token-lifetimes.ts'

const lifetime = { area: 'lifetime' } as const
const lifetimePolicies = '/policies/tokenLifetimePolicies'

/** Token lifetime policies, and who has them. */
export const lifetimeRoutes: readonly Route[] = [
  get(lifetimePolicies, lifetimes.listPolicies, { ...lifetime, ...list }, tokenLifetimePolicy),
  post(lifetimePolicies, lifetimes.createPolicy, lifetime, {
    body: newTokenLifetimePolicyBody,
    answer: tokenLifetimePolicy,
  }),
  get(
    `${lifetimePolicies}/:policy`,
    lifetimes.getPolicy,
    { ...lifetime, ...item },
    tokenLifetimePolicy,
  ),
  patch(`${lifetimePolicies}/:policy`, lifetimes.patchPolicy, lifetime, tokenLifetimePolicyBody),
  remove(`${lifetimePolicies}/:policy`, lifetimes.deletePolicy, lifetime),
  get(
    `${lifetimePolicies}/:policy/appliesTo`,
    lifetimes.listAppliesTo,
    { ...lifetime, ...objects },
    typedApplication,
  ),
  ...assignmentRoutes(application, lifetimes.ofApplication),
  ...assignmentRoutes(principal, lifetimes.ofPrincipal),
]

function assignmentRoutes(owner: string, policies: typeof lifetimes.ofApplication): Route[] {
  const path = `${owner}/tokenLifetimePolicies`
  return [
    get(
      path,
      policies.list,
      { ...lifetime, ...list, refersTo: 'policies/tokenLifetimePolicies' },
      tokenLifetimePolicy,
    ),
    post(`${path}/$ref`, policies.add, lifetime, { body: referenceBody }),
    remove(`${path}/:policy/$ref`, policies.remove, lifetime),
  ]
}
