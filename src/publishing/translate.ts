import type { RawHeaders } from '../http/headers.ts'
import { isHostLabel } from '../http/label.ts'
import { NameMemory } from '../http/name-memory.ts'
import { coveringRoutes } from './internal-paths.ts'
import type { Route } from './route.ts'
import { type Found, originUnder, type RouteTable } from './route-table.ts'
import { translateSetCookie } from './set-cookie.ts'

/** How a URL becomes another: its first `length` characters make way for `text`. */
export interface Exchange {
  readonly length: number
  readonly text: string
}

/**
 * An internal URL as people outside must see it; undefined when no application publishes it, and it stays as it is. Only
 * absolute and scheme-relative URLs. Of several routes the longest internal prefix wins, then the answering application,
 * then the same scheme. [F3] [P10]
 */
export function translateUrl(table: RouteTable, from: Found, value: string): string | undefined {
  const exchange = exchangeInUrl(table, from, value)
  return exchange && exchanged(value, exchange)
}

/** The same as `translateUrl`, as what changes. */
export function exchangeInUrl(table: RouteTable, from: Found, value: string): Exchange | undefined {
  const url = readUrl(from, value)
  const target = url && findTarget(table, from, url)
  return target && exchangeFor(target, url)
}

/** The route that an internal URL leads to, by the rules of `translateUrl`; undefined when no application publishes it. */
export function findInternal(table: RouteTable, from: Found, value: string): Found | undefined {
  const url = readUrl(from, value)
  return url && findTarget(table, from, url)
}

interface InternalUrl {
  readonly place: Place
  /** Where the path begins in what was written. */
  readonly start: number
  /** Without query and fragment; may be empty. */
  readonly path: string
}

function readUrl(from: Found, value: string): InternalUrl | undefined {
  const authority = authorityStart(value)
  if (authority === 0) return undefined
  const start = endOfPart(value, authority, true)
  const end = endOfPart(value, start, false)
  // Browsers read a backslash as a slash, others do not.
  if (value.charCodeAt(start) === backslash || value.charCodeAt(end) === backslash) return undefined
  const scheme = authority === 2 ? from.route.internal.scheme : authority === 7 ? 'http' : 'https'
  const place = parsePlace(scheme, value.slice(authority, start))
  return place && { place, start, path: value.slice(start, end) }
}

/** Behind `//`, `http://` or `https://`; 0 when it is none of them. */
function authorityStart(value: string): 0 | 2 | 7 | 8 {
  if (value.startsWith('//')) return 2
  const start = value.charCodeAt(4) === colon ? 7 : 8
  return /^https?:\/\//i.test(value) ? start : 0
}

const [slash, colon, question, hash, backslash] = [0x2f, 0x3a, 0x3f, 0x23, 0x5c]

/** Where an authority or a path is over. */
function endOfPart(value: string, start: number, atSlash: boolean): number {
  for (let i = start; i < value.length; i++) {
    const code = value.charCodeAt(i)
    if (code === question || code === hash || code === backslash) return i
    if (atSlash && code === slash) return i
  }
  return value.length
}

/** A path on the answering application's own origin. */
function readPath({ route, star }: Found, value: string): InternalUrl | undefined {
  const { scheme, host, starred, port } = route.internal
  const end = endOfPart(value, 0, false)
  if (value.charCodeAt(end) === backslash) return undefined
  const place: Place = {
    scheme,
    host: starred ? `${star}.${host}` : host,
    port: port === defaultPorts[scheme] ? undefined : port,
  }
  return { place, start: 0, path: value.slice(0, end) }
}

function exchangeFor(target: Found, url: InternalUrl): Exchange {
  const text = originUnder(target.route.external, target.star) + externalPrefix(target, url)
  return { length: exchangedLength(target, url), text }
}

// Without the prefix's last slash the path stays without.
function externalPrefix({ route }: Found, { path }: InternalUrl): string {
  const { external, internal } = route
  const whole = path === '' || path.length >= internal.pathPrefix.length
  return whole ? external.pathPrefix : external.pathPrefix.slice(0, -1) || '/'
}

function exchangedLength({ route }: Found, { start, path }: InternalUrl): number {
  return start + Math.min(path.length, route.internal.pathPrefix.length)
}

function exchanged(value: string, { length, text }: Exchange): string {
  return text + value.slice(length)
}

