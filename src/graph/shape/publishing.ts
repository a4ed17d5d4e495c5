import type { CertificateFacts } from '../../certificates/certificate.ts'
import type { Publishing, Segment } from '../../publishing/application.ts'
import type { Collection } from '../collection.ts'
import { propertiesOf } from '../resource/kinds.ts'
import * as resource from '../resource/publishing.ts'
import { toGraphMetadata } from './certificate.ts'

type Rule = Publishing['corsRules'][number]

/**
 * `onPremisesPublishing` as it is answered: both segment shapes, our extensions, and what is always the same; and about
 * the certificate that its host is shown, if it is not the local authority's. [G2] [P11]
 */
export function toGraphPublishing(publishing: Publishing, certificate?: CertificateFacts) {
  const { segments, cookie } = publishing
  return {
    alternateUrl: publishing.alternateUrl ?? null,
    applicationServerTimeout: publishing.backendTimeout === 'long' ? 'Long' : 'Default',
    applicationType: null,
    externalAuthenticationType: authenticationType(publishing),
    externalUrl: publishing.externalUrl ?? null,
    internalUrl: publishing.internalUrl ?? null,
    isAccessibleViaZTNAClient: false,
    isBackendCertificateValidationEnabled: publishing.validateBackendCertificate,
    isContinuousAccessEvaluationEnabled: true,
    isDnsResolutionEnabled: false,
    isHttpOnlyCookieEnabled: cookie.httpOnly,
    isOnPremPublishingEnabled: true,
    isPersistentCookieEnabled: cookie.persistent,
    isSecureCookieEnabled: cookie.secure,
    isStateSessionEnabled: true,
    isTranslateHostHeaderEnabled: publishing.translateHostHeader,
    isTranslateLinksInBodyEnabled: publishing.translateLinksInBody,
    onPremisesApplicationSegments: segments.map(toGraphOldSegment),
    segmentsConfiguration: segments.length === 0 ? null : toGraphSegmentsConfiguration(segments),
    singleSignOnSettings: {
      singleSignOnMode: singleSignOnMode(publishing),
      kerberosSignOnSettings: null,
    },
    useAlternateUrlForTranslationAndRedirect: publishing.useAlternateUrl,
    verifiedCustomDomainCertificatesMetadata: certificate ? toGraphMetadata(certificate) : null,
    verifiedCustomDomainKeyCredential: null,
    verifiedCustomDomainPasswordCredential: null,
    allowSiblingSegments: publishing.allowSiblingSegments,
    whenNoSegments: publishing.whenNoSegments,
    corsConfigurations: publishing.corsRules.map(toGraphRule),
    responseHeaderRules: publishing.responseHeaders,
    isInMaintenance: publishing.maintenance,
    isFormPostPreserved: publishing.preserveForms,
    isSessionScriptInjected: publishing.injectSessionScript,
    isBackendHttp2Enabled: publishing.backendHttp2,
    sessionLifetimeInSeconds: publishing.sessionLifetimeSeconds ?? null,
    identityProviderId: publishing.identityProviderId ?? null,
    headerBasedSingleSignOn: {
      headers: publishing.identityHeaders.headers,
      valueEncoding: publishing.identityHeaders.encoding,
    },
    isIdentityAssertionEnabled: publishing.identityHeaders.assertion,
    isAccessTokenForwarded: publishing.forwardAccessToken,
  }
}

function singleSignOnMode({ identityHeaders }: Publishing): 'aadHeaderBased' | 'none' {
  return identityHeaders.enabled ? 'aadHeaderBased' : 'none'
}

function authenticationType(publishing: Publishing): 'aadPreAuthentication' | 'passthru' {
  return publishing.preAuthentication ? 'aadPreAuthentication' : 'passthru'
}

/** The newer shape; its segments carry their ids and their rules. */
export function toGraphSegmentsConfiguration(segments: readonly Segment[]) {
  return {
    '@odata.type': '#microsoft.graph.webSegmentConfiguration',
    applicationSegments: segments.map((segment) => ({
      ...toGraphSegment(segment),
      corsConfigurations: segment.corsRules.map(toGraphRule),
    })),
  }
}

/** One segment as a resource of its own, without the rules below it. */
export function toGraphSegment(segment: Segment) {
  return {
    id: segment.id,
    externalUrl: segment.externalUrl,
    internalUrl: segment.internalUrl,
    alternateUrl: segment.alternateUrl ?? '',
    responseHeaderRules: segment.responseHeaders,
  }
}

function toGraphOldSegment(segment: Segment) {
  const { id: _, ...withoutId } = toGraphSegment(segment)
  return {
    ...withoutId,
    corsConfigurations: segment.corsRules.map((rule) => {
      const { id: _, ...fields } = toGraphRule(rule)
      return fields
    }),
  }
}

/** One corsConfiguration. */
export function toGraphRule(rule: Rule) {
  return {
    id: rule.id,
    resource: rule.resource,
    allowedOrigins: [...rule.allowedOrigins],
    allowedHeaders: [...rule.allowedHeaders],
    allowedMethods: [...rule.allowedMethods],
    exposedHeaders: [...rule.exposedHeaders],
    maxAgeInSeconds: rule.maxAgeSeconds,
    allowCredentials: rule.allowCredentials,
    mode: rule.mode,
  }
}

/** Segments of one application; `path` is where they stand, for the context URL. */
export function segmentCollection(path: string): Collection<Segment> {
  return {
    context: path,
    properties: propertiesOf(resource.segment),
    fields: {
      id: (segment) => segment.id,
      externalUrl: (segment) => segment.externalUrl,
      internalUrl: (segment) => segment.internalUrl,
    },
    write: toGraphSegment,
  }
}

/** CORS rules of one segment, or of one application without segments. */
export function ruleCollection(path: string): Collection<Rule> {
  return {
    context: path,
    properties: propertiesOf(resource.corsConfiguration),
    fields: { id: (rule) => rule.id, resource: (rule) => rule.resource },
    write: toGraphRule,
  }
}
