import { isIP } from 'node:net'
import { originOf } from '../http/origin.ts'
import { type Found, resolve } from '../publishing/route-table.ts'
import { findInternal, translateUrl } from '../publishing/translate.ts'
import { type Finding, finding } from './findings.ts'
import { type DoctorParts, type PageCall, pageOriginOf } from './page-call.ts'
import { segmentSubject } from './subject.ts'

/** An https: page calls http: (Mixed Content §should-fetching-be-blocked); the own machine counts as safe. */
export function mixedContent({ pageUrl, targetUrl }: PageCall): Finding | undefined {
  const page = URL.parse(pageUrl)
  const target = URL.parse(targetUrl)
  if (page?.protocol !== 'https:' || target?.protocol !== 'http:') return undefined
  if (isOwnMachine(target.hostname)) return undefined
  const explanation = `${page.origin} is reached over TLS, and ${target.origin} is not; the browser sends nothing.`
  return finding('mixed-content', 'error', explanation)
}

/** Where the page itself is published. */
export function pageRoute({ routes }: DoctorParts, call: PageCall): Found | undefined {
  const origin = originOf(call.pageUrl)
  if (!origin) return undefined
  const { pathname } = new URL(call.pageUrl)
  const found = resolve(routes, origin.scheme, origin.host, origin.port, pathname)
  return found.found ? found : undefined
}

/** The address that people outside have for an internal one that a page calls; undefined where none is published. */
export function publishedUrl(parts: DoctorParts, call: PageCall): string | undefined {
  const from = pageRoute(parts, call)
  return from && translateUrl(parts.routes, from, call.targetUrl)
}

/** The page has an internal URL that is published under another one. */
export function internalUrlCalled(parts: DoctorParts, call: PageCall): Finding | undefined {
  const outside = publishedUrl(parts, call)
  const from = pageRoute(parts, call)
  const route = from && findInternal(parts.routes, from, call.targetUrl)?.route
  if (outside === undefined || !route) return undefined
  const explanation = `${new URL(call.targetUrl).origin} is the internal address; outside it is ${outside}.`
  const subject = segmentSubject(route)
  return finding('internal-url-called', 'error', explanation, { subject })
}

/** A page of elsewhere calls a private address, for which browsers want a permission (Local Network Access). */
export function localNetwork(call: PageCall): Finding | undefined {
  const { hostname } = new URL(call.targetUrl)
  const page = URL.parse(pageOriginOf(call))
  if (!isLocal(hostname) || (page && isLocal(page.hostname))) return undefined
  const explanation = `${hostname} is an address of a local network, and nothing of it is published.`
  const corsError = 'LocalNetworkAccessPermissionDenied'
  return finding('local-network', 'error', explanation, { corsError })
}

function isOwnMachine(hostname: string): boolean {
  return /^(?:.*\.)?localhost$|^127\.|^\[::1\]$/.test(hostname)
}

// RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291 §2.5.6; RFC 6762 for `local`; names without a dot are nobody's outside.
const privateAddress =
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|169\.254\.|\[f[cd]|\[fe[89ab])/

function isLocal(hostname: string): boolean {
  if (isOwnMachine(hostname)) return true
  if (isIP(hostname) !== 0 || hostname.startsWith('[')) return privateAddress.test(hostname)
  return hostname.endsWith('.local') || !hostname.includes('.')
}
