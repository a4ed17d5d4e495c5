import type { Application } from '../publishing/application.ts'
import { parseBase } from '../publishing/route.ts'
import { compileRoutes } from '../publishing/route-table.ts'
import type { DoctorParts } from './page-call.ts'

/**
 * The same with those applications alone that can have a part in requests for these URLs: the ones on their hosts, by name
 * or by a star. Each option is tried on a compilation of its own, and an edge may have 100,000 segments.
 */
export function withNearby(parts: DoctorParts, urls: readonly string[]): DoctorParts {
  const hosts = new Set(urls.flatMap(hostAndParent))
  const applications = parts.applications.filter((each) => isAt(each, hosts))
  return { ...parts, applications, routes: compileRoutes(applications, parts.limits.reservedHosts) }
}

function hostAndParent(url: string): readonly string[] {
  const hostname = URL.parse(url)?.hostname ?? ''
  return [hostname, hostname.slice(hostname.indexOf('.') + 1)]
}

function isAt({ publishing }: Application, hosts: ReadonlySet<string>): boolean {
  if (!publishing) return false
  const { externalUrl, segments } = publishing
  const places = [publishing, ...(isStarred(externalUrl) ? [] : segments)]
  return places.some(({ externalUrl: own, alternateUrl }) =>
    [own, alternateUrl].some((url) => url !== undefined && hosts.has(parseBase(url).host)),
  )
}

// Segments lie below the star of their application.
function isStarred(url: string | undefined): boolean {
  return url?.includes('://*.') === true
}
