import { getDomain } from 'tldts'
import type { CorsRule } from '../cors/rule.ts'
import type { Publishing } from './application.ts'

/**
 * `None` when a page of another site may call with the session cookie, else `Lax`, with which browsers do not send it
 * there (docs/decisions/0005). Sites are told apart as browsers do: by scheme and registrable domain.
 */
export function sessionSameSite(publishing: Publishing): 'Lax' | 'None' {
  const { segments, corsRules, allowSiblingSegments } = publishing
  if (segments.length === 0) return needsNone(corsRules, sitesOf([publishing])) ? 'None' : 'Lax'
  if (allowSiblingSegments && sitesOf(segments).size > 1) return 'None'
  const needed = segments.some((segment) => needsNone(segment.corsRules, sitesOf([segment])))
  return needed ? 'None' : 'Lax'
}

interface Addresses {
  readonly externalUrl: string | undefined
  readonly alternateUrl: string | undefined
}

function sitesOf(pairs: readonly Addresses[]): ReadonlySet<string> {
  const sites = new Set<string>()
  for (const { externalUrl, alternateUrl } of pairs) {
    if (externalUrl) sites.add(siteOf(externalUrl))
    if (alternateUrl) sites.add(siteOf(alternateUrl))
  }
  return sites
}

function needsNone(rules: readonly CorsRule[], ownSites: ReadonlySet<string>): boolean {
  for (const rule of rules) {
    if (!rule.allowCredentials) continue
    for (const entry of rule.allowedOrigins) {
      // `*`, `null` and the origins of extensions are of no site, so they are foreign to each.
      const site = /^https?:/.test(entry) ? siteOf(entry) : entry
      for (const own of ownSites) if (own !== site) return true
    }
  }
  return false
}

/** Scheme and registrable domain of a URL or origin, as browsers tell sites apart. */
export function siteOf(url: string): string {
  const [scheme = '', rest = ''] = url.split('://', 2)
  const authority = rest.split('/', 1)[0] ?? ''
  const host = authority.replace(/^\*\./, '').replace(/:[0-9]+$/, '')
  return `${scheme}://${getDomain(host, { allowPrivateDomains: true }) ?? host}`
}
