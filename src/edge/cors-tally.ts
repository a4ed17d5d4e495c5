import type { Clock } from '../base/clock.ts'
import { type CorsRefusal, requestHeadersMaxLength } from '../cors/decide.ts'
import type { RuleMode } from '../cors/rule.ts'
import { listMembers, tokenPattern } from '../http/headers.ts'

/** A cross-origin call that a rule, or the want of one, refused. */
export interface RefusedCall {
  readonly applicationId: string
  /** undefined: the application itself. */
  readonly segmentId: string | undefined
  readonly origin: string
  readonly method: string
  /** Access-Control-Request-Headers, as it came. */
  readonly requestHeaders: string | undefined
  readonly because: CorsRefusal
  /** `dryRun`: it would have been refused. [C13] */
  readonly mode: RuleMode
}

/** The same call, counted. Times are epoch milliseconds. */
export interface RefusalCount {
  readonly applicationId: string
  readonly segmentId: string | undefined
  readonly origin: string
  readonly method: string
  /** Lower-case names, sorted, each once. */
  readonly headers: readonly string[]
  readonly code: CorsRefusal['code']
  /** undefined: there was no rule. */
  readonly ruleId: string | undefined
  readonly mode: RuleMode
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
}

// Who counts is asked every few seconds; more kinds of calls in that time are somebody trying them out.
const maxKinds = 1_000
// Anybody may send any origin; real ones are shorter (RFC 1035 §2.3.4).
const originMaxLength = 300
const methodMaxLength = 32
// No page sets more of its own; what is above is left out.
const headersMax = 20
const headerMaxLength = 100
/** Stands for the origins and methods that were one too many. */
export const others = '(others)'

/** Counts refused calls by application, origin, method and reason until they are taken away. [D3] */
export class CorsTally {
  readonly #clock: Clock
  #counts = new Map<string, RefusalCount>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  count(call: RefusedCall): void {
    const now = this.#clock()
    const { applicationId, segmentId, mode, because } = call
    const ruleId = 'rule' in because ? because.rule.id : undefined
    const origin = call.origin.slice(0, originMaxLength)
    const method = call.method.slice(0, methodMaxLength)
    const facts = {
      applicationId,
      segmentId,
      code: because.code,
      ruleId,
      mode,
      count: 1,
      firstAt: now,
      lastAt: now,
    }
    const headers = namesIn(call.requestHeaders)
    this.add([{ ...facts, origin, method, headers }])
  }

  /** Adds what was counted elsewhere, or was taken and could not be kept. */
  add(counts: readonly RefusalCount[]): void {
    for (const each of counts) {
      const known = this.#counts.has(keyOf(each)) || this.#counts.size < maxKinds
      const counted = known ? each : { ...each, origin: others, method: others, headers: [] }
      const key = keyOf(counted)
      const before = this.#counts.get(key)
      this.#counts.set(key, before ? sum(before, counted) : counted)
    }
  }

  /** What has been counted since the last time. */
  take(): readonly RefusalCount[] {
    if (this.#counts.size === 0) return []
    const taken = [...this.#counts.values()]
    this.#counts = new Map()
    return taken
  }
}

function namesIn(field: string | undefined): readonly string[] {
  if (field === undefined || field.length > requestHeadersMaxLength) return []
  const names = new Set(listMembers([field.toLowerCase()]))
  const known = [...names].filter(
    (name) => name.length <= headerMaxLength && tokenPattern.test(name),
  )
  return known.sort().slice(0, headersMax)
}

function keyOf(count: RefusalCount): string {
  const { applicationId, segmentId, origin, method, headers, code, ruleId, mode } = count
  return [applicationId, segmentId, origin, method, headers, code, ruleId, mode].join(' ')
}

function sum(one: RefusalCount, other: RefusalCount): RefusalCount {
  return {
    ...one,
    count: one.count + other.count,
    firstAt: Math.min(one.firstAt, other.firstAt),
    lastAt: Math.max(one.lastAt, other.lastAt),
  }
}
