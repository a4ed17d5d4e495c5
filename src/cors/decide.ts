import { listMembers, tokenPattern } from '../http/headers.ts'
import { isSafelistedMethod, isSendableMethod } from './method.ts'
import { allowsOrigin, compileOrigins, type OriginSet } from './origin-pattern.ts'
import type { CorsRule } from './rule.ts'

/** Where rules stand: what the route they belong to answers on. */
export interface CorsScope {
  /** The origins this route answers on; a call from them needs no permission. */
  readonly ownOrigins: readonly string[]
  /** External path prefix of the segment; rules' resources are relative to it. */
  readonly resourceBase: string
  /** Origins of the other segments; empty when they may not call without a rule. [C12] */
  readonly siblingOrigins: readonly string[]
  /** The application is pre-authenticated, so no preflight gets through to it. [C3] */
  readonly answersPreflights: boolean
}

/** Rules and their scope, compiled; for `decideCors` only. */
export interface CorsPolicy {
  readonly scope: CorsScope
  /** Longest resource first. [C4] */
  readonly groups: readonly RuleGroup[]
  /** The same with the rules in dry run in force, when there are any. [C13] */
  readonly trial: CorsPolicy | undefined
}

interface RuleGroup {
  /** External path without the slash at its end. */
  readonly prefix: string
  readonly rules: readonly CompiledRule[]
}

interface CompiledRule {
  readonly name: RuleName
  readonly source: CorsRule
  readonly origins: OriginSet
  readonly headers: NameSet
  readonly methods: NameSet
}

interface NameSet {
  readonly any: boolean
  readonly names: ReadonlySet<string>
  /** The same names, for the answer. */
  readonly list: readonly string[]
  readonly prefixes: readonly string[]
}

/** Which rule spoke. */
export interface RuleName {
  readonly id: string
  readonly resource: string
}

export interface CorsRequest {
  readonly method: string
  /** External path, canonical, without query. */
  readonly path: string
  readonly origin: string | undefined
  readonly requestMethod: string | undefined
  /** The field's value; several fields joined with commas. */
  readonly requestHeaders: string | undefined
  /** The origin the request was sent to, where the scope cannot name it: under a wildcard. */
  readonly ownOrigin?: string | undefined
}

/** What an allowed call gets. Names are concrete, because a star means nothing with credentials (Fetch §http-new-header-syntax). */
export interface Grant {
  /** To be echoed. [C7] */
  readonly origin: string
  readonly credentials: boolean
  /** For the answer to a preflight: everything it asked for, and what else the rule names. */
  readonly methods: readonly string[]
  readonly headers: readonly string[]
  readonly maxAgeSeconds: number
  /** Lower-case names, prefixes ending in a star, or `*`. */
  readonly exposedHeaders: readonly string[]
  /** undefined: no rule was needed, the caller is the application itself. */
  readonly rule: RuleName | undefined
}

export type CorsRefusal =
  | { readonly code: 'no-rule'; readonly origin: string; readonly path: string }
  | { readonly code: 'origin-not-allowed'; readonly origin: string; readonly rule: RuleName }
  | { readonly code: 'method-not-allowed'; readonly method: string; readonly rule: RuleName }
  | {
      readonly code: 'header-not-allowed'
      /** The first ones refused, at most `maxNamedHeaders`. */
      readonly headers: readonly string[]
      readonly rule: RuleName
    }

export type CorsDecision =
  | { readonly kind: 'none'; readonly varyOrigin: boolean }
  | { readonly kind: 'preflight'; readonly allowed: true; readonly grant: Grant }
  | { readonly kind: 'preflight'; readonly allowed: false; readonly because: CorsRefusal }
  | { readonly kind: 'actual'; readonly allowed: true; readonly grant: Grant }
  | { readonly kind: 'actual'; readonly allowed: false; readonly because: CorsRefusal }

// A browser writes each name once; real pages stay below a hundred names.
export const requestHeadersMaxLength = 8_192
export const maxNamedHeaders = 10
// Long enough to spare most preflights, short enough that taking the permission back is felt in minutes. [C12]
export const siblingMaxAgeSeconds = 600

/** Compiles rules once per snapshot. The longest resource wins; rules with the same resource add up. [C4] */
export function compileCors(rules: readonly CorsRule[], scope: CorsScope): CorsPolicy {
  const inForce = rules.filter((rule) => rule.mode === 'enforce')
  const trial = inForce.length < rules.length ? compileGroups(rules, scope) : undefined
  return {
    scope,
    groups: compileGroups(inForce, scope),
    trial: trial && { scope, groups: trial, trial: undefined },
  }
}

