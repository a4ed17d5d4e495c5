import { resolveTarget } from '../publishing/resolve-target.ts'
import type { Found, RouteTable } from '../publishing/route-table.ts'
import type { Problem } from '../refusal/problem.ts'
import { unresolved } from '../refusal/refusals.ts'
import type { EdgeRequest } from './request.ts'

/** The route of a request, or why there is none; refused when another reader of the path could find another one. [F8] */
export function resolveRequest(
  routes: RouteTable,
  { scheme, authority, target }: Pick<EdgeRequest, 'scheme' | 'authority' | 'target'>,
): Found | Problem {
  const { host, port } = authority
  const found = resolveTarget(routes, { scheme, host, port }, target)
  return found.found ? found : unresolved(found.because)
}
