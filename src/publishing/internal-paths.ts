import type { Route } from './route.ts'

// Below this a look at each of them is faster.
const indexedMinRoutes = 16

interface PathIndex {
  readonly byPrefix: ReadonlyMap<string, readonly Route[]>
  readonly longest: number
}

const indexes = new WeakMap<readonly Route[], PathIndex>()

/**
 * Of the routes to one internal host those whose prefix the path may lie under. Where thousands of applications stand behind
 * one host, a page with thousands of links must not ask each about each.
 */
export function coveringRoutes(routes: readonly Route[], path: string): readonly Route[] {
  if (routes.length < indexedMinRoutes) return routes
  const { byPrefix, longest } = indexOf(routes)
  // `/a` lies under `/a/` as well.
  const covering = [...(byPrefix.get(`${path}/`) ?? [])]
  const last = Math.min(path.length, longest)
  for (let i = 0; i < last; i++) {
    if (path[i] === '/') covering.push(...(byPrefix.get(path.slice(0, i + 1)) ?? []))
  }
  return covering
}

function indexOf(routes: readonly Route[]): PathIndex {
  const known = indexes.get(routes)
  if (known) return known
  const byPrefix = new Map<string, Route[]>()
  let longest = 0
  for (const route of routes) {
    const { pathPrefix } = route.internal
    longest = Math.max(longest, pathPrefix.length)
    const same = byPrefix.get(pathPrefix)
    if (same) same.push(route)
    else byPrefix.set(pathPrefix, [route])
  }
  const index = { byPrefix, longest }
  indexes.set(routes, index)
  return index
}