function compileGroups(rules: readonly CorsRule[], scope: CorsScope): readonly RuleGroup[] {
  if (rules.length === 0) return noGroups
  const byPrefix = new Map<string, CompiledRule[]>()
  const base = scope.resourceBase.replace(/\/$/, '')
  for (const rule of rules) {
    const prefix = base + (rule.resource === '/' ? '' : rule.resource)
    const rulesThere = byPrefix.get(prefix)
    if (rulesThere) rulesThere.push(compileRule(rule))
    else byPrefix.set(prefix, [compileRule(rule)])
  }
  const groups = Array.from(byPrefix, ([prefix, compiled]) => ({ prefix, rules: compiled }))
  return groups.sort((a, b) => b.prefix.length - a.prefix.length)
}

const noGroups: readonly RuleGroup[] = []

function compileRule(source: CorsRule): CompiledRule {
  return {
    name: { id: source.id, resource: source.resource },
    source,
    origins: compileOrigins(source.allowedOrigins),
    headers: compileNames(source.allowedHeaders),
    methods: compileNames(source.allowedMethods),
  }
}

const noNames: NameSet = { any: false, names: new Set(), list: [], prefixes: [] }
const anyName: NameSet = { any: true, names: new Set(), list: [], prefixes: [] }

// Most rules say nothing or everything; 100,000 segments need not have a set of their own for that.
function compileNames(patterns: readonly string[]): NameSet {
  if (patterns.length === 0) return noNames
  if (patterns.length === 1 && patterns[0] === '*') return anyName
  const names = new Set(patterns.filter((pattern) => !pattern.endsWith('*')))
  return {
    any: patterns.includes('*'),
    names,
    list: [...names],
    prefixes: patterns
      .filter((pattern) => pattern.endsWith('*') && pattern !== '*')
      .map((pattern) => pattern.slice(0, -1)),
  }
}

/** What the rules in dry run would have refused, were they in force; undefined when nothing, or there are none. [C13] */
export function decideTrial(policy: CorsPolicy, request: CorsRequest): CorsRefusal | undefined {
  if (!policy.trial || request.origin === undefined) return undefined
  const decision = decideCors(policy.trial, request)
  return decision.kind === 'none' || decision.allowed ? undefined : decision.because
}

/** An OPTIONS request with an Origin and an Access-Control-Request-Method (Fetch §cors-preflight-request). [C2] */
export function isPreflight(request: CorsRequest): boolean {
  return (
    request.method === 'OPTIONS' &&
    request.origin !== undefined &&
    request.requestMethod !== undefined
  )
}

const untouched: CorsDecision = { kind: 'none', varyOrigin: false }
const varying: CorsDecision = { kind: 'none', varyOrigin: true }

/** What CORS has to say about a request, before anybody is signed in. Linear in the request's size. */
export function decideCors(policy: CorsPolicy, request: CorsRequest): CorsDecision {
  const group = coveringGroup(policy.groups, request.path)
  const silent = group || policy.scope.siblingOrigins.length > 0 ? varying : untouched
  const { origin } = request
  if (origin === undefined) return silent
  if (isPreflight(request)) {
    // Without a rule a passthrough application answers for itself. [C10]
    const answered = group !== undefined || policy.scope.answersPreflights
    if (!answered && !policy.scope.siblingOrigins.includes(origin)) return silent
    return decidePreflight(policy.scope, group, request, origin)
  }
  if (isOwnOrigin(policy.scope, request, origin)) return silent
  if (policy.scope.siblingOrigins.includes(origin)) {
    return { kind: 'actual', allowed: true, grant: insiderGrant(origin, [], []) }
  }
  return group ? decideActual(group, request, origin) : silent
}

function coveringGroup(groups: readonly RuleGroup[], path: string): RuleGroup | undefined {
  for (const group of groups) if (isWithin(path, group.prefix)) return group
  return undefined
}

function isWithin(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/')
}

function isOwnOrigin(scope: CorsScope, request: CorsRequest, origin: string): boolean {
  return origin === request.ownOrigin || scope.ownOrigins.includes(origin)
}

function decidePreflight(
  scope: CorsScope,
  group: RuleGroup | undefined,
  request: CorsRequest,
  origin: string,
): CorsDecision {
  const method = request.requestMethod ?? ''
  const names = requestedNames(request.requestHeaders)
  const insider = isOwnOrigin(scope, request, origin) || scope.siblingOrigins.includes(origin)
  // Even the application itself is only granted what a browser can ask for.
  if (insider && isSendableMethod(method) && names.every((name) => tokenPattern.test(name))) {
    return { kind: 'preflight', allowed: true, grant: insiderGrant(origin, [method], names) }
  }
  if (!group) {
    const because: CorsRefusal = { code: 'no-rule', origin, path: request.path }
    return { kind: 'preflight', allowed: false, because }
  }
  return decideByRules(group, origin, method, names)
}

