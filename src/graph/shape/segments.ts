import type { Publishing, Segment } from '../../publishing/application.ts'
import type { CorsRuleInput, SegmentInput } from '../../publishing/validate.ts'
import type { RuleBody, SegmentBody } from './publishing-body.ts'

type Rule = Publishing['corsRules'][number]

/**
 * The list as the caller sent it, on top of the segments that are there. The list says which segments exist; what one
 * of them leaves unsaid stays as it is. A segment without id is the one with the same external URL, so that the shape
 * without ids, sent again, changes no id. [G2]
 */
export function mergeSegments(
  sent: readonly SegmentBody[],
  current: readonly Segment[],
): SegmentInput[] {
  const find = matcher(
    sent,
    current,
    (body) => body.externalUrl && urlKey(body.externalUrl),
    (segment) => urlKey(segment.externalUrl),
  )
  return sent.map((body) => mergeSegment(body, find(body)))
}

/** One segment as sent, on top of the one it is sent for. */
export function mergeSegment(body: SegmentBody, current: Segment | undefined): SegmentInput {
  const { corsConfigurations: rules } = body
  return {
    id: current?.id ?? body.id,
    externalUrl: body.externalUrl ?? current?.externalUrl,
    internalUrl: body.internalUrl ?? current?.internalUrl,
    alternateUrl: body.alternateUrl ?? current?.alternateUrl ?? '',
    corsRules: mergeRules(
      rules ?? current?.corsRules.map(ruleAsSent) ?? [],
      current?.corsRules ?? [],
    ),
    responseHeaders: body.responseHeaderRules ?? current?.responseHeaders ?? [],
  }
}

/** The same for CORS rules: by id, else by resource. */
export function mergeRules(sent: readonly RuleBody[], current: readonly Rule[]): CorsRuleInput[] {
  const find = matcher(
    sent,
    current,
    (body) => body.resource?.replace(/(.)\/$/, '$1'),
    (rule) => rule.resource,
  )
  return sent.map((body) => mergeRule(body, find(body)))
}

/** One rule as sent, on top of the one it is sent for. */
export function mergeRule(body: RuleBody, current: Rule | undefined): CorsRuleInput {
  return {
    id: current?.id ?? body.id,
    resource: body.resource ?? current?.resource,
    allowedOrigins: body.allowedOrigins ?? current?.allowedOrigins,
    allowedHeaders: body.allowedHeaders ?? current?.allowedHeaders,
    allowedMethods: body.allowedMethods ?? current?.allowedMethods,
    exposedHeaders: body.exposedHeaders ?? current?.exposedHeaders,
    maxAgeInSeconds: body.maxAgeInSeconds ?? current?.maxAgeSeconds,
    allowCredentials: body.allowCredentials ?? current?.allowCredentials,
    mode: body.mode ?? current?.mode,
  }
}

/** A kept segment as a caller would send it unchanged. */
export function segmentAsSent(segment: Segment): SegmentInput {
  return mergeSegment({}, segment)
}

/** A kept rule as a caller would send it unchanged. */
export function ruleAsSent(rule: Rule): RuleBody {
  const { maxAgeSeconds, ...same } = rule
  return {
    ...same,
    allowedOrigins: [...same.allowedOrigins],
    allowedHeaders: [...same.allowedHeaders],
    allowedMethods: [...same.allowedMethods],
    exposedHeaders: [...same.exposedHeaders],
    maxAgeInSeconds: maxAgeSeconds,
  }
}

// Ids first, over the whole list; then, for those without one, the first of equal key that nobody has taken.
function matcher<Body extends { id?: string | undefined }, Kept extends { readonly id: string }>(
  sent: readonly Body[],
  current: readonly Kept[],
  keyOf: (body: Body) => string | undefined,
  keyOfKept: (kept: Kept) => string,
): (body: Body) => Kept | undefined {
  const found = new Map<Body, Kept>()
  const free = new Set(current)
  const take = (body: Body, matches: (kept: Kept) => boolean) => {
    for (const kept of free) {
      if (!matches(kept)) continue
      found.set(body, kept)
      free.delete(kept)
      return
    }
  }
  for (const body of sent) if (body.id) take(body, (kept) => kept.id === body.id)
  for (const body of sent) {
    const key = body.id ? undefined : keyOf(body)
    if (key) take(body, (kept) => keyOfKept(kept) === key)
  }
  return (body) => found.get(body)
}

// Enough to recognise a URL that was kept in its normal form; whether it is a good one is not decided here.
function urlKey(url: string): string {
  const parsed = URL.parse(url)
  return parsed ? parsed.href.replace(/\/?$/, '/') : url
}
