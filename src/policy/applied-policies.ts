import type { CompiledPolicy } from './compile.ts'
import {
  type AccessFacts,
  type Condition,
  type SignInProof,
  unmetCondition,
  wantsOf,
} from './evaluate.ts'

/** How one policy judged one sign-in, for the log. */
export interface AppliedPolicy {
  readonly id: string
  readonly displayName: string
  readonly result: AppliedResult
  readonly grantControls: readonly ('block' | 'mfa')[]
  readonly sessionControls: readonly ('maxAge' | 'persistentBrowser')[]
  readonly satisfied: readonly Condition[]
  readonly notSatisfied: readonly Condition[]
}

export type AppliedResult =
  | 'success'
  | 'failure'
  | 'notApplied'
  | 'notEnabled'
  | 'reportOnlySuccess'
  | 'reportOnlyFailure'
  /** The person would have had to do something. */
  | 'reportOnlyInterrupted'
  | 'reportOnlyNotApplied'

const conditions: readonly Condition[] = ['people', 'application', 'client', 'platform', 'location']

/** What every policy says to a sign-in, enforced or not, by the same functions that decide. [S8] */
export function appliedPolicies(
  policies: readonly CompiledPolicy[],
  facts: AccessFacts,
  proof: SignInProof,
  now: number,
): readonly AppliedPolicy[] {
  return policies.map((compiled) => {
    const { id, displayName, grant, session } = compiled.policy
    const unmet = unmetCondition(compiled, facts)
    return {
      id,
      displayName,
      result: resultOf(compiled, unmet, proof, now),
      grantControls: unmet === undefined ? (grant?.controls ?? []) : [],
      sessionControls:
        unmet === undefined
          ? [
              ...(session.maxAge === undefined ? [] : (['maxAge'] as const)),
              ...(session.persistentBrowser ? (['persistentBrowser'] as const) : []),
            ]
          : [],
      // They are looked at in this order, and no further than to the first that is not met.
      satisfied: unmet === undefined ? conditions : conditions.slice(0, conditions.indexOf(unmet)),
      notSatisfied: unmet === undefined ? [] : [unmet],
    }
  })
}

function resultOf(
  compiled: CompiledPolicy,
  unmet: Condition | undefined,
  proof: SignInProof,
  now: number,
): AppliedResult {
  const { state } = compiled.policy
  if (state === 'disabled') return 'notEnabled'
  const reportOnly = state === 'reportOnly'
  if (unmet !== undefined) return reportOnly ? 'reportOnlyNotApplied' : 'notApplied'
  const wants = wantsOf(compiled, proof, now)
  if (wants.blocks) return reportOnly ? 'reportOnlyFailure' : 'failure'
  if (wants.multiFactor || wants.maxAgeSeconds !== undefined) {
    return reportOnly ? 'reportOnlyInterrupted' : 'failure'
  }
  return reportOnly ? 'reportOnlySuccess' : 'success'
}
