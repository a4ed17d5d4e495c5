import { type Application, applicationKind } from '../publishing/application.ts'
import { type Found, toInternal } from '../publishing/route-table.ts'
import type { Option } from './option.ts'
import { pageRoute } from './page-address.ts'
import { type DoctorParts, type PageCall, pageOriginOf } from './page-call.ts'
import { applicationOf } from './rule-hints.ts'

const byAddress = { change: undefined, manual: undefined } as const

/**
 * Seed option 2: two applications of one web server, published by their common parent directory, are one origin. The
 * page's application becomes that of the parent.
 */
export function parentDirectory(
  parts: DoctorParts,
  call: PageCall,
  found: Found,
): readonly Option[] {
  const from = pageRoute(parts, call)
  const page = from && regular(parts, from)
  const target = regular(parts, found)
  if (!page || !target || page === target || !from) return []
  const inside = internalOf(from, call.pageUrl)
  const beyond = internalOf(found, call.targetUrl)
  if (inside.origin !== beyond.origin) return []
  const parent = commonParent(from.route.internal.pathPrefix, found.route.internal.pathPrefix)
  const outside = pageOriginOf(call)
  return [
    {
      ...byAddress,
      id: 'parent-directory',
      seedOption: 2,
      title: 'Publish the parent directory of both',
      effort: 3,
      explanation: `Both stand on ${inside.origin}. “${page.displayName}” then publishes ${inside.origin}${parent}, which is one origin for both; their addresses outside change.`,
      change: {
        kind: 'edit-publishing',
        applicationId: page.id,
        set: { externalUrl: `${outside}${parent}`, internalUrl: `${inside.origin}${parent}` },
      },
      manual: `Let the page call ${outside}${beyond.path}, and people open ${outside}${inside.path}. “${target.displayName}” is not needed any more.`,
      retry: { pageUrl: `${outside}${inside.path}`, targetUrl: `${outside}${beyond.path}` },
    },
  ]
}

/** Seed option 1: the address that is called moves to a path on the host of the page. */
export function customDomain(parts: DoctorParts, call: PageCall, found: Found): readonly Option[] {
  const target = regular(parts, found)
  const outside = pageOriginOf(call)
  if (!target || outside === 'null' || !pageRoute(parts, call)) return []
  const { external } = found.route
  const prefix = pathFor(found, target)
  const { pathname, search } = new URL(call.targetUrl)
  const rest = pathname.slice(external.pathPrefix.length)
  const moved = `${outside}${prefix}`
  return [
    {
      ...byAddress,
      id: 'custom-domain',
      seedOption: 1,
      title: 'Publish both on one host',
      effort: 4,
      explanation: `“${target.displayName}” moves to ${moved}, on the host of the page: the same origin, so that no CORS is needed. Its address outside changes.`,
      change: {
        kind: 'edit-publishing',
        applicationId: target.id,
        set: { externalUrl: moved },
      },
      manual: `Let the page call ${moved}${rest} in place of ${external.origin}${external.pathPrefix}${rest}.`,
      retry: { targetUrl: `${moved}${rest}${search}` },
    },
  ]
}

function regular(parts: DoctorParts, found: Found): Application | undefined {
  const application = applicationOf(parts, found)
  const { publishing } = application ?? {}
  if (!publishing || found.route.segmentId !== undefined) return undefined
  return applicationKind(publishing) === 'regular' ? application : undefined
}

function internalOf(found: Found, url: string): { origin: string; path: string } {
  return toInternal(found, new URL(url).pathname)
}

function commonParent(one: string, other: string): string {
  const segments = one.split('/')
  const others = other.split('/')
  const differs = segments.findIndex((segment, i) => segment !== others[i])
  const shared = differs < 0 ? segments.slice(0, -1) : segments.slice(0, differs)
  return `${shared.join('/')}/`
}

/** The path inside, or one made of the name where that is the root. */
function pathFor({ route }: Found, { displayName }: Application): string {
  const inside = route.internal.pathPrefix
  if (inside !== '/') return inside
  const name = displayName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return `/${name || 'api'}/`
}
