import { failed, type Issue, type Parsed } from '../base/check.ts'
import { tokenPattern } from '../http/headers.ts'
import { normalizePath } from '../http/path.ts'
import { isForbiddenMethod, normalizeMethod } from './method.ts'
import { parseOriginPattern } from './origin-pattern.ts'

/** One corsConfiguration as kept: normalised when saved, so that nothing is normalised per request. */
export interface CorsRule {
  readonly id: string
  /** A path prefix within the segment, starting with `/`; only the root ends with one. */
  readonly resource: string
  readonly allowedOrigins: readonly string[]
  /** Lower-case names, prefixes such as `x-ms-*`, or `*`. */
  readonly allowedHeaders: readonly string[]
  readonly allowedMethods: readonly string[]
  /** As allowedHeaders; a star is answered with the names the answer has. */
  readonly exposedHeaders: readonly string[]
  readonly maxAgeSeconds: number
  readonly allowCredentials: boolean
  /** `dryRun` changes nothing for browsers; what it would have refused is counted. [C13] */
  readonly mode: RuleMode
}

export type RuleMode = 'enforce' | 'dryRun'

/** A rule as somebody wrote it; JSON types are checked, nothing else. */
export interface CorsRuleInput {
  readonly id?: string | undefined
  readonly resource?: string | undefined
  readonly allowedOrigins?: readonly string[] | undefined
  readonly allowedHeaders?: readonly string[] | undefined
  readonly allowedMethods?: readonly string[] | undefined
  readonly exposedHeaders?: readonly string[] | undefined
  readonly maxAgeInSeconds?: number | undefined
  readonly allowCredentials?: boolean | undefined
  readonly mode?: RuleMode | undefined
}

// No browser keeps a preflight longer: Firefox a day, Chromium two hours.
export const maxAgeLimitSeconds = 86_400
// Compared by hashing, so the number only bounds what is stored.
export const maxOriginsPerRule = 1_000
// Named headers and methods all stand in each allowed answer, which must stay well below 16 KiB; prefixes cover more.
export const maxNamesPerRule = 100

/**
 * A rule, normalised, or every issue with paths below `path`. Fields left out keep those of `current`; without one they
 * are empty, 0 seconds and with credentials (docs/decisions/0003). `newId` names a rule that has no id. [C4] [C5] [C6]
 */
export function parseCorsRule(
  input: CorsRuleInput,
  path: string,
  newId: () => string,
  current?: CorsRule,
): Parsed<CorsRule> {
  const issues: Issue[] = []
  const take = <Value>(parsed: Parsed<Value>, otherwise: Value): Value => {
    if (!failed(parsed)) return parsed.value
    issues.push(...parsed.issues)
    return otherwise
  }
  const list = (field: ListField, parse: ParseEntry, limit: number): readonly string[] => {
    const written = input[field]
    if (written === undefined) return current?.[field] ?? []
    return take(parseList(written, `${path}/${field}`, parse, limit), [])
  }
  const resource = input.resource ?? current?.resource
  const maxAge = input.maxAgeInSeconds ?? current?.maxAgeSeconds ?? 0
  const rule: Omit<CorsRule, 'id'> = {
    resource: take(parseResource(resource, `${path}/resource`), '/'),
    allowedOrigins: list('allowedOrigins', parseOriginPattern, maxOriginsPerRule),
    allowedHeaders: list('allowedHeaders', parseHeaderPattern, maxNamesPerRule),
    allowedMethods: list('allowedMethods', parseMethod, maxNamesPerRule),
    exposedHeaders: list('exposedHeaders', parseHeaderPattern, maxNamesPerRule),
    maxAgeSeconds: take(parseMaxAge(maxAge, `${path}/maxAgeInSeconds`), 0),
    allowCredentials: input.allowCredentials ?? current?.allowCredentials ?? true,
    mode: input.mode ?? current?.mode ?? 'enforce',
  }
  if (issues.length > 0) return { issues }
  return { value: { id: input.id || current?.id || newId(), ...rule } }
}

type ListField = 'allowedOrigins' | 'allowedHeaders' | 'allowedMethods' | 'exposedHeaders'
type ParseEntry = (text: string, path: string) => Parsed<string>

function parseList(
  written: readonly string[],
  path: string,
  parse: ParseEntry,
  limit: number,
): Parsed<readonly string[]> {
  // The vendor's samples write an empty list as [""].
  const entries = written.length === 1 && written[0] === '' ? [] : written
  if (entries.length > limit) return issue(path, 'too-many', `at most ${limit} entries fit here`)
  const issues: Issue[] = []
  const values = new Set<string>()
  for (const [index, text] of entries.entries()) {
    const parsed = parse(text, `${path}/${index}`)
    if (failed(parsed)) issues.push(...parsed.issues)
    else values.add(parsed.value)
  }
  return issues.length > 0 ? { issues } : { value: [...values] }
}

function parseHeaderPattern(text: string, path: string): Parsed<string> {
  if (!tokenPattern.test(text)) {
    return issue(path, 'header-name', `"${text}" is no header name`)
  }
  const star = text.indexOf('*')
  if (star >= 0 && star < text.length - 1) {
    return issue(
      path,
      'header-wildcard',
      `in "${text}" the star must be the last character: x-ms-*`,
    )
  }
  return { value: text.toLowerCase() }
}

function parseMethod(text: string, path: string): Parsed<string> {
  if (text === '*') return { value: text }
  if (!tokenPattern.test(text) || text.includes('*')) {
    return issue(path, 'method-name', `"${text}" is no method name`)
  }
  if (isForbiddenMethod(text)) {
    return issue(path, 'method-forbidden', `no browser lets a page send ${text}`)
  }
  return { value: normalizeMethod(text) }
}

function parseMaxAge(seconds: number, path: string): Parsed<number> {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= maxAgeLimitSeconds) {
    return { value: seconds }
  }
  return issue(path, 'max-age', `must be whole seconds from 0 to ${maxAgeLimitSeconds}`)
}

function parseResource(text: string | undefined, path: string): Parsed<string> {
  if (text === undefined)
    return issue(path, 'required', 'say which path the rule is for; "/" is all')
  if (!text.startsWith('/')) {
    return issue(
      path,
      'resource-path',
      `"${text}" must start with a slash, relative to the segment`,
    )
  }
  if (/[?#]/.test(text)) {
    return issue(path, 'resource-query', `"${text}" must be a path without query and fragment`)
  }
  if (text.includes('*')) {
    return issue(path, 'resource-wildcard', `"${text}" covers all paths below it without a star`)
  }
  const resource = normalizePath(text)
  if (typeof resource !== 'string') {
    return issue(path, 'resource-path', `"${text}" is no usable path (${resource.problem})`)
  }
  return { value: resource.replace(/\/+$/, '') || '/' }
}

function issue(path: string, code: string, message: string): Parsed<never> {
  return { issues: [{ path, code, message }] }
}
