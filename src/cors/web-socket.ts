import { type CorsPolicy, type CorsRequest, decideCors } from './decide.ts'

/**
 * The origin of a WebSocket that neither the application nor a rule knows; undefined lets it pass. Browsers do not ask
 * before upgrades, so the rules are asked as if for a GET; one that allows no credentials allows no WebSocket, which always
 * comes with its cookies. `ownOrigins` are the application's, all segments.
 */
export function foreignSocketOrigin(
  policy: CorsPolicy,
  asked: CorsRequest,
  ownOrigins: readonly string[],
): string | undefined {
  const { origin } = asked
  if (origin === undefined || origin === asked.ownOrigin || ownOrigins.includes(origin)) {
    return undefined
  }
  const decision = decideCors(policy, { ...asked, method: 'GET' })
  const allows = decision.kind === 'actual' && decision.allowed && decision.grant.credentials
  return allows ? undefined : origin
}
