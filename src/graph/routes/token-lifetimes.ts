import {
  application,
  get,
  item,
  list,
  patch,
  post,
  principal,
  type Route,
  remove,
} from '../route.ts'
import * as lifetimes from '../token-lifetimes.ts'

const lifetime = { area: 'lifetime' } as const
const lifetimePolicies = '/policies/tokenlifetimepolicies'

/** Token lifetime policies, and who has them. */
export const lifetimeRoutes: readonly Route[] = [
  get(lifetimePolicies, lifetimes.listPolicies, { ...lifetime, ...list }),
  post(lifetimePolicies, lifetimes.createPolicy, lifetime),
  get(`${lifetimePolicies}/:policy`, lifetimes.getPolicy, { ...lifetime, ...item }),
  patch(`${lifetimePolicies}/:policy`, lifetimes.patchPolicy, lifetime),
  remove(`${lifetimePolicies}/:policy`, lifetimes.deletePolicy, lifetime),
  get(`${lifetimePolicies}/:policy/appliesto`, lifetimes.listAppliesTo, { ...lifetime, ...list }),
  ...assignmentRoutes(application, lifetimes.ofApplication),
  ...assignmentRoutes(principal, lifetimes.ofPrincipal),
]

function assignmentRoutes(owner: string, policies: typeof lifetimes.ofApplication): Route[] {
  const path = `${owner}/tokenlifetimepolicies`
  return [
    get(path, policies.list, { ...lifetime, ...list }),
    post(`${path}/$ref`, policies.add, lifetime),
    remove(`${path}/:policy/$ref`, policies.remove, lifetime),
  ]
}
