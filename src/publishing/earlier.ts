import type { CorsRule } from '../cors/rule.ts'
import type { Publishing, Segment } from './application.ts'
import { noIdentityHeaders } from './identity-header.ts'
import { newPublishing } from './validate.ts'

/** A publishing as it was kept, maybe by an earlier version, with the defaults of what there was not then. */
export function completePublishing(kept: Publishing): Publishing {
  return Object.freeze({
    ...newPublishing,
    ...kept,
    identityHeaders: kept.identityHeaders ?? noIdentityHeaders,
    corsRules: completeRules(kept.corsRules),
    segments: Object.freeze(kept.segments.map(completeSegment)),
  })
}

function completeSegment(segment: Segment): Segment {
  const corsRules = completeRules(segment.corsRules)
  return corsRules === segment.corsRules ? segment : Object.freeze({ ...segment, corsRules })
}

/** The same list where nothing is missing: an edge may have a hundred thousand of them. */
function completeRules(rules: readonly CorsRule[]): readonly CorsRule[] {
  if (rules.every(({ mode }) => mode !== undefined)) return rules
  return Object.freeze(
    rules.map((rule) => Object.freeze({ ...rule, mode: rule.mode ?? 'enforce' })),
  )
}
