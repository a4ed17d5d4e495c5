import { z } from 'zod'
import { headerSources, transformations, valueEncodings } from '../../publishing/identity-header.ts'
import { offeredChange } from './doctor.ts'
import { count, flag, id, nothing, text, textOrNull, texts, time, timeOrNull } from './kinds.ts'

const corsFields = {
  resource: text,
  allowedOrigins: texts,
  allowedHeaders: texts,
  allowedMethods: texts,
  exposedHeaders: texts,
  maxAgeInSeconds: count,
  allowCredentials: flag,
  mode: z.enum(['enforce', 'dryRun']),
}

export const corsConfiguration = z
  .strictObject({ id, ...corsFields })
  .meta({ id: 'corsConfiguration_v2' })

const responseHeaderRules = z.array(
  z.union([
    z.strictObject({ action: z.enum(['add', 'set']), name: text, value: text }),
    z.strictObject({ action: z.literal('remove'), name: text }),
  ]),
)

const urls = { externalUrl: text, internalUrl: text, alternateUrl: text, responseHeaderRules }

export const segment = z.strictObject({ id, ...urls }).meta({ id: 'webApplicationSegment' })

const wholeSegment = z.strictObject({
  id,
  ...urls,
  corsConfigurations: z.array(corsConfiguration),
})

export const segmentsConfiguration = z
  .strictObject({
    '@odata.type': z.literal('#microsoft.graph.webSegmentConfiguration'),
    applicationSegments: z.array(wholeSegment),
  })
  .meta({ id: 'webSegmentConfiguration' })

const olderSegment = z.strictObject({
  ...urls,
  corsConfigurations: z.array(z.strictObject(corsFields)),
})

const certificateMetadata = {
  thumbprint: text,
  subjectName: text,
  issuerName: text,
  issueDate: time,
  expiryDate: time,
}

const identityHeader = z.strictObject({
  name: text,
  source: z.enum(headerSources),
  value: text,
  transformation: z.enum(transformations),
  separator: text,
})

export const onPremisesPublishing = z
  .strictObject({
    alternateUrl: textOrNull,
    applicationServerTimeout: z.enum(['Default', 'Long']),
    applicationType: nothing,
    externalAuthenticationType: z.enum(['aadPreAuthentication', 'passthru']),
    externalUrl: textOrNull,
    internalUrl: textOrNull,
    isAccessibleViaZTNAClient: z.literal(false),
    isBackendCertificateValidationEnabled: flag,
    isContinuousAccessEvaluationEnabled: z.literal(true),
    isDnsResolutionEnabled: z.literal(false),
    isHttpOnlyCookieEnabled: flag,
    isOnPremPublishingEnabled: z.literal(true),
    isPersistentCookieEnabled: flag,
    isSecureCookieEnabled: flag,
    isStateSessionEnabled: z.literal(true),
    isTranslateHostHeaderEnabled: flag,
    isTranslateLinksInBodyEnabled: flag,
    onPremisesApplicationSegments: z.array(olderSegment),
    segmentsConfiguration: segmentsConfiguration.nullable(),
    singleSignOnSettings: z.strictObject({
      singleSignOnMode: z.enum(['none', 'aadHeaderBased']),
      kerberosSignOnSettings: nothing,
    }),
    useAlternateUrlForTranslationAndRedirect: flag,
    verifiedCustomDomainCertificatesMetadata: z.strictObject(certificateMetadata).nullable(),
    verifiedCustomDomainKeyCredential: nothing,
    verifiedCustomDomainPasswordCredential: nothing,
    allowSiblingSegments: flag,
    whenNoSegments: z.enum(['wildcard', 'closed']),
    corsConfigurations: z.array(corsConfiguration),
    responseHeaderRules,
    isInMaintenance: flag,
    isFormPostPreserved: flag,
    isSessionScriptInjected: flag,
    isBackendHttp2Enabled: flag,
    sessionLifetimeInSeconds: count.nullable(),
    identityProviderId: textOrNull,
    headerBasedSingleSignOn: z.strictObject({
      headers: z.array(identityHeader),
      valueEncoding: z.enum(valueEncodings),
    }),
    isIdentityAssertionEnabled: flag,
    isAccessTokenForwarded: flag,
    // As the edge is now; not in what was.
    warnings: z.array(z.strictObject({ code: text, message: text, target: text })).optional(),
  })
  .meta({ id: 'onPremisesPublishing' })

export const corsRefusal = z
  .strictObject({
    applicationId: id,
    segmentId: textOrNull,
    origin: text,
    method: text,
    headers: texts,
    reason: text,
    ruleId: textOrNull,
    mode: z.enum(['enforce', 'dryRun']),
    count,
    firstDateTime: time,
    lastDateTime: time,
    offeredChange: offeredChange.nullable(),
  })
  .meta({ id: 'corsRefusal' })

const reach = {
  isReached: flag.nullable(),
  reason: textOrNull,
}

export const segmentHealth = z
  .strictObject({
    applicationId: id,
    externalUrl: text,
    internalUrl: text,
    status: z.enum(['healthy', 'degraded', 'unreachable', 'unknown']),
    connectors: z.array(z.strictObject({ id, machineName: text, ...reach })),
  })
  .meta({ id: 'segmentHealth' })

export const applicationHealth = z
  .strictObject({
    id,
    displayName: text,
    status: z.enum(['healthy', 'degraded', 'unreachable', 'unknown']),
  })
  .meta({ id: 'applicationHealth' })

export const originHealth = z
  .strictObject({ origin: text, ...reach, connectTimeInMilliseconds: count })
  .meta({ id: 'originHealth' })

export const publishingProfile = z
  .strictObject({ id: z.literal('applicationProxy'), isEnabled: z.literal(true) })
  .meta({ id: 'onPremisesPublishingProfile' })

export const connector = z
  .strictObject({
    id,
    machineName: text,
    externalIp: text,
    status: z.enum(['active', 'inactive']),
    version: text,
    isDrained: flag,
    connectorGroupId: text,
    createdDateTime: time,
    // When it last connected, or its last link ended.
    lastSeenDateTime: timeOrNull,
  })
  .meta({ id: 'connector' })

export const connectorGroup = z
  .strictObject({
    id,
    name: text,
    connectorGroupType: z.literal('applicationProxy'),
    isDefault: flag,
    region: z.enum(['nam', 'eur', 'aus', 'asia', 'ind']).nullable(),
  })
  .meta({ id: 'connectorGroup' })

export const enrolmentToken = z
  .strictObject({ id, token: text, command: text, expiresDateTime: time })
  .meta({ id: 'enrolmentToken' })

/** What became of one. */
export const enrolmentTokenFate = z
  .strictObject({
    id,
    expiresDateTime: time,
    usedDateTime: timeOrNull,
    connectorId: textOrNull,
  })
  .meta({ id: 'enrolmentTokenFate' })

export const certificate = z
  .strictObject({
    id,
    ...certificateMetadata,
    dnsNames: texts,
    source: text,
    createdDateTime: time,
  })
  .meta({ id: 'certificate' })

export const acmeHost = z
  .strictObject({
    id,
    failureCount: count,
    nextAttemptDateTime: timeOrNull,
    lastError: textOrNull,
  })
  .meta({ id: 'acmeHost' })
