import { z } from 'zod'
import { clientKinds, grantControls, platforms } from '../../policy/access-policy.ts'
import {
  count,
  flag,
  id,
  noList,
  nothing,
  text,
  textOrNull,
  texts,
  time,
  timeOrNull,
} from './kinds.ts'

const noCondition = {
  userRiskLevels: noList,
  signInRiskLevels: noList,
  servicePrincipalRiskLevels: noList,
  clientApplications: nothing,
  devices: nothing,
  authenticationFlows: nothing,
  insiderRiskLevels: nothing,
  deviceStates: nothing,
  times: nothing,
}

const conditions = z.strictObject({
  ...noCondition,
  clientAppTypes: z.array(z.enum(['all', ...clientKinds])),
  platforms: z
    .strictObject({
      includePlatforms: z.array(z.enum(['all', ...platforms])),
      excludePlatforms: z.array(z.enum(platforms)),
    })
    .nullable(),
  locations: z.strictObject({ includeLocations: texts, excludeLocations: texts }).nullable(),
  applications: z.strictObject({
    includeApplications: texts,
    excludeApplications: texts,
    includeUserActions: noList,
    includeAuthenticationContextClassReferences: noList,
    applicationFilter: nothing,
  }),
  users: z.strictObject({
    includeUsers: texts,
    excludeUsers: texts,
    includeGroups: texts,
    excludeGroups: texts,
    includeRoles: texts,
    excludeRoles: texts,
    includeGuestsOrExternalUsers: nothing,
    excludeGuestsOrExternalUsers: nothing,
  }),
})

const grant = z.strictObject({
  operator: z.enum(['AND', 'OR']),
  builtInControls: z.array(z.enum(grantControls)),
  customAuthenticationFactors: noList,
  termsOfUse: noList,
  authenticationStrength: nothing,
})

const session = z.strictObject({
  applicationEnforcedRestrictions: nothing,
  cloudAppSecurity: nothing,
  disableResilienceDefaults: nothing,
  continuousAccessEvaluation: nothing,
  persistentBrowser: z
    .strictObject({ mode: z.enum(['always', 'never']), isEnabled: flag })
    .nullable(),
  signInFrequency: z
    .strictObject({
      authenticationType: z.literal('primaryAndSecondaryAuthentication'),
      isEnabled: flag,
      frequencyInterval: z.enum(['everyTime', 'timeBased']),
      type: z.enum(['hours', 'days']).nullable(),
      value: count.nullable(),
    })
    .nullable(),
})

export const conditionalAccessPolicy = z
  .strictObject({
    id,
    templateId: textOrNull,
    displayName: text,
    createdDateTime: time,
    modifiedDateTime: timeOrNull,
    state: z.enum(['enabled', 'disabled', 'enabledForReportingButNotEnforced']),
    conditions,
    grantControls: grant.nullable(),
    sessionControls: session.nullable(),
  })
  .meta({ id: 'conditionalAccessPolicy' })

const reasons = [
  ...(['notSet', 'users', 'application', 'clientApps', 'devicePlatform', 'location'] as const),
  ...(['policyNotEnabled', 'notEnoughInformation'] as const),
] as const

export const whatIfAnalysis = z
  .strictObject({
    value: z.array(
      conditionalAccessPolicy.extend({ policyApplies: flag, analysisReasons: z.enum(reasons) }),
    ),
  })
  .meta({ id: 'whatIfAnalysis' })

const location = {
  id,
  displayName: text,
  createdDateTime: time,
  modifiedDateTime: time,
}
const rangeTypes = ['#microsoft.graph.iPv4CidrRange', '#microsoft.graph.iPv6CidrRange'] as const

export const ipNamedLocation = z
  .strictObject({
    '@odata.type': z.literal('#microsoft.graph.ipNamedLocation'),
    ...location,
    isTrusted: flag,
    ipRanges: z.array(z.strictObject({ '@odata.type': z.enum(rangeTypes), cidrAddress: text })),
  })
  .meta({ id: 'ipNamedLocation' })

export const countryNamedLocation = z
  .strictObject({
    '@odata.type': z.literal('#microsoft.graph.countryNamedLocation'),
    ...location,
    countriesAndRegions: texts,
    countryLookupMethod: z.literal('clientIpAddress'),
    includeUnknownCountriesAndRegions: flag,
  })
  .meta({ id: 'countryNamedLocation' })

export const namedLocation = z.union([ipNamedLocation, countryNamedLocation])
