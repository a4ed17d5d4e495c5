import { z } from 'zod'
import { flag, id, nothing, text, textOrNull, texts, time } from './kinds.ts'

export const directoryAudit = z
  .strictObject({
    id,
    activityDateTime: time,
    activityDisplayName: text,
    category: text,
    correlationId: nothing,
    initiatedBy: z.strictObject({
      app: z.strictObject({ appId: id, displayName: text }).nullable(),
      user: z.strictObject({ displayName: text, userPrincipalName: text }).nullable(),
    }),
    loggedByService: z.literal('Sallyport'),
    operationType: text,
    result: z.literal('success'),
    resultReason: text,
    targetResources: z.array(
      z.strictObject({
        id,
        displayName: textOrNull,
        type: text,
        modifiedProperties: z.array(
          z.strictObject({ displayName: text, oldValue: textOrNull, newValue: textOrNull }),
        ),
      }),
    ),
  })
  .meta({ id: 'directoryAudit' })

const noRisk = z.literal('none')

export const signIn = z
  .strictObject({
    id,
    createdDateTime: time,
    userDisplayName: textOrNull,
    userPrincipalName: textOrNull,
    userId: textOrNull,
    appId: textOrNull,
    appDisplayName: textOrNull,
    ipAddress: text,
    clientAppUsed: text,
    authenticationProtocol: z.enum(['none', 'oAuth2', 'deviceCode']),
    correlationId: text,
    isInteractive: flag,
    conditionalAccessStatus: z.enum(['success', 'failure', 'notApplied']),
    riskDetail: noRisk,
    riskLevelAggregated: noRisk,
    riskLevelDuringSignIn: noRisk,
    riskState: noRisk,
    resourceDisplayName: textOrNull,
    resourceId: textOrNull,
    servicePrincipalId: textOrNull,
    servicePrincipalName: textOrNull,
    signInEventTypes: texts,
    userAgent: text,
    status: z.strictObject({
      errorCode: z.int(),
      failureReason: text,
      additionalDetails: text,
    }),
    deviceDetail: z.strictObject({
      deviceId: text,
      displayName: text,
      browser: text,
      operatingSystem: text,
    }),
    authenticationMethodsUsed: texts,
    appliedConditionalAccessPolicies: z.array(
      z.strictObject({
        id,
        displayName: text,
        result: text,
        enforcedGrantControls: texts,
        enforcedSessionControls: texts,
      }),
    ),
  })
  .meta({ id: 'signIn' })
