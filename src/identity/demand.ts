import type { Demand } from './access-gate.ts'
import { multiFactor } from './authentication-context.ts'

/** What an authorization request says to ask for it (OIDC Core §3.1.2.1). */
export function demandParameters(demand: Demand | undefined): Record<string, string> {
  if (!demand) return {}
  const { maxAgeSeconds } = demand
  return {
    ...(demand.multiFactor && { acr_values: multiFactor }),
    ...(maxAgeSeconds !== undefined && { max_age: String(maxAgeSeconds) }),
    // Not every provider knows what a sign-in of no age at all would be.
    ...(maxAgeSeconds === 0 && { prompt: 'login' }),
  }
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
