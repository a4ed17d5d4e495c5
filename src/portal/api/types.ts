import type * as Graph from '@microsoft/microsoft-graph-types-beta'

// What the API answers, as far as the portal reads it: Graph's own types where they fit, and Sallyport's extensions.

/** A CORS rule. */
export interface CorsRule {
  readonly id?: string
  readonly resource: string
  readonly allowedOrigins: readonly string[]
  readonly allowedMethods: readonly string[]
  readonly allowedHeaders: readonly string[]
  readonly exposedHeaders?: readonly string[]
  readonly maxAgeInSeconds?: number
  readonly allowCredentials?: boolean
  readonly mode?: 'enforce' | 'dryRun'
}

export interface ResponseHeaderRule {
  readonly action: 'add' | 'set' | 'remove'
  readonly name: string
  readonly value?: string
}

/** One external/internal pair of a complex application. */
export interface Segment {
  readonly id?: string
  readonly externalUrl: string
  readonly internalUrl: string
  readonly alternateUrl?: string
  readonly corsConfigurations?: readonly CorsRule[]
  readonly responseHeaderRules?: readonly ResponseHeaderRule[]
}

/** One header that tells the application who is there. */
export interface IdentityHeader {
  readonly name: string
  readonly source: 'attribute' | 'claim' | 'constant' | 'groups' | 'roles'
  readonly value: string
  readonly transformation?: 'none' | 'extractMailPrefix' | 'toLowercase' | 'toUppercase'
  readonly separator?: string
}

/** `onPremisesPublishing` with Sallyport's extensions. */
export interface Publishing {
  readonly externalUrl: string | null
  readonly internalUrl: string | null
  readonly alternateUrl: string | null
  readonly externalAuthenticationType: 'aadPreAuthentication' | 'passthru'
  readonly applicationServerTimeout: 'Default' | 'Long'
  readonly isBackendCertificateValidationEnabled: boolean
  readonly isHttpOnlyCookieEnabled: boolean
  readonly isPersistentCookieEnabled: boolean
  readonly isSecureCookieEnabled: boolean
  readonly isTranslateHostHeaderEnabled: boolean
  readonly isTranslateLinksInBodyEnabled: boolean
  readonly useAlternateUrlForTranslationAndRedirect: boolean
  readonly segmentsConfiguration: { readonly applicationSegments?: readonly Segment[] } | null
  readonly singleSignOnSettings: { readonly singleSignOnMode: 'none' | 'aadHeaderBased' }
  readonly verifiedCustomDomainCertificatesMetadata: Graph.VerifiedCustomDomainCertificatesMetadata | null
  readonly allowSiblingSegments: boolean
  readonly whenNoSegments: 'wildcard' | 'closed'
  readonly corsConfigurations: readonly CorsRule[]
  readonly responseHeaderRules: readonly ResponseHeaderRule[]
  readonly isInMaintenance: boolean
  readonly isFormPostPreserved: boolean
  readonly isSessionScriptInjected: boolean
  readonly isBackendHttp2Enabled: boolean
  readonly sessionLifetimeInSeconds: number | null
  readonly identityProviderId: string | null
  readonly headerBasedSingleSignOn: {
    readonly headers: readonly IdentityHeader[]
    readonly valueEncoding: 'percent' | 'utf8' | 'base64'
  }
  readonly isIdentityAssertionEnabled: boolean
  readonly isAccessTokenForwarded: boolean
}

export interface Application {
  readonly '@odata.etag'?: string
  readonly id: string
  readonly appId: string
  readonly displayName: string
  readonly createdDateTime: string
  readonly tags: readonly string[]
  readonly web: { readonly homePageUrl: string | null }
  readonly onPremisesPublishing?: Publishing | null
}

export interface ServicePrincipal {
  readonly id: string
  readonly appId: string
  readonly displayName: string
  readonly accountEnabled: boolean
  readonly appRoleAssignmentRequired: boolean
  readonly appRoles: readonly AppRole[]
}

export interface AppRole {
  readonly id: string
  readonly displayName: string
  readonly isEnabled: boolean
  readonly allowedMemberTypes: readonly string[]
  /** What tokens and documents call it. */
  readonly value: string | null
}

export interface Assignment {
  readonly id: string
  readonly appRoleId: string
  readonly principalDisplayName: string | null
  readonly principalId: string
  readonly principalType: 'User' | 'Group' | 'ServicePrincipal'
}

/** Whether the connectors of an application reach one of its internal URLs. */
export interface SegmentHealth {
  readonly applicationId: string
  readonly externalUrl: string
  readonly internalUrl: string
  readonly status: 'healthy' | 'degraded' | 'unreachable' | 'unknown'
  readonly connectors: readonly {
    readonly id: string
    readonly machineName: string
    readonly isReached: boolean | null
    readonly reason: string | null
  }[]
}

