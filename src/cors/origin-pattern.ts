import type { Issue, Parsed } from '../base/check.ts'
import { isHostLabel } from '../http/label.ts'

// Browsers write the origin of an extension or of an application's web view like this; nothing else gets through Fetch.
const exactSchemes: ReadonlySet<string> = new Set([
  'chrome-extension',
  'moz-extension',
  'safari-web-extension',
  'capacitor',
  'ionic',
  'tauri',
])

// scheme, authority, the rest
const shape = /^([a-z][a-z0-9+.-]*):\/\/([^/?#\\]*)(.*)$/is

/** One entry of allowedOrigins, normalised: `*`, `null`, an origin as browsers write it, or one with a star as first label. [C5] */
export function parseOriginPattern(text: string, path: string): Parsed<string> {
  if (text === '*' || text === 'null') return { value: text }
  const parts = shape.exec(text)
  if (!parts || hasSpaceOrControl(text)) {
    return issue(path, 'origin-no-scheme', `"${text}" is not an origin; write https://host[:port]`)
  }
  const [, scheme = '', authority = '', rest = ''] = parts
  const lowerScheme = scheme.toLowerCase()
  const issues = [...schemeIssues(lowerScheme, path), ...restIssues(text, authority, rest, path)]
  if (issues.length > 0) return { issues }
  return exactSchemes.has(lowerScheme)
    ? parseExact(lowerScheme, authority, path)
    : parseHost(lowerScheme, authority, path)
}

// Written out, because a regular expression for control characters is one that linters rightly dislike.
function hasSpaceOrControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code <= 0x20 || code === 0x7f) return true
  }
  return false
}

function schemeIssues(scheme: string, path: string): Issue[] {
  if (scheme === 'http' || scheme === 'https' || exactSchemes.has(scheme)) return []
  const message = `no browser sends an origin with the scheme "${scheme}"`
  return [{ path, code: 'origin-scheme', message }]
}

function restIssues(text: string, authority: string, rest: string, path: string): Issue[] {
  const issues: Issue[] = []
  const say = (code: string, what: string) =>
    issues.push({
      path,
      code,
      message: `"${text}" has ${what}, which no browser sends in an origin`,
    })
  if (authority.includes('@')) say('origin-user', 'a user name')
  const beforeQuery = rest.split(/[?#]/, 1)[0] ?? ''
  if (beforeQuery !== '' && beforeQuery !== '/') say('origin-path', 'a path')
  if (/^[^#]*\?/.test(rest)) say('origin-query', 'a query')
  if (rest.includes('#')) say('origin-fragment', 'a fragment')
  return issues
}

// The host of a scheme the URL standard does not know keeps its letters: Safari writes its identifiers in capitals.
function parseExact(scheme: string, authority: string, path: string): Parsed<string> {
  if (/^[A-Za-z0-9._-]+(?::[0-9]+)?$/.test(authority)) return { value: `${scheme}://${authority}` }
  return issue(path, 'origin-host', `"${authority}" is no host of the scheme "${scheme}"`)
}

function parseHost(scheme: string, authority: string, path: string): Parsed<string> {
  const starred = authority.startsWith('*.')
  const host = starred ? authority.slice(2) : authority
  if (host.includes('*')) {
    return issue(
      path,
      'origin-wildcard',
      'a star stands for one whole label, the first: https://*.contoso.net',
    )
  }
  // The star is parsed as an ordinary label, so that what is left is checked like any host.
  const url = URL.parse(`${scheme}://${starred ? 'a.' : ''}${host}`)
  if (!url || url.hostname === '' || !isPossibleHost(url.hostname)) {
    return issue(path, 'origin-host', `"${authority}" is no host name with an optional port`)
  }
  return { value: starred ? `${scheme}://*.${url.host.slice(2)}` : `${scheme}://${url.host}` }
}

function isPossibleHost(hostname: string): boolean {
  return hostname.startsWith('[') || /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?$/.test(hostname)
}

function issue(path: string, code: string, message: string): Parsed<never> {
  return { issues: [{ path, code, message }] }
}

/** allowedOrigins, compiled. */
export interface OriginSet {
  readonly any: boolean
  readonly exact: ReadonlySet<string>
  readonly patterns: readonly OriginPattern[]
}

interface OriginPattern {
  readonly before: string
  readonly after: string
}

/** Compiles normalised entries. */
export function compileOrigins(entries: readonly string[]): OriginSet {
  const patterns: OriginPattern[] = []
  const exact = new Set<string>()
  for (const entry of entries) {
    const star = entry.indexOf('*')
    if (star < 0) exact.add(entry)
    else if (star > 0) patterns.push({ before: entry.slice(0, star), after: entry.slice(star + 1) })
  }
  return { any: entries.includes('*'), exact, patterns }
}

/** Byte-exact (Fetch §concept-cors-check); `*` takes every origin with a scheme and a host, but not `null`. [C5] */
export function allowsOrigin(set: OriginSet, origin: string): boolean {
  if (set.exact.has(origin)) return true
  for (const { before, after } of set.patterns) {
    if (!origin.startsWith(before) || !origin.endsWith(after)) continue
    if (isHostLabel(origin.slice(before.length, origin.length - after.length))) return true
  }
  return set.any && serializedOrigin.test(origin)
}

// What is echoed must look like an origin: one, without anything that could start another field or member.
const serializedOrigin = /^[a-z][a-z0-9+.-]*:\/\/[A-Za-z0-9._:[\]-]+$/
