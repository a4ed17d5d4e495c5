import { type Found, type RouteTable, resolve } from '../publishing/route-table.ts'
import type { Problem } from './answer.ts'
import { malformedRequest, notPublished } from './refusals.ts'
import type { EdgeRequest } from './request.ts'

/** The route of a request, or why there is none; refused when another reader of the path could find another one. [F8] */
export function resolveRequest(
  routes: RouteTable,
  { scheme, authority, target }: Pick<EdgeRequest, 'scheme' | 'authority' | 'target'>,
): Found | Problem {
  const { host, port } = authority
  const found = resolve(routes, scheme, host, port, target.canonicalPath)
  if (target.path !== target.canonicalPath) {
    // Escapes must not choose another application than the one the unescaped path belongs to.
    const raw = resolve(routes, scheme, host, port, target.path)
    const same = found.found ? raw.found && raw.route === found.route : !raw.found
    if (!same) return ambiguousPath('escapes in the path')
  }
  if (found.found) return found
  return found.because === 'ambiguous-path'
    ? ambiguousPath('the path could be that of another application')
    : notPublished(found.because)
}

function ambiguousPath(because: string): Problem {
  return malformedRequest({ status: 400, because })
}