/** The worst of an application's data paths. */
export interface ApplicationHealth {
  readonly id: string
  readonly status: SegmentHealth['status']
}

/** A kind of cross-origin call that was refused, or would have been. */
export interface CorsRefusal {
  readonly applicationId: string
  readonly segmentId?: string | null
  readonly ruleId?: string | null
  readonly origin: string
  readonly method: string
  readonly headers?: readonly string[]
  readonly reason: string
  readonly mode: 'enforce' | 'dryRun'
  readonly count: number
  readonly firstDateTime: string
  readonly lastDateTime: string
  /** What would allow it; null where it is allowed by now. */
  readonly offeredChange: {
    readonly method: 'POST' | 'PATCH'
    readonly path: string
    readonly body?: unknown
    readonly summary: string
  } | null
}

export interface ConnectorGroup {
  readonly id: string
  readonly name: string
  readonly isDefault: boolean
  readonly region: 'nam' | 'eur' | 'aus' | 'asia' | 'ind' | null
}

export interface Connector {
  readonly id: string
  readonly machineName: string
  readonly externalIp: string
  /** Whether it is in service: connected, and not drained. */
  readonly status: 'active' | 'inactive'
  readonly version: string
  readonly isDrained: boolean
  readonly connectorGroupId: string
  readonly createdDateTime: string
  /** When it last connected, or its last link ended. */
  readonly lastSeenDateTime: string | null
}

export interface Person {
  readonly id: string
  readonly displayName: string
  readonly userPrincipalName: string
  readonly mail?: string | null
  readonly accountEnabled?: boolean
}

/** Who is signed in at the portal, with the permissions in force. */
export interface Me extends Person {
  readonly permissions: readonly string[]
}

export interface Group {
  readonly id: string
  readonly displayName: string
  readonly description?: string | null
}

export interface IdentityProvider {
  readonly id: string
  readonly displayName: string
  readonly issuer: string
  readonly metadataUrl: string
  readonly clientId: string
  readonly scope: string
  readonly groupsClaim: string | null
  readonly rolesClaim: string | null
  readonly isDefault: boolean
  readonly isJustInTimeProvisioningEnabled: boolean
  readonly linkExistingUsers: 'never' | 'verifiedEmail' | 'userPrincipalName'
}

/** Whether a provider answered when it was asked just now. */
export interface ProviderHealth {
  readonly isReachable: boolean
  readonly problem: string | null
}

/** What the edge tells of itself. */
export interface EdgeFacts {
  readonly version: string
  readonly startedDateTime: string
  readonly domain: string
  readonly ports: readonly { readonly port: number; readonly protocol: string }[]
  readonly hosts: {
    readonly myApps: string
    readonly signIn: string
    readonly managementApi: string
    readonly connectors: string
  }
  readonly certificateAuthorityFingerprint: string
  readonly processCount: number
  readonly sessionLifetimeInSeconds: number
  readonly signInLogRetentionInDays: number
  readonly auditLogRetentionInDays: number
  readonly acmeDirectory: string | null
  readonly limits: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** One resource in a revision or a comparison. */
export interface ResourceChange {
  readonly resource: string
  readonly id: string
  readonly displayName: string | null
  readonly change: 'created' | 'updated' | 'deleted'
  readonly diff: readonly {
    readonly path: string
    readonly before?: unknown
    readonly after?: unknown
  }[]
  /** The whole of it; null where it was not there. */
  readonly before?: unknown
  readonly after?: unknown
}

/** What a configuration document would change, or everything that is wrong with it. */
export interface ConfigurationDiff {
  readonly changes: readonly ResourceChange[]
  readonly issues?: readonly { readonly path: string; readonly message: string }[]
}

export interface TokenLifetimePolicy {
  readonly id: string
  readonly displayName: string
}

/** A certificate that browsers are shown. */
export interface Certificate {
  readonly thumbprint: string
  readonly subjectName: string
  readonly issuerName: string
  readonly issueDate: string
  readonly expiryDate: string
  readonly dnsNames: readonly string[]
  readonly source: string
}

/** A request that the edge saw, as far as lists show it. */
export interface LiveRequest {
  readonly id: string
  readonly url: string
  readonly origin?: string
  readonly applicationDisplayName?: string
}

/** A change of configuration. */
export interface Revision {
  readonly id: string
  readonly createdDateTime: string
  readonly author: string
  readonly reason: string | null
  readonly activity: string
  /** The revision that it takes back. */
  readonly isRollbackOf: string | null
  readonly isReversible: boolean
  readonly changeCount: number
  readonly changes: readonly Pick<ResourceChange, 'resource' | 'id' | 'displayName' | 'change'>[]
}

/** One revision with all that it changed, field by field. */
export interface WholeRevision extends Omit<Revision, 'changes'> {
  readonly changes: readonly ResourceChange[]
}
