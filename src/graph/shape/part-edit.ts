import type { Publishing, Segment } from '../../publishing/application.ts'
import type { CorsRuleInput, PublishingInput, SegmentInput } from '../../publishing/validate.ts'
import { type Reading, readBodyParts } from './body.ts'
import type { Edit } from './edit.ts'
import { type RuleBody, ruleBody, type SegmentBody, segmentBody } from './publishing-body.ts'
import { mergeRule, mergeSegment, ruleAsSent, segmentAsSent } from './segments.ts'

type Rule = Publishing['corsRules'][number]

/** One more segment, at the end. */
export function addSegment(publishing: Publishing, body: unknown, id: string): Edit {
  const { value = {}, issues }: Reading<SegmentBody> = readBodyParts(segmentBody, body)
  const sent = publishing.segments.map(segmentAsSent)
  const added = { ...mergeSegment(value, undefined), id }
  return partEdit({ segments: [...sent, added] }, issues, `segments/${sent.length}`)
}

/** A segment with what the body says about it. */
export function replaceSegment(publishing: Publishing, segment: Segment, body: unknown): Edit {
  const { value = {}, issues }: Reading<SegmentBody> = readBodyParts(segmentBody, body)
  return partEdit(
    { segments: withSegment(publishing, segment, mergeSegment(value, segment)) },
    issues,
    `segments/${publishing.segments.indexOf(segment)}`,
  )
}

/** All segments but one. */
export function removeSegment(publishing: Publishing, segment: Segment): Edit {
  const rest = publishing.segments.filter((each) => each !== segment)
  return partEdit({ segments: rest.map(segmentAsSent) })
}

/** One more rule, at the end, of the segment or of the application itself. */
export function addRule(
  publishing: Publishing,
  segment: Segment | undefined,
  body: unknown,
  id: string,
): Edit {
  const { value = {}, issues }: Reading<RuleBody> = readBodyParts(ruleBody, body)
  const rules = rulesAsSent(publishing, segment)
  const added = { ...mergeRule(value, undefined), id }
  return editRules(publishing, segment, [...rules, added], issues, rules.length)
}

/** A rule with what the body says about it. */
export function replaceRule(
  publishing: Publishing,
  segment: Segment | undefined,
  rule: Rule,
  body: unknown,
): Edit {
  const { value = {}, issues }: Reading<RuleBody> = readBodyParts(ruleBody, body)
  const at = rulesIn(publishing, segment).indexOf(rule)
  const rules = rulesAsSent(publishing, segment).with(at, mergeRule(value, rule))
  return editRules(publishing, segment, rules, issues, at)
}

/** All rules but one. */
export function removeRule(publishing: Publishing, segment: Segment | undefined, rule: Rule): Edit {
  const at = rulesIn(publishing, segment).indexOf(rule)
  const rules = rulesAsSent(publishing, segment).toSpliced(at, 1)
  return editRules(publishing, segment, rules)
}

function editRules(
  publishing: Publishing,
  segment: Segment | undefined,
  rules: readonly CorsRuleInput[],
  issues: Edit['issues'] = [],
  at?: number,
): Edit {
  const within = segment ? `segments/${publishing.segments.indexOf(segment)}/` : ''
  const focus = at === undefined ? undefined : `${within}corsRules/${at}`
  if (!segment) return partEdit({ corsRules: rules }, issues, focus)
  const changed = { ...segmentAsSent(segment), corsRules: rules }
  return partEdit({ segments: withSegment(publishing, segment, changed) }, issues, focus)
}

function withSegment(
  publishing: Publishing,
  segment: Segment,
  changed: SegmentInput,
): SegmentInput[] {
  return publishing.segments.map((each) => (each === segment ? changed : segmentAsSent(each)))
}

function rulesIn(publishing: Publishing, segment: Segment | undefined): readonly Rule[] {
  return segment?.corsRules ?? publishing.corsRules
}

function rulesAsSent(publishing: Publishing, segment: Segment | undefined): CorsRuleInput[] {
  return rulesIn(publishing, segment).map(ruleAsSent)
}

function partEdit(input: PublishingInput, issues: Edit['issues'] = [], focus?: string): Edit {
  return {
    input,
    issues,
    place: {
      prefix: 'onPremisesPublishing',
      spelling: 'segmentsConfiguration/applicationSegments',
      ...(focus !== undefined && { focus }),
    },
  }
}
