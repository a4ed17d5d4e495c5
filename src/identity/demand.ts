import type { Demand } from './access-gate.ts'
import { authenticationMethods, multiFactor } from './authentication-context.ts'
import type { SignedIn } from './signed-in.ts'

/** What an authorization request says to ask for it (OIDC Core §3.1.2.1). */
export function demandParameters(
  demand: Demand | undefined,
  multiFactorContext: string = multiFactor,
): Record<string, string> {
  if (!demand) return {}
  const { maxAgeSeconds } = demand
  return {
    ...(demand.multiFactor && { acr_values: multiFactorContext }),
    ...(maxAgeSeconds !== undefined && { max_age: String(maxAgeSeconds) }),
    // Not every provider knows what a sign-in of no age at all would be.
    ...(maxAgeSeconds === 0 && { prompt: 'login' }),
  }
}

/** What a provider vouches for, with its own word for a second factor said in ours (RFC 8176 §2). */
export function withFactors(signedIn: SignedIn, multiFactorContext: string | undefined): SignedIn {
  const { acr, amr } = signedIn
  if (multiFactorContext === undefined || acr !== multiFactorContext) return signedIn
  return { ...signedIn, amr: [...new Set([...amr, authenticationMethods.multiFactor])] }
}

/** Everything that both ask for. */
export function joinDemands(one: Demand | undefined, other: Demand): Demand {
  const ages = [one?.maxAgeSeconds, other.maxAgeSeconds].filter((age) => age !== undefined)
  return {
    multiFactor: one?.multiFactor === true || other.multiFactor,
    maxAgeSeconds: ages.length > 0 ? Math.min(...ages) : undefined,
  }
}

/** Whether all of it was asked for already, in vain: asking again would go round for ever. */
export function wasAsked(asked: Demand | undefined, demand: Demand): boolean {
  if (!asked) return false
  const factors = asked.multiFactor || !demand.multiFactor
  const { maxAgeSeconds } = demand
  if (maxAgeSeconds === undefined) return factors
  return factors && asked.maxAgeSeconds !== undefined && asked.maxAgeSeconds <= maxAgeSeconds
}
