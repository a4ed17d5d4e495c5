import type { Target } from '../http/target.ts'
import { type Found, type NotFound, type RouteTable, resolve } from './route-table.ts'

/** Where a request was sent. `host` is lower-case. */
export interface Destination {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
}

/** Why no route serves a request; `ambiguous-escapes`: with its escapes undone the path belongs to another one. */
export type Unresolved = NotFound['because'] | 'ambiguous-escapes'

/** The route of a request, or why there is none; refused when another reader of the path could find another one. [F8] */
export function resolveTarget(
  routes: RouteTable,
  { scheme, host, port }: Destination,
  target: Target,
): Found | { readonly found: false; readonly because: Unresolved } {
  const found = resolve(routes, scheme, host, port, target.canonicalPath)
  if (target.path === target.canonicalPath) return found
  // Escapes must not choose another application than the one the unescaped path belongs to.
  const raw = resolve(routes, scheme, host, port, target.path)
  const same = found.found ? raw.found && raw.route === found.route : !raw.found
  return same ? found : ambiguousEscapes
}

const ambiguousEscapes = { found: false, because: 'ambiguous-escapes' } as const