function decideByRules(
  group: RuleGroup,
  origin: string,
  method: string,
  names: readonly string[],
): CorsDecision {
  let closest: CorsRefusal | undefined
  for (const rule of group.rules) {
    const because = refusalOf(rule, origin, method, names)
    if (!because) {
      const methods = granted(rule.methods, [method])
      const headers = granted(rule.headers, names)
      return { kind: 'preflight', allowed: true, grant: grantOf(rule, origin, methods, headers) }
    }
    // Of several rules the one that let the request come furthest says why.
    if (!closest || distance[because.code] > distance[closest.code]) closest = because
  }
  return { kind: 'preflight', allowed: false, because: closest as CorsRefusal } // a group is never empty
}

/** What a set names, and what was asked for besides. */
function granted({ names, list }: NameSet, asked: readonly string[]): readonly string[] {
  const others = asked.filter((name) => !names.has(name))
  return others.length === 0 ? list : [...list, ...others]
}

const distance = {
  'no-rule': 0,
  'origin-not-allowed': 1,
  'method-not-allowed': 2,
  'header-not-allowed': 3,
} as const

/** The checks in the order of Fetch §cors-preflight-fetch step 7, so that the reason is the browser's. */
function refusalOf(
  rule: CompiledRule,
  origin: string,
  method: string,
  names: readonly string[],
): CorsRefusal | undefined {
  if (!allowsOrigin(rule.origins, origin)) {
    return { code: 'origin-not-allowed', origin, rule: rule.name }
  }
  if (!allowsMethod(rule, method)) return { code: 'method-not-allowed', method, rule: rule.name }
  const refused: string[] = []
  for (const name of names) {
    if (refused.length === maxNamedHeaders) break
    if (!allowsName(rule.headers, name)) refused.push(name)
  }
  if (refused.length === 0) return undefined
  return { code: 'header-not-allowed', headers: refused, rule: rule.name }
}

function allowsMethod({ methods }: CompiledRule, method: string): boolean {
  if (methods.names.has(method) || isSafelistedMethod(method)) return true
  return methods.any && isSendableMethod(method)
}

// Fetch §cors-safelisted-request-header looks at the value: a browser lists `content-type` or `accept` here only when its
// value is not safelisted, so a name that is listed always needs an entry.
function allowsName(set: NameSet, name: string): boolean {
  if (set.names.has(name)) return true
  if (!tokenPattern.test(name)) return false
  return set.any || set.prefixes.some((prefix) => name.startsWith(prefix))
}

/** Lower-case, each once. Beyond the limit the field is one name that is none, so that nothing allows it. */
function requestedNames(field: string | undefined): readonly string[] {
  if (field === undefined) return []
  if (field.length > requestHeadersMaxLength) return [`${field.slice(0, 64)}…`]
  const names = listMembers([field.toLowerCase()])
  return names.length < 2 ? names : [...new Set(names)]
}

function decideActual(group: RuleGroup, request: CorsRequest, origin: string): CorsDecision {
  const allowing = group.rules.filter((rule) => allowsOrigin(rule.origins, origin))
  // Of several the one that answered the preflight of this method speaks again.
  const rule = allowing.find((each) => allowsMethod(each, request.method)) ?? allowing[0]
  if (rule) return { kind: 'actual', allowed: true, grant: grantOf(rule, origin, [], []) }
  const { name } = group.rules[0] as CompiledRule // a group is never empty
  return {
    kind: 'actual',
    allowed: false,
    because: { code: 'origin-not-allowed', origin, rule: name },
  }
}

function grantOf(
  { source, name }: CompiledRule,
  origin: string,
  methods: readonly string[],
  headers: readonly string[],
): Grant {
  return {
    origin,
    credentials: source.allowCredentials,
    methods,
    headers,
    maxAgeSeconds: source.maxAgeSeconds,
    exposedHeaders: source.exposedHeaders,
    rule: name,
  }
}

function insiderGrant(
  origin: string,
  methods: readonly string[],
  headers: readonly string[],
): Grant {
  return {
    origin,
    credentials: true,
    methods,
    headers,
    maxAgeSeconds: siblingMaxAgeSeconds,
    exposedHeaders: ['*'],
    rule: undefined,
  }
}

// What the request says is quoted shortly: it may come from anybody.
const quotedMaxLength = 100

/** One plain sentence, for the answer's body and the log. Not escaped for HTML. [C8] */
export function explainCorsRefusal(because: CorsRefusal): string {
  if (because.code === 'no-rule') {
    return `No CORS rule covers ${quote(because.path)}, so ${quote(because.origin)} may not call it.`
  }
  const rule = `The CORS rule for "${because.rule.resource}" (${because.rule.id})`
  if (because.code === 'origin-not-allowed') {
    return `${rule} does not allow the origin ${quote(because.origin)}.`
  }
  if (because.code === 'method-not-allowed') {
    return `${rule} does not allow the method ${quote(because.method)}.`
  }
  const named = because.headers.map(quote).join(', ')
  return `${rule} does not allow the header ${named}.`
}

function quote(text: string): string {
  const short = text.length > quotedMaxLength ? `${text.slice(0, quotedMaxLength)}…` : text
  return `"${short}"`
}