interface Place {
  readonly scheme: 'http' | 'https'
  readonly host: string
  /** undefined: the scheme's default. */
  readonly port: number | undefined
}

// With a user name it is not a URL this system would have published. A literal IPv6 address keeps its brackets.
function parsePlace(scheme: 'http' | 'https', authority: string): Place | undefined {
  // Most are; a page with many links feels the difference.
  const hostEnd = endOfPlainHost(authority)
  if (hostEnd === authority.length) return { scheme, host: authority, port: undefined }
  const port = authority.slice(hostEnd + 1)
  return authority.startsWith(':', hostEnd) && /^[0-9]{1,5}$/.test(port)
    ? place(scheme, authority.slice(0, hostEnd), port)
    : parseOddPlace(scheme, authority)
}

function place(scheme: 'http' | 'https', host: string, digits: string | undefined): Place {
  const port = digits === undefined ? undefined : Number(digits)
  return { scheme, host, port: port === defaultPorts[scheme] ? undefined : port }
}

function parseOddPlace(scheme: 'http' | 'https', authority: string): Place | undefined {
  const parts = /^(\[[0-9a-f:.]+\]|[^:@[\]]+)(?::([0-9]{1,5})?)?$/i.exec(authority)
  return parts ? place(scheme, (parts[1] as string).toLowerCase(), parts[2]) : undefined
}

/** Where lower-case letters, digits, dots and hyphens end. */
function endOfPlainHost(authority: string): number {
  for (let i = 0; i < authority.length; i++) {
    const code = authority.charCodeAt(i)
    const plain = (code >= 0x61 && code <= 0x7a) || (code >= 0x2d && code <= 0x39 && code !== slash)
    if (!plain) return i
  }
  return authority.length
}

const defaultPorts = { http: 80, https: 443 } as const

function findTarget(
  table: RouteTable,
  from: Found,
  { place, path }: InternalUrl,
): Found | undefined {
  const exact = best(table.byInternalHost.get(place.host), false, from, place, path)
  if (exact) return { found: true, route: exact, star: undefined }
  const dot = place.host.indexOf('.')
  const star = dot > 0 ? place.host.slice(0, dot) : ''
  if (!isHostLabel(star)) return undefined
  const wild = best(table.byInternalHost.get(place.host.slice(dot + 1)), true, from, place, path)
  if (!wild || table.reservedHosts.has(`${star}.${wild.external.host}`)) return undefined
  return { found: true, route: wild, star }
}

function best(
  candidates: readonly Route[] | undefined,
  starred: boolean,
  from: Found,
  place: Place,
  path: string,
): Route | undefined {
  if (!candidates) return undefined
  let chosen: Route | undefined
  let chosenRank = -1
  for (const route of coveringRoutes(candidates, path || '/')) {
    if (route.internal.starred !== starred || !serves(route, place, path)) continue
    const rank = rankOf(route, from, place)
    if (rank > chosenRank) {
      chosen = route
      chosenRank = rank
    }
  }
  return chosen
}

// An application behind a TLS terminator of its own often writes http where https was meant: with both ports the
// schemes' default ones, or the same one, it is still the same place.
function serves({ internal }: Route, place: Place, path: string): boolean {
  const port = internal.port === defaultPorts[internal.scheme] ? undefined : internal.port
  return port === place.port && isUnder(path || '/', internal.pathPrefix)
}

function isUnder(path: string, prefix: string): boolean {
  const last = prefix.length - 1
  if (path.length === last) return prefix.startsWith(path)
  if (last === 0) return path.startsWith(prefix)
  // Beginnings are alike more often than ends.
  return path.charCodeAt(last - 1) === prefix.charCodeAt(last - 1) && path.startsWith(prefix)
}

/** One number, its digits in order of weight: prefix length, application, segment, kind of URL, scheme. */
function rankOf(route: Route, from: Found, place: Place): number {
  const { application, via } = from.route
  const staysAlternate = via === 'alternate' && application.useAlternateUrl
  let rank = route.internal.pathPrefix.length
  rank = rank * 2 + Number(route.application.id === application.id)
  rank = rank * 2 + Number(route.internal.scheme === place.scheme)
  rank = rank * 2 + Number(route.segmentId === from.route.segmentId)
  return rank * 2 + Number((route.via === 'alternate') === staysAlternate)
}

