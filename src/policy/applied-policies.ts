import type { AppliedPolicy, AppliedResult } from '../identity/access-gate.ts'
import type { SessionControls } from './access-policy.ts'
import type { CompiledPolicy } from './compile.ts'
import {
  type AccessFacts,
  type Condition,
  type SignInProof,
  unmetCondition,
  wantsOf,
} from './evaluate.ts'

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
      grantControls: unmet === undefined ? (grant?.controls ?? []).map((each) => names[each]) : [],
      sessionControls: unmet === undefined ? sessionControlsOf(session) : [],
    }
  })
}

const names = { block: 'Block', mfa: 'Mfa' } as const

function sessionControlsOf({ maxAge, persistentBrowser }: SessionControls) {
  return [
    ...(maxAge === undefined ? [] : (['SignInFrequency'] as const)),
    ...(persistentBrowser === undefined ? [] : (['PersistentBrowserSessionMode'] as const)),
  ]
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
