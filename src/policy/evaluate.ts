import type { Demand, GateVerdict, PolicyName } from '../identity/access-gate.ts'
import type { ClientKind, GrantControl, Platform } from './access-policy.ts'
import { type CompiledPeople, type CompiledPolicy, coversApplication } from './compile.ts'
import { coversPlace, type Place } from './named-location.ts'

/** Who wants to enter what, from where and with what. */
export interface AccessFacts {
  readonly personId: string
  readonly applicationId: string
  readonly appId: string
  readonly client: ClientKind
  readonly platform: Platform | undefined
  readonly place: Place
}

/** What the sign-in has proven. Times are epoch milliseconds. */
export interface SignInProof {
  /** When the person last proved who they are. */
  readonly authenticatedAt: number
  /** When the session began; now, while there is none yet. */
  readonly startedAt: number
  readonly multiFactor: boolean
}

/** In the order in which they are looked at. */
export type Condition = 'people' | 'application' | 'client' | 'platform' | 'location'

/** What one policy wants of a sign-in that it applies to. */
export interface Wants {
  readonly blocks: boolean
  readonly multiFactor: boolean
  /** 'everyTime' and too old, or the seconds it may have lasted. */
  readonly maxAgeSeconds: number | undefined
}

// A provider whose clock is behind by less must not find young what is too old here, and send it back as it is.
const skewSeconds = 120

// The original, too, asks nobody twice within five minutes who is to sign in every time.
export const everyTimeToleranceSeconds = 300

/**
 * May this person enter? All policies that apply count; one that blocks wins, and what the others lack is asked for at
 * once. Pure; `policies` are the enforced ones of the application. [S8]
 */
export function decideAccess(
  policies: readonly CompiledPolicy[],
  facts: AccessFacts,
  proof: SignInProof,
  now: number,
): GateVerdict {
  let lacksFactor: PolicyName | undefined
  let tooOld: PolicyName | undefined
  let maxAgeSeconds: number | undefined
  let until = Number.POSITIVE_INFINITY
  let persistentBrowser: 'always' | 'never' | undefined
  for (const compiled of policies) {
    if (unmetCondition(compiled, facts) !== undefined) continue
    const { policy } = compiled
    const wants = wantsOf(compiled, proof, now)
    if (wants.blocks) {
      return { allowed: false, because: { code: 'blocked-by-policy', policy: nameOf(compiled) } }
    }
    if (wants.multiFactor) lacksFactor ??= nameOf(compiled)
    if (wants.maxAgeSeconds !== undefined) {
      tooOld ??= nameOf(compiled)
      maxAgeSeconds = Math.min(maxAgeSeconds ?? wants.maxAgeSeconds, wants.maxAgeSeconds)
    }
    until = Math.min(until, tooOldAt(compiled, proof))
    // Of two that say different things the stricter one counts.
    if (persistentBrowser !== 'never')
      persistentBrowser = policy.session.persistentBrowser ?? persistentBrowser
  }
  const demand: Demand = { multiFactor: lacksFactor !== undefined, maxAgeSeconds }
  if (lacksFactor) {
    return { allowed: false, because: { code: 'mfa-required', policy: lacksFactor, demand } }
  }
  if (tooOld)
    return { allowed: false, because: { code: 'sign-in-too-old', policy: tooOld, demand } }
  return { allowed: true, until, persistentBrowser }
}

/** The first condition that a request does not meet; undefined: the policy applies, if it is on. */
export function unmetCondition(policy: CompiledPolicy, facts: AccessFacts): Condition | undefined {
  const { includes, excludes, clients, platforms, places } = policy
  if (!isAmong(includes, facts) || isAmong(excludes, facts)) return 'people'
  if (!coversApplication(policy, facts.appId)) return 'application'
  if (clients && !clients.has(facts.client)) return 'client'
  if (platforms && !coversPlatform(platforms, facts.platform)) return 'platform'
  if (places) {
    const covered = coversPlace(places.include, facts.place)
    if (!covered || coversPlace(places.exclude, facts.place)) return 'location'
  }
  return undefined
}

/** What a policy that applies still lacks. */
export function wantsOf(
  { policy, maxAge }: CompiledPolicy,
  proof: SignInProof,
  now: number,
): Wants {
  const { grant } = policy
  const lacking = grant?.controls.filter((control) => !isFulfilled(control, proof)) ?? []
  const enough = grant?.operator === 'OR' ? lacking.length < grant.controls.length : false
  const wanted = enough ? [] : lacking
  return {
    blocks: wanted.includes('block'),
    multiFactor: wanted.includes('mfa'),
    maxAgeSeconds: excessOf(maxAge, proof, now),
  }
}

function isFulfilled(control: GrantControl, proof: SignInProof): boolean {
  return control === 'mfa' && proof.multiFactor
}

/** How old a new sign-in may be, when this one is too old. */
function excessOf(
  maxAge: CompiledPolicy['maxAge'],
  { authenticatedAt, startedAt }: SignInProof,
  now: number,
): number | undefined {
  if (maxAge === undefined) return undefined
  if (maxAge === 'everyTime') {
    return startedAt - authenticatedAt > everyTimeToleranceSeconds * 1000 ? 0 : undefined
  }
  return now - authenticatedAt >= maxAge.seconds * 1000 ? maxAge.seconds - skewSeconds : undefined
}

function tooOldAt({ maxAge }: CompiledPolicy, { authenticatedAt }: SignInProof): number {
  if (maxAge === undefined || maxAge === 'everyTime') return Number.POSITIVE_INFINITY
  return authenticatedAt + maxAge.seconds * 1000
}

function isAmong(
  { everybody, among, byRole }: CompiledPeople,
  { personId, applicationId }: AccessFacts,
): boolean {
  if (everybody || among.some((people) => people.has(personId))) return true
  return byRole.some((at) => at.get(applicationId)?.has(personId) === true)
}

function coversPlatform(
  { all, include, exclude }: NonNullable<CompiledPolicy['platforms']>,
  platform: Platform | undefined,
): boolean {
  // What nobody knows is one of "all", and none of any others.
  if (platform === undefined) return all
  return (all || include.has(platform)) && !exclude.has(platform)
}

function nameOf({ policy }: CompiledPolicy): PolicyName {
  return { id: policy.id, displayName: policy.displayName }
}
