import { failed } from '../base/check.ts'
import type { CorsRule, CorsRuleInput } from '../cors/rule.ts'
import type { Application, Publishing } from '../publishing/application.ts'
import type { PublishingInput, SegmentInput } from '../publishing/input.ts'
import { compileRoutes } from '../publishing/route-table.ts'
import { parsePublishing, validateAgainst } from '../publishing/validate.ts'
import type { DoctorParts } from './page-call.ts'

/** One call of the management API, in the doctor's own words; `graph` spells it. */
export type Change =
  | {
      readonly kind: 'add-rule'
      readonly applicationId: string
      readonly segmentId: string | undefined
      readonly rule: CorsRuleInput
    }
  | {
      readonly kind: 'edit-rule'
      readonly applicationId: string
      readonly segmentId: string | undefined
      readonly ruleId: string
      readonly set: CorsRuleInput
    }
  | {
      readonly kind: 'edit-publishing'
      readonly applicationId: string
      readonly set: PublishingInput
    }
  | {
      readonly kind: 'edit-segment'
      readonly applicationId: string
      readonly segmentId: string
      readonly set: SegmentInput
    }
  | {
      readonly kind: 'add-segment'
      readonly applicationId: string
      readonly segment: SegmentInput
    }
  | { readonly kind: 'enable'; readonly applicationId: string }
  | { readonly kind: 'assign'; readonly applicationId: string; readonly personId: string }

/**
 * What the doctor would know after a change; undefined where the directory would refuse it. `all` are the applications that
 * the change has to go with, where `parts` has some of them only. Pure.
 */
export function applyChange(
  parts: DoctorParts,
  change: Change,
  all: readonly Application[] = parts.applications,
): DoctorParts | undefined {
  const { applicationId } = change
  if (change.kind === 'assign') return assigned(parts, applicationId, change.personId)
  const changed = changedApplication(parts, change, all)
  if (!changed) return undefined
  const applications = parts.applications.map((each) => (each.id === changed.id ? changed : each))
  return { ...parts, applications, routes: compileRoutes(applications, parts.limits.reservedHosts) }
}

/** The application after a change; undefined where the directory would refuse it. */
export function changedApplication(
  { limits }: Pick<DoctorParts, 'limits'>,
  change: ApplicationChange,
  all: readonly Application[],
): Application | undefined {
  const application = all.find(({ id }) => id === change.applicationId)
  const changed = application && changeApplication(application, change)
  if (!changed || validateAgainst(changed, all, limits).length > 0) return undefined
  return changed
}

function assigned(parts: DoctorParts, applicationId: string, personId: string): DoctorParts {
  const { access } = parts
  const people = new Set(access.assigned.get(applicationId)).add(personId)
  return {
    ...parts,
    access: { ...access, assigned: new Map(access.assigned).set(applicationId, people) },
  }
}

type ApplicationChange = Exclude<Change, { readonly kind: 'assign' }>

function changeApplication(
  application: Application,
  change: ApplicationChange,
): Application | undefined {
  if (change.kind === 'enable') {
    return { ...application, registration: { ...application.registration, enabled: true } }
  }
  const { publishing } = application
  const input = publishing && inputOf(publishing, change)
  const parsed = input && parsePublishing(input, publishing, () => newPartId)
  return !parsed || failed(parsed) ? undefined : { ...application, publishing: parsed.value }
}

// What is added gets its own id when it is kept.
const newPartId = 'new'

function inputOf(
  publishing: Publishing,
  change: Exclude<ApplicationChange, { readonly kind: 'enable' }>,
): PublishingInput {
  const { segments } = publishing
  if (change.kind === 'edit-publishing') return change.set
  if (change.kind === 'add-segment')
    return { segments: [...segments.map(({ id }) => ({ id })), change.segment] }
  if (change.kind === 'edit-segment') {
    return { segments: withSegment(publishing, change.segmentId, () => change.set) }
  }
  const edit = (rules: readonly CorsRule[]) => editRules(rules, change)
  const { segmentId } = change
  return segmentId === undefined
    ? { corsRules: edit(publishing.corsRules) }
    : {
        segments: withSegment(publishing, segmentId, ({ corsRules }) => ({
          corsRules: edit(corsRules),
        })),
      }
}

function withSegment(
  { segments }: Publishing,
  segmentId: string,
  set: (segment: Publishing['segments'][number]) => SegmentInput,
): readonly SegmentInput[] {
  return segments.map((each) =>
    each.id === segmentId ? { id: each.id, ...set(each) } : { id: each.id },
  )
}

function editRules(
  rules: readonly CorsRule[],
  change: Extract<Change, { readonly kind: 'add-rule' | 'edit-rule' }>,
): readonly CorsRuleInput[] {
  const kept = rules.map(({ id }): CorsRuleInput => ({ id }))
  if (change.kind === 'add-rule') return [...kept, { ...change.rule, id: newPartId }]
  return kept.map((rule) => (rule.id === change.ruleId ? { ...rule, ...change.set } : rule))
}
