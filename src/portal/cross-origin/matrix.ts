import type { CorsRefusal, CorsRule, Publishing, Segment } from '../api/types.ts'
import { allowsOrigin, originOf } from './origins.ts'

/** Pages that may call, or try to. */
export interface Caller {
  /** An origin, or an entry of `allowedOrigins` with a star. */
  readonly origin: string
  readonly kind: 'segment' | 'outside' | 'pattern'
}

/** What is called: a path of a segment, or of an application without segments. */
export interface Target {
  readonly segmentId: string | undefined
  readonly url: string
  /** Path below the URL that a rule is for; `/` is the rest. */
  readonly resource: string
  /** Rules in force that decide there. */
  readonly rules: readonly CorsRule[]
  /** Rules in dry run that would decide there. */
  readonly trial: readonly CorsRule[]
}

/** Why a caller may or may not. */
export type CellKind = 'self' | 'siblings' | 'rule' | 'refused' | 'noRule'

/** May these pages call this? */
export interface Cell {
  readonly caller: Caller
  readonly target: Target
  readonly kind: CellKind
  /** Beyond those that need no entry; `*`: any. */
  readonly methods: readonly string[]
  readonly headers: readonly string[]
  readonly credentials: boolean
  /** Rules in force that name the caller. */
  readonly rules: readonly CorsRule[]
  /** A rule in dry run would allow it. */
  readonly isTried: boolean
  /** Calls refused, as far as they are remembered. */
  readonly refused: number
  /** Calls that got through lately; undefined where nobody looked. */
  readonly isSeen: boolean | undefined
}

export interface Matrix {
  readonly callers: readonly Caller[]
  readonly targets: readonly Target[]
  readonly rows: readonly (readonly Cell[])[]
}

/** A call that the edge remembers. */
export interface SeenCall {
  readonly origin?: string
  readonly segmentId?: string
  readonly code?: string
}

/** Who may call whom within an application, by its rules and its switch; pure, and of the edge's own opinion. [G5] [C4] [C12] */
export function buildMatrix(
  publishing: Publishing,
  refusals: readonly CorsRefusal[],
  seen: readonly SeenCall[] | undefined,
): Matrix {
  const targets = targetsOf(publishing)
  const callers = callersOf(publishing, refusals)
  const rows = callers.map((caller) =>
    targets.map((target) => cellOf(publishing, caller, target, refusals, seen)),
  )
  return { callers, targets, rows }
}

function segmentsOf(publishing: Publishing): readonly Segment[] {
  const segments = publishing.segmentsConfiguration?.applicationSegments ?? []
  if (segments.length > 0) return segments
  const { externalUrl, internalUrl, alternateUrl, corsConfigurations } = publishing
  const alternate = alternateUrl === null ? {} : { alternateUrl }
  const url = externalUrl ?? ''
  return [{ externalUrl: url, internalUrl: internalUrl ?? '', ...alternate, corsConfigurations }]
}

/** External and alternate origins of the segment. */
function ownOrigins({ externalUrl, alternateUrl = '' }: Segment): readonly string[] {
  const origins = [externalUrl, alternateUrl].map(originOf)
  return origins.filter((origin) => origin !== undefined)
}

function targetsOf(publishing: Publishing): readonly Target[] {
  return segmentsOf(publishing).flatMap(({ id, externalUrl, corsConfigurations: rules = [] }) => {
    const resources = new Set(['/', ...rules.map(({ resource }) => resource)])
    return [...resources].sort().map((resource): Target => {
      return {
        segmentId: id,
        url: externalUrl,
        resource,
        rules: deciding(
          rules.filter(({ mode }) => mode !== 'dryRun'),
          resource,
        ),
        trial: deciding(rules, resource).filter(({ mode }) => mode === 'dryRun'),
      }
    })
  })
}

/** Of the rules that cover the path those with the longest resource, all of them. [C4] */
function deciding(rules: readonly CorsRule[], path: string): readonly CorsRule[] {
  const covering = rules.filter(({ resource }) => isWithin(path, resource))
  const longest = Math.max(...covering.map(({ resource }) => resource.length))
  return covering.filter(({ resource }) => resource.length === longest)
}

function isWithin(path: string, resource: string): boolean {
  const prefix = resource.replace(/\/$/, '')
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/')
}

function callersOf(publishing: Publishing, refusals: readonly CorsRefusal[]): readonly Caller[] {
  const segments = segmentsOf(publishing)
  const own = new Set(segments.flatMap(ownOrigins))
  const named = segments.flatMap(({ corsConfigurations = [] }) =>
    corsConfigurations.flatMap(({ allowedOrigins }) => allowedOrigins),
  )
  const others = new Set([...named, ...refusals.map(({ origin }) => origin)])
  const outside = [...others].filter((origin) => !own.has(origin)).sort()
  const kindOf = (origin: string) => (origin.includes('*') ? 'pattern' : 'outside')
  return [
    ...[...own].map((origin): Caller => ({ origin, kind: 'segment' })),
    ...outside.map((origin): Caller => ({ origin, kind: kindOf(origin) })),
  ]
}

function cellOf(
  publishing: Publishing,
  caller: Caller,
  target: Target,
  refusals: readonly CorsRefusal[],
  seen: readonly SeenCall[] | undefined,
): Cell {
  const names = ({ allowedOrigins }: CorsRule): boolean =>
    caller.kind === 'pattern'
      ? allowedOrigins.includes(caller.origin)
      : allowsOrigin(allowedOrigins, caller.origin)
  const rules = target.rules.filter(names)
  const kind = kindOf(publishing, caller, target, rules)
  const free = kind === 'self' || kind === 'siblings'
  return {
    caller,
    target,
    kind,
    methods: free ? ['*'] : union(rules.map(({ allowedMethods }) => allowedMethods)),
    headers: free ? ['*'] : union(rules.map(({ allowedHeaders }) => allowedHeaders)),
    credentials: free || rules.some(({ allowCredentials }) => allowCredentials !== false),
    rules,
    isTried: target.trial.some(names),
    refused: countRefused(caller, target, refusals),
    isSeen: seen?.some(
      ({ origin, segmentId, code }) =>
        origin === caller.origin && segmentId === target.segmentId && code === undefined,
    ),
  }
}

function kindOf(
  publishing: Publishing,
  { origin, kind }: Caller,
  { url, rules, segmentId }: Target,
  naming: readonly CorsRule[],
): CellKind {
  const called = segmentsOf(publishing).find(
    (segment) => segment.id === segmentId && segment.externalUrl === url,
  )
  if (called && ownOrigins(called).includes(origin)) return 'self'
  const siblings = publishing.allowSiblingSegments && segmentId !== undefined
  if (siblings && kind === 'segment') return 'siblings'
  if (naming.length > 0) return 'rule'
  return rules.length > 0 ? 'refused' : 'noRule'
}

function union(lists: readonly (readonly string[])[]): readonly string[] {
  const all = new Set(lists.flat())
  return all.has('*') ? ['*'] : [...all].sort()
}

// A refusal that no rule spoke belongs to the path that no rule covers.
function countRefused(
  { origin }: Caller,
  { segmentId, resource, rules, trial }: Target,
  refusals: readonly CorsRefusal[],
): number {
  const decided = new Set([...rules, ...trial].map(({ id }) => id))
  const here = refusals.filter((each) => {
    if (each.origin !== origin || (each.segmentId ?? undefined) !== segmentId) return false
    return each.ruleId ? decided.has(each.ruleId) : resource === '/'
  })
  return here.reduce((sum, { count }) => sum + count, 0)
}