/** An answer's fields with internal URLs and cookie scopes translated; the same array when nothing changed. [F3] */
export function translateHeaders(table: RouteTable, from: Found, headers: RawHeaders): RawHeaders {
  let translated: string[] | undefined
  for (let i = 0; i < headers.length; i += 2) {
    const translate = names.meaningOf(headers[i] as string)
    if (translate === 'none') continue
    const value = headers[i + 1] as string
    const changed = translate(table, from, value)
    if (changed === value) continue
    translated ??= [...headers]
    translated[i + 1] = changed
  }
  return translated ?? headers
}

type Translate = (table: RouteTable, from: Found, value: string) => string

const translators: ReadonlyMap<string, Translate> = new Map<string, Translate>([
  ['location', translateReference],
  ['content-location', translateReference],
  ['refresh', translateRefresh],
  ['link', translateLink],
  ['set-cookie', (_table, from, value) => translateSetCookie(from, value)],
])

const names = new NameMemory<Translate | 'none'>(
  (written) => translators.get(written.toLowerCase()) ?? 'none',
)

/** `exchangeInReference` as a whole. */
function translateReference(table: RouteTable, from: Found, value: string): string {
  const exchange = exchangeInReference(table, from, value)
  return exchange ? exchanged(value, exchange) : value
}

/**
 * A URI reference: an absolute URL, or a path on the answering application's own origin (RFC 3986 §4.2). A path below the
 * application's own prefix stays with it, whoever else is published there. undefined: it stays as it is.
 */
export function exchangeInReference(
  table: RouteTable,
  from: Found,
  value: string,
): Exchange | undefined {
  if (!value.startsWith('/') || value.startsWith('//')) return exchangeInUrl(table, from, value)
  const { internal, external } = from.route
  const unmoved = internal.pathPrefix === external.pathPrefix
  if (unmoved && value.startsWith(internal.pathPrefix)) return undefined
  const url = readPath(from, value)
  if (!url) return undefined
  const target = isUnder(url.path, internal.pathPrefix) ? from : findTarget(table, from, url)
  if (!target) return undefined
  const own = originUnder(external, from.star) === originUnder(target.route.external, target.star)
  return own ? exchangePath(value, target, url) : exchangeFor(target, url)
}

/** On the answering application's own origin a path stays a path. */
function exchangePath(value: string, target: Found, url: InternalUrl): Exchange {
  const length = exchangedLength(target, url)
  const text = externalPrefix(target, url)
  // Without its origin such a path would name another host, also with a tab, which browsers take out (URL §url-parsing):
  // exchanging the prefix must not create a redirect that was not there.
  const ambiguous = text === '/' && /^[\t\r\n]*[/\\]/.test(value.slice(length))
  return ambiguous ? exchangeFor(target, url) : { length, text }
}

/** `5; url=https://…`, the quotes optional (HTML §shared-declarative-refresh-steps). */
function translateRefresh(table: RouteTable, from: Found, value: string): string {
  const separator = value.search(/[;,]/)
  if (separator < 0) return value
  const prefix = /\s*(?:url\s*=\s*)?["']?/iy
  prefix.lastIndex = separator + 1
  prefix.exec(value)
  const start = prefix.lastIndex
  const quote = value[start - 1] as string
  const closing = quote === '"' || quote === "'" ? value.indexOf(quote, start) : -1
  const end = closing < 0 ? value.length : closing
  return (
    value.slice(0, start) +
    translateReference(table, from, value.slice(start, end)) +
    value.slice(end)
  )
}

/** RFC 8288 §3: a link-value starts with its target in angle brackets; what stands in quotes is a parameter. */
function translateLink(table: RouteTable, from: Found, value: string): string {
  let translated = ''
  let copied = 0
  for (let i = 0; i < value.length; i++) {
    if (value[i] === '"') i = endOfQuoted(value, i)
    else if (value[i] === '<') {
      const end = value.indexOf('>', i)
      if (end < 0) break
      translated += value.slice(copied, i + 1)
      translated += translateReference(table, from, value.slice(i + 1, end))
      copied = end
      i = end
    }
  }
  return translated + value.slice(copied)
}

/** The index of the quotation mark that closes the one at `start`, or the last index (RFC 9110 §5.6.4). */
function endOfQuoted(value: string, start: number): number {
  for (let i = start + 1; i < value.length; i++) {
    if (value[i] === '\\') i++
    else if (value[i] === '"') return i
  }
  return value.length - 1
}
