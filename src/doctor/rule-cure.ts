import { isSafelistedMethod } from '../cors/method.ts'
import { unsafeHeaderNames } from '../cors/request-header.ts'
import type { CorsRule, CorsRuleInput } from '../cors/rule.ts'
import { parseTarget } from '../http/target.ts'
import type { Found } from '../publishing/route-table.ts'
import type { Change } from './change.ts'
import type { Hop } from './hops.ts'
import type { DoctorParts, PageCall } from './page-call.ts'
import { rulesAt, wouldAllow } from './rule-hints.ts'

/** What a call needs of a rule, and no more. */
export interface Need {
  readonly origin: string
  readonly methods: readonly string[]
  readonly headers: readonly string[]
  readonly credentials: boolean
}

/** The exact origin, method and headers of this call. */
export function needOf(
  { call: { method, headers, pageOrigin, credentials } }: Pick<Hop, 'call'>,
  call: PageCall,
): Need {
  return {
    origin: pageOrigin,
    methods: isSafelistedMethod(method) ? [] : [method],
    headers: unsafeHeaderNames(headers),
    // A WebSocket always comes with its cookies.
    credentials: credentials === 'include' || call.mode === 'webSocket',
  }
}

// Long enough to spare most preflights, short enough that taking the rule back is felt within minutes.
const maxAgeInSeconds = 600

/** A rule that grants this and nothing else. */
export function ruleFor(need: Need, resource: string): CorsRuleInput {
  return {
    resource,
    allowedOrigins: [need.origin],
    allowedMethods: need.methods,
    allowedHeaders: need.headers,
    allowCredentials: need.credentials,
    maxAgeInSeconds,
  }
}

/**
 * Changes that may let the call through, the narrowest first: what is lacking is added to the rule that covers the path,
 * where that gives nobody else more; else a rule of the same resource beside it, because one for a longer path would take
 * its place for all others. [C4]
 */
export function ruleCures(parts: DoctorParts, found: Found, hop: Hop, call: PageCall): Change[] {
  const need = needOf(hop, call)
  // Any sandboxed page of anybody has this origin.
  if (need.origin === 'null') return []
  const place = {
    applicationId: found.route.application.id,
    segmentId: found.route.segmentId,
  }
  const covering = coveringRules(parts, found, hop)
  const [first] = covering
  const add = (resource: string): Change => ({
    kind: 'add-rule',
    ...place,
    rule: ruleFor(need, resource),
  })
  if (!first) return [add('/')]
  const edits = covering.flatMap((rule): Change[] => {
    const set = widened(rule, need, found, hop)
    return set ? [{ kind: 'edit-rule', ...place, ruleId: rule.id, set }] : []
  })
  return [...edits, add(first.resource), firstOfAll(parts, found, ruleFor(need, first.resource))]
}

/** The rules in force that cover the path: those of the longest resource. */
function coveringRules(parts: DoctorParts, found: Found, hop: Hop): readonly CorsRule[] {
  const { pathname } = new URL(hop.call.url)
  const target = parseTarget(pathname)
  const path = typeof target === 'string' ? pathname : target.canonicalPath
  const group = found.route.cors.groups.find(
    ({ prefix }) => path === prefix || path.startsWith(`${prefix}/`),
  )
  const ids = new Set(group?.rules.map(({ name }) => name.id))
  return rulesAt(parts, found).filter(({ id }) => ids.has(id))
}

/** What has to be added to a rule; undefined where that would give anybody more than the call needs. */
function widened(rule: CorsRule, need: Need, found: Found, hop: Hop): CorsRuleInput | undefined {
  const isOnlyOrigin = rule.allowedOrigins.length === 1 && rule.allowedOrigins[0] === need.origin
  const withCredentials =
    need.credentials && !rule.allowCredentials ? { allowCredentials: true } : {}
  if (isOnlyOrigin) {
    return {
      ...withCredentials,
      ...grown('allowedMethods', rule.allowedMethods, need.methods),
      ...grown('allowedHeaders', rule.allowedHeaders, need.headers),
    }
  }
  const lists = [rule.allowedOrigins, rule.allowedMethods, rule.allowedHeaders]
  // A star there would give this page more than it needs.
  if (lists.some((list) => list.includes('*'))) return undefined
  if (need.credentials !== rule.allowCredentials) return undefined
  const allowedOrigins = [...rule.allowedOrigins, need.origin]
  return wouldAllow({ ...rule, allowedOrigins }, found, hop) ? { allowedOrigins } : undefined
}

function grown(
  field: 'allowedMethods' | 'allowedHeaders',
  present: readonly string[],
  needed: readonly string[],
): CorsRuleInput {
  const missing = needed.filter((name) => !present.includes(name) && !present.includes('*'))
  return missing.length === 0 ? {} : { [field]: [...present, ...missing] }
}

/** Before a rule that allows every origin without credentials, which would speak first. */
function firstOfAll(parts: DoctorParts, found: Found, rule: CorsRuleInput): Change {
  const { application, segmentId } = found.route
  const applicationId = application.id
  const corsRules = [rule, ...rulesAt(parts, found).map(({ id }) => ({ id }))]
  return segmentId === undefined
    ? { kind: 'edit-publishing', applicationId, set: { corsRules } }
    : { kind: 'edit-segment', applicationId, segmentId, set: { corsRules } }
}
