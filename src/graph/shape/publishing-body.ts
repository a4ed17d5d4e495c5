import { z } from 'zod'
import type { ResponseHeaderRule } from '../../publishing/application.ts'
import { headerSources, transformations, valueEncodings } from '../../publishing/identity-header.ts'
import { guid, lenientNumber, readOnly, stringList, withDefault } from './body.ts'

/** One corsConfiguration, with our extensions. [C5] [C11] */
export const ruleBody = z.strictObject({
  id: guid.optional(),
  resource: z.string().optional(),
  allowedOrigins: stringList,
  allowedHeaders: stringList,
  allowedMethods: stringList,
  exposedHeaders: stringList,
  maxAgeInSeconds: withDefault(lenientNumber, 0),
  allowCredentials: withDefault(z.boolean(), true),
  mode: withDefault(z.enum(['enforce', 'dryRun']), 'enforce'),
})

const headerRuleBody = z
  .strictObject({
    action: z.enum(['remove', 'add', 'set']),
    name: z.string(),
    value: z.string().nullish(),
  })
  .superRefine(({ action, value }, context) => {
    const isSaid = typeof value === 'string'
    const say = (code: string, message: string) =>
      context.addIssue({ code: 'custom', path: ['value'], message, params: { code } })
    if (action === 'remove' && isSaid) say('unknown-property', 'is nothing that is removed')
    if (action !== 'remove' && !isSaid) say('required', 'is required')
  })
  .transform(
    ({ action, name, value }): ResponseHeaderRule =>
      action === 'remove' ? { action, name } : { action, name, value: value ?? '' },
  )

const headerRules = withDefault(z.array(headerRuleBody), [])
const rules = withDefault(z.array(ruleBody), [])

/** One segment in either shape: the older one has no id. [G2] */
export const segmentBody = z.strictObject({
  id: guid.optional(),
  externalUrl: z.string().optional(),
  internalUrl: z.string().optional(),
  alternateUrl: withDefault(z.string(), ''),
  corsConfigurations: rules,
  responseHeaderRules: headerRules,
})

// docs/header-sign-on.md; in the original the portal alone knows the mapping.
const identityHeaderBody = z.strictObject({
  name: z.string(),
  source: z.enum(headerSources),
  value: z.string().default(''),
  transformation: withDefault(z.enum(transformations), 'none'),
  separator: withDefault(z.string(), ','),
})

const flag = (ifNull: boolean) => withDefault(z.boolean(), ifNull)
const never = 'is not supported yet'
const noneYet = z.null(never).optional()

// Those who follow the original's tutorials come here with Kerberos: they are told what does the same here.
const signOnCode = { params: { code: 'sign-on-mode' } }
const modeAdvice =
  "must be 'aadHeaderBased' or 'none': there is no Kerberos, SAML or password sign-on here. The application learns who is there from headers (headerBasedSingleSignOn) or a signed assertion (isIdentityAssertionEnabled)"
const kerberosAdvice =
  'must be null: there is no Kerberos here. Send singleSignOnMode aadHeaderBased with headerBasedSingleSignOn, or isIdentityAssertionEnabled'
// The original's schema and its pages name header-based sign-on differently.
const isSignOnMode = (mode: unknown): mode is 'none' | 'aadHeaderBased' | 'headerBased' =>
  mode === 'none' || mode === 'aadHeaderBased' || mode === 'headerBased'

const signOnBody = z.strictObject({
  singleSignOnMode: z
    .string()
    .refine(isSignOnMode, { error: modeAdvice, ...signOnCode })
    .transform((mode) => mode as 'none' | 'aadHeaderBased' | 'headerBased')
    .nullish(),
  kerberosSignOnSettings: z
    .unknown()
    .refine((said) => said === null || said === undefined, {
      error: kerberosAdvice,
      ...signOnCode,
    })
    .optional(),
})

/** `onPremisesPublishing` as callers send it; what stands here is everything that is understood. */
export const publishingBody = z.strictObject({
  externalUrl: withDefault(z.string(), ''),
  internalUrl: withDefault(z.string(), ''),
  alternateUrl: withDefault(z.string(), ''),
  externalAuthenticationType: withDefault(
    z.enum(['passthru', 'aadPreAuthentication']),
    'aadPreAuthentication',
  ),
  // Documented in lower case, answered in upper case by the original.
  applicationServerTimeout: withDefault(
    z.preprocess(
      (value) => (typeof value === 'string' ? value.toLowerCase() : value),
      z.enum(['default', 'long']),
    ),
    'default',
  ),
  isTranslateHostHeaderEnabled: flag(true),
  isTranslateLinksInBodyEnabled: flag(false),
  useAlternateUrlForTranslationAndRedirect: flag(false),
  isBackendCertificateValidationEnabled: flag(true),
  isHttpOnlyCookieEnabled: flag(true),
  isSecureCookieEnabled: flag(true),
  isPersistentCookieEnabled: flag(false),
  onPremisesApplicationSegments: z.array(segmentBody).nullish(),
  segmentsConfiguration: z
    .strictObject({ applicationSegments: z.array(segmentBody).nullish() })
    .nullish(),

  // Our extensions (docs/api.md).
  corsConfigurations: rules,
  allowSiblingSegments: flag(false),
  whenNoSegments: withDefault(z.enum(['wildcard', 'closed']), 'wildcard'),
  responseHeaderRules: headerRules,
  isInMaintenance: flag(false),
  isFormPostPreserved: flag(false),
  isSessionScriptInjected: flag(false),
  isBackendHttp2Enabled: flag(false),
  sessionLifetimeInSeconds: lenientNumber.nullish(),
  identityProviderId: withDefault(z.string().max(64), ''),
  headerBasedSingleSignOn: z
    .strictObject({
      headers: withDefault(z.array(identityHeaderBody), []),
      valueEncoding: withDefault(z.enum(valueEncodings), 'percent'),
    })
    .nullish(),
  isIdentityAssertionEnabled: flag(false),
  isAccessTokenForwarded: flag(false),

  applicationType: readOnly,
  warnings: readOnly,
  isOnPremPublishingEnabled: readOnly,
  verifiedCustomDomainCertificatesMetadata: readOnly,
  // Read, and complained about, by themselves (certificate.ts).
  verifiedCustomDomainKeyCredential: readOnly,
  verifiedCustomDomainPasswordCredential: readOnly,
  // Always on here, so whoever says off gets more than asked for.
  isStateSessionEnabled: z.boolean().nullish(),
  isContinuousAccessEvaluationEnabled: z.boolean().nullish(),

  // Understood, and refused unless they say nothing: silence would promise what is not done.
  isAccessibleViaZTNAClient: z.literal(false, never).nullish(),
  isDnsResolutionEnabled: z.literal(false, never).nullish(),
  trafficRoutingMethod: z.literal('none', never).optional(),
  singleSignOnSettings: signOnBody.nullish(),
  wafAllowedHeaders: noneYet,
  wafIpRanges: z.array(z.never()).max(0, never).nullish(),
  wafProvider: z.literal('', never).nullish(),
})

/** What was read of a body; whatever was left out is not said. */
export type RuleBody = Partial<z.output<typeof ruleBody>>
export type SegmentBody = Partial<z.output<typeof segmentBody>>
export type PublishingBody = Partial<z.output<typeof publishingBody>>
