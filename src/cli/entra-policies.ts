import { convertConditions, type PolicyNames } from './entra-conditions.ts'
import { convertControls } from './entra-controls.ts'
import type { EntraObject } from './entra-export.ts'
import { uniqueName } from './entra-locations.ts'
import type { Report } from './entra-report.ts'
import { PolicyReview } from './entra-review.ts'
import { type Resource, textAt } from './resource.ts'

/** Conditional access policies as a configuration document has them; whatever is otherwise is told, policy by policy. [S8] */
export function convertPolicies(
  objects: readonly EntraObject[],
  names: PolicyNames,
  report: Report,
): readonly Resource[] {
  const taken = new Set<string>()
  const unique = new Map(objects.map((each) => [textAt(each.value, 'id') || each.source, each]))
  return [...unique.values()].flatMap(({ value, source }) => {
    const name = textAt(value, 'displayName') || textAt(value, 'id')
    const review = new PolicyReview(report, source, name)
    const converted = convertPolicy(value, names, review)
    if (converted === undefined) return []
    const displayName = uniqueName(name, taken)
    if (displayName !== name) review.changed('displayName', `becomes ${displayName}: taken`)
    return [{ displayName, ...converted }]
  })
}

function convertPolicy(
  policy: Resource,
  names: PolicyNames,
  review: PolicyReview,
): Resource | undefined {
  const conditions = convertConditions(policy['conditions'] as Resource, names, review)
  const controls = conditions && convertControls(policy, review)
  if (!conditions || !controls) return undefined
  return { state: review.decideState(textAt(policy, 'state')), conditions, ...controls }
}
