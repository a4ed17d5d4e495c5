import { z } from 'zod'
import { failed, type Issue, type Parsed } from '../../base/check.ts'
import {
  type ClientKind,
  clientKinds,
  type Platform,
  platforms,
} from '../../policy/access-policy.ts'
import { parseAddress } from '../../policy/address.ts'
import type { Place } from '../../policy/named-location.ts'
import type { WhatIf } from '../../policy/what-if.ts'
import { toGraphPolicy } from './access-policy.ts'
import { guid, issueAt, parseBody } from './body.ts'

/** What `evaluate` asks about. */
export interface WhatIfQuestion {
  readonly personId: string
  readonly appIds: readonly string[]
  readonly client: ClientKind | undefined
  readonly platform: Platform | undefined
  readonly place: Place | undefined
  readonly appliedOnly: boolean
}

// No policy here looks at these, so whatever they say changes nothing.
const withoutEffect = z.unknown().optional()
const maxApplications = 100

/** What `evaluate` takes. */
export const whatIfBody = z.strictObject({
  signInIdentity: z.strictObject({
    userId: guid,
    externalTenantId: withoutEffect,
    externalUserType: withoutEffect,
  }),
  signInContext: z.strictObject({
    includeApplications: z.array(guid).min(1).max(maxApplications),
  }),
  signInConditions: z
    .strictObject({
      devicePlatform: z.enum(['all', ...platforms]).nullish(),
      clientAppType: z.enum(['all', ...clientKinds]).nullish(),
      country: z
        .string()
        .regex(/^[A-Za-z]{2}$/, 'must be a code of two letters (ISO 3166-1)')
        .nullish(),
      ipAddress: z
        .string()
        .refine((text) => parseAddress(text) !== undefined, 'must be an IP address')
        .nullish(),
      ...{ signInRiskLevel: withoutEffect, userRiskLevel: withoutEffect },
      ...{ servicePrincipalRiskLevel: withoutEffect, insiderRiskLevel: withoutEffect },
      ...{ agentIdRiskLevel: withoutEffect, authenticationFlow: withoutEffect },
      deviceInfo: withoutEffect,
    })
    .nullish(),
  appliedPoliciesOnly: z.boolean().nullish(),
})

/** The question in a body, or every issue. */
export function readQuestion(sent: unknown): Parsed<WhatIfQuestion> {
  const issues = typeIssues(sent)
  if (issues.length > 0) return { issues }
  const read = parseBody(whatIfBody, sent)
  if (failed(read)) return read
  const { signInIdentity, signInContext, signInConditions, appliedPoliciesOnly } = read.value
  const { devicePlatform, clientAppType, country, ipAddress } = signInConditions ?? {}
  const address = ipAddress ? parseAddress(ipAddress) : undefined
  const said = address !== undefined || country
  return {
    value: {
      personId: signInIdentity.userId,
      appIds: signInContext.includeApplications,
      platform: devicePlatform && devicePlatform !== 'all' ? devicePlatform : undefined,
      client: clientAppType && clientAppType !== 'all' ? clientAppType : undefined,
      place: said ? { address, country: country?.toUpperCase() } : undefined,
      appliedOnly: appliedPoliciesOnly === true,
    },
  }
}

const types = {
  signInIdentity: '#microsoft.graph.userSignIn',
  signInContext: '#microsoft.graph.applicationContext',
} as const

// Workloads, user actions and authentication contexts are asked about by other types.
function typeIssues(sent: unknown): readonly Issue[] {
  return Object.entries(types).flatMap(([name, wanted]) => {
    const part = (sent as Record<string, unknown> | null)?.[name]
    const type = (part as { '@odata.type'?: unknown } | null | undefined)?.['@odata.type']
    const isOther = type !== undefined && String(type).toLowerCase() !== wanted.toLowerCase()
    return isOther ? [issueAt(`${name}/@odata.type`, 'unsupported-type', `must be ${wanted}`)] : []
  })
}

const reasons = {
  people: 'users',
  application: 'application',
  client: 'clientApps',
  platform: 'devicePlatform',
  location: 'location',
  'not-enabled': 'policyNotEnabled',
  'not-enough-information': 'notEnoughInformation',
} as const

/** What one policy would do, in Graph's shape. */
export function toGraphWhatIf(found: WhatIf) {
  return {
    ...toGraphPolicy(found.policy),
    policyApplies: found.applies,
    analysisReasons: found.applies ? ('notSet' as const) : reasons[found.because],
  }
}
