import type { ClientKind, Platform } from './access-policy.ts'
import type { CompiledPolicy } from './compile.ts'
import { type AccessFacts, type Condition, unmetCondition } from './evaluate.ts'
import type { Place } from './named-location.ts'

/** A sign-in that somebody thinks up; what is left out is not known. */
export interface ImaginedSignIn {
  readonly personId: string
  readonly applicationId: string
  readonly appId: string
  /** False: passthrough. Nobody is known there, so that no policy is asked. */
  readonly preAuthentication: boolean
  readonly client?: ClientKind | undefined
  readonly platform?: Platform | undefined
  readonly place?: Place | undefined
}

export type WhatIf =
  | { readonly policy: CompiledPolicy['policy']; readonly applies: true }
  | {
      readonly policy: CompiledPolicy['policy']
      readonly applies: false
      readonly because: Condition | 'not-enabled' | 'not-enough-information'
    }

const nowhere: Place = { address: undefined, country: undefined }

/** Which policies would apply to a sign-in, and why the others would not, by the function that the edge decides with. */
export function whatIf(
  policies: readonly CompiledPolicy[],
  imagined: ImaginedSignIn,
): readonly WhatIf[] {
  return policies.map((compiled) => {
    const { policy } = compiled
    if (policy.state === 'disabled') return { policy, applies: false, because: 'not-enabled' }
    if (!imagined.preAuthentication) return { policy, applies: false, because: 'application' }
    const because = unmetCondition(compiled, toFacts(imagined))
    if (isUnknown(because, compiled, imagined)) {
      return { policy, applies: false, because: 'not-enough-information' }
    }
    return because === undefined ? { policy, applies: true } : { policy, applies: false, because }
  })
}

function toFacts(imagined: ImaginedSignIn): AccessFacts {
  const { personId, applicationId, appId, client = 'browser', platform, place = nowhere } = imagined
  return { personId, applicationId, appId, client, platform, place }
}

/** Whether it is for want of a fact that the policy applies, or that it does not. */
function isUnknown(
  because: Condition | undefined,
  { clients, platforms, places }: CompiledPolicy,
  imagined: ImaginedSignIn,
): boolean {
  const missing = {
    client: clients !== undefined && imagined.client === undefined,
    platform: platforms !== undefined && imagined.platform === undefined,
    location: places !== undefined && imagined.place === undefined,
  }
  if (because === undefined) return missing.client || missing.platform || missing.location
  return because !== 'people' && because !== 'application' && missing[because]
}
