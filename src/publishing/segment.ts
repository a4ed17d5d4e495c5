import { type Drafted, type Failed, failed, type Issue, type Parsed } from '../base/check.ts'
import { type CorsRule, type CorsRuleInput, parseCorsRule } from '../cors/rule.ts'
import type { Segment } from './application.ts'
import type { SegmentInput } from './input.ts'
import { parsePublishedUrl, type UrlSide } from './published-url.ts'
import { parseResponseHeaders } from './response-header.ts'

// All rules of a path are tried in turn for a preflight.
export const maxCorsRules = 100

/** A new list of segments, or every issue; undefined keeps the current ones. Ids live on (see `SegmentInput`). */
export function parseSegments(
  inputs: readonly SegmentInput[] | undefined,
  current: readonly Segment[],
  newId: () => string,
): Drafted<readonly Segment[]> {
  if (!inputs) return { value: current }
  const named = new Set(inputs.map((input) => input.id))
  const free = new Map(
    current.filter((segment) => !named.has(segment.id)).map((each) => [each.externalUrl, each]),
  )
  const issues: Issue[] = duplicateIds(inputs, '/segments')
  const segments: Segment[] = []
  for (const [index, input] of inputs.entries()) {
    const parsed = parseSegment(input, `/segments/${index}`, current, free, newId)
    if (failed(parsed)) issues.push(...parsed.issues)
    segments.push(failed(parsed) ? parsed.draft : parsed.value)
  }
  return issues.length > 0 ? { issues, draft: segments } : { value: segments }
}

function parseSegment(
  input: SegmentInput,
  path: string,
  current: readonly Segment[],
  free: Map<string, Segment>,
  newId: () => string,
): { readonly value: Segment } | Required<Failed<Segment>> {
  const issues: Issue[] = []
  const collect = <Value>(parsed: Parsed<Value>): Value | undefined => {
    if (!failed(parsed)) return parsed.value
    issues.push(...parsed.issues)
    return undefined
  }
  const kept = input.id ? current.find((segment) => segment.id === input.id) : undefined
  const url = (field: UrlField) =>
    collect(parseSegmentUrl(input[field] ?? kept?.[field], field, path))
  const externalUrl = url('externalUrl') ?? ''
  const internalUrl = url('internalUrl') ?? ''
  const alternateUrl = url('alternateUrl')
  const twin = kept ?? free.get(externalUrl)
  const rules = input.corsRules ?? (kept ? undefined : [])
  const corsRules = collect(parseRules(rules, `${path}/corsRules`, twin?.corsRules ?? [], newId))
  const headers = input.responseHeaders ?? kept?.responseHeaders ?? []
  const responseHeaders = collect(parseResponseHeaders(headers, `${path}/responseHeaders`))
  const id = input.id || twin?.id || newId()
  const urls = { externalUrl, internalUrl, alternateUrl }
  if (issues.length > 0 || !corsRules || !responseHeaders) {
    return { issues, draft: { id, ...urls, corsRules: [], responseHeaders: [] } }
  }
  free.delete(externalUrl)
  return { value: { id, ...urls, corsRules, responseHeaders } }
}

type UrlField = 'externalUrl' | 'internalUrl' | 'alternateUrl'

function parseSegmentUrl(
  written: string | undefined,
  field: UrlField,
  segmentPath: string,
): Parsed<string | undefined> {
  const path = `${segmentPath}/${field}`
  if (!written) {
    if (field === 'alternateUrl') return { value: undefined }
    return { issues: [{ path, code: 'required', message: `a segment needs an ${field}` }] }
  }
  const side: UrlSide = field === 'internalUrl' ? 'internal' : 'external'
  const parsed = parsePublishedUrl(written, side, path)
  if (failed(parsed)) return parsed
  if (!parsed.value.starred) return { value: parsed.value.text }
  const message = 'a segment is one host; only the application itself has a star'
  return { issues: [{ path, code: 'segment-wildcard', message }] }
}

/**
 * A new list of rules, or every issue; undefined keeps the current ones. A rule that names the id of a current one keeps
 * what it leaves out; one without an id takes over the id of a current rule with the same resource.
 */
export function parseRules(
  inputs: readonly CorsRuleInput[] | undefined,
  path: string,
  current: readonly CorsRule[],
  newId: () => string,
): Parsed<readonly CorsRule[]> {
  if (!inputs) return { value: current }
  const named = new Set(inputs.map((input) => input.id))
  const free = current.filter((rule) => !named.has(rule.id))
  const issues: Issue[] = duplicateIds(inputs, path)
  if (inputs.length > maxCorsRules) {
    issues.push({ path, code: 'too-many', message: `at most ${maxCorsRules} rules fit here` })
  }
  const rules: CorsRule[] = []
  for (const [index, input] of inputs.slice(0, maxCorsRules).entries()) {
    const kept = input.id ? current.find((rule) => rule.id === input.id) : undefined
    const parsed = parseCorsRule(input, `${path}/${index}`, newId, kept)
    if (failed(parsed)) issues.push(...parsed.issues)
    else rules.push(input.id ? parsed.value : withKnownId(parsed.value, free))
  }
  return issues.length > 0 ? { issues } : { value: rules }
}

function withKnownId(rule: CorsRule, free: CorsRule[]): CorsRule {
  const index = free.findIndex((known) => known.resource === rule.resource)
  const [known] = index < 0 ? [] : free.splice(index, 1)
  return known ? { ...rule, id: known.id } : rule
}

function duplicateIds(
  inputs: readonly { readonly id?: string | undefined }[],
  path: string,
): Issue[] {
  const seen = new Set<string>()
  const issues: Issue[] = []
  for (const [index, { id }] of inputs.entries()) {
    if (!id) continue
    if (seen.has(id)) {
      issues.push({
        path: `${path}/${index}/id`,
        code: 'duplicate-id',
        message: `${id} stands twice`,
      })
    }
    seen.add(id)
  }
  return issues
}
