import { type CorsRequest, compileCors, decideCors } from '../cors/decide.ts'
import { unsafeHeaderNames } from '../cors/request-header.ts'
import type { CorsRule } from '../cors/rule.ts'
import type { Application } from '../publishing/application.ts'
import type { Found } from '../publishing/route-table.ts'
import { type Finding, finding } from './findings.ts'
import type { Hop } from './hops.ts'
import type { DoctorParts } from './page-call.ts'
import { ruleSubject } from './subject.ts'

/** The application of a route, as it was compiled from. */
export function applicationOf(parts: DoctorParts, found: Found): Application | undefined {
  return parts.applications.find(({ id }) => id === found.route.application.id)
}

/** The rules that stand where a route is: its segment's, or its application's own. */
export function rulesAt(parts: DoctorParts, found: Found): readonly CorsRule[] {
  const publishing = applicationOf(parts, found)?.publishing
  const { segmentId } = found.route
  if (segmentId === undefined) return publishing?.corsRules ?? []
  return publishing?.segments.find(({ id }) => id === segmentId)?.corsRules ?? []
}

/** What explains why a rule that somebody thinks of does not count. */
export function hintsOf(parts: DoctorParts, hop: Hop): readonly Finding[] {
  const { found } = hop.actual.explanation
  if (!found) return []
  const rules = rulesAt(parts, found)
  const hints = [dryRun(rules, found, hop), shadowed(rules, found, hop), near(rules, hop)]
  const known = hints.filter((hint) => hint !== undefined)
  return known.length > 0 ? known : elsewhere(parts, found, hop)
}

/** Whether this rule alone, in force, would allow the call there. */
export function wouldAllow(rule: CorsRule, found: Found, hop: Hop): boolean {
  const { scope } = found.route.cors
  const policy = compileCors([{ ...rule, mode: 'enforce' }], { ...scope, siblingOrigins: [] })
  const decision = decideCors(policy, askedOf(hop))
  return decision.kind !== 'none' && decision.allowed && isEnough(decision.grant.credentials, hop)
}

function isEnough(credentials: boolean, { call }: Hop): boolean {
  return credentials || call.credentials !== 'include'
}

/** The call as its preflight asks, needed or not: that is the stricter of the two. */
function askedOf({ call }: Hop): CorsRequest {
  const names = unsafeHeaderNames(call.headers)
  return {
    method: 'OPTIONS',
    path: new URL(call.url).pathname,
    origin: call.pageOrigin,
    requestMethod: call.method,
    requestHeaders: names.length === 0 ? undefined : names.join(','),
  }
}

function dryRun(rules: readonly CorsRule[], found: Found, hop: Hop): Finding | undefined {
  const rule = rules.find((each) => each.mode === 'dryRun' && wouldAllow(each, found, hop))
  if (!rule) return undefined
  const explanation = `The rule for "${rule.resource}" would allow the call, and is in dry run.`
  return finding('rule-in-dry-run', 'info', explanation, { subject: ruleSubject(rule) })
}

function shadowed(rules: readonly CorsRule[], found: Found, hop: Hop): Finding | undefined {
  const rule = rules.find((each) => each.mode === 'enforce' && wouldAllow(each, found, hop))
  if (!rule) return undefined
  const explanation = `The rule for "${rule.resource}" would allow the call, but one for a longer path covers it.`
  return finding('rule-shadowed', 'info', explanation, { subject: ruleSubject(rule) })
}

function near(rules: readonly CorsRule[], { call }: Hop): Finding | undefined {
  for (const rule of rules) {
    if (rule.allowedOrigins.includes(call.pageOrigin)) continue
    const entry = rule.allowedOrigins.find((each) => isNear(each, call.pageOrigin))
    if (entry === undefined) continue
    const explanation = `The rule for "${rule.resource}" allows ${entry}; the page is at ${call.pageOrigin}.`
    return finding('near-origin', 'info', explanation, { subject: ruleSubject(rule) })
  }
  return undefined
}

// More letters apart, two names mostly mean two things.
const nearMaxEdits = 2

/** Two origins that differ in scheme, port, `www` or a letter or two of the host. */
function isNear(entry: string, origin: string): boolean {
  const one = URL.parse(entry)
  const other = URL.parse(origin)
  if (!one || !other) return false
  const [a, b] = [one, other].map(({ hostname }) => hostname.replace(/^www\./, ''))
  return a === b || edits(a ?? '', b ?? '') <= nearMaxEdits
}

/** The Levenshtein distance; hosts are short (RFC 1035 §2.3.4). */
function edits(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > nearMaxEdits) return nearMaxEdits + 1
  let row = Array.from({ length: other.length + 1 }, (_, i) => i)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const changed = (row[j - 1] ?? 0) + Number(one[i - 1] !== other[j - 1])
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

/** Rules of other segments of the same application. */
function elsewhere(parts: DoctorParts, found: Found, hop: Hop): readonly Finding[] {
  const own = new Set(rulesAt(parts, found))
  const segments = applicationOf(parts, found)?.publishing?.segments ?? []
  const rules = segments.flatMap(({ corsRules, externalUrl }) =>
    corsRules.filter((rule) => !own.has(rule)).map((rule) => ({ rule, externalUrl })),
  )
  const stray = rules.find(({ rule }) => wouldAllow({ ...rule, resource: '/' }, found, hop))
  const moved = rulesAt(parts, found).find((rule) =>
    wouldAllow({ ...rule, resource: '/' }, found, hop),
  )
  if (moved) {
    const explanation = `The rule for "${moved.resource}" would allow the call, but does not cover its path.`
    return [finding('rule-elsewhere', 'info', explanation, { subject: ruleSubject(moved) })]
  }
  if (!stray) return []
  const explanation = `A rule at ${stray.externalUrl} would allow the call, but counts there only.`
  return [finding('rule-elsewhere', 'info', explanation, { subject: ruleSubject(stray.rule) })]
}
