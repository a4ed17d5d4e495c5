import type { CorsRuleInput } from '../cors/rule.ts'
import type { CookieSettings, ResponseHeaderRule } from './application.ts'
import type { IdentityHeaders } from './identity-header.ts'

/** What somebody wrote about the publishing of an application; JSON types are checked, nothing else. */
export interface PublishingInput {
  /** An empty URL is none. */
  readonly externalUrl?: string | undefined
  readonly internalUrl?: string | undefined
  readonly alternateUrl?: string | undefined
  readonly preAuthentication?: boolean | undefined
  readonly backendTimeout?: 'default' | 'long' | undefined
  readonly translateHostHeader?: boolean | undefined
  readonly translateLinksInBody?: boolean | undefined
  readonly useAlternateUrl?: boolean | undefined
  readonly validateBackendCertificate?: boolean | undefined
  readonly backendHttp2?: boolean | undefined
  readonly cookie?:
    | Partial<{ readonly [Key in keyof CookieSettings]: boolean | undefined }>
    | undefined
  readonly segments?: readonly SegmentInput[] | undefined
  readonly corsRules?: readonly CorsRuleInput[] | undefined
  readonly allowSiblingSegments?: boolean | undefined
  readonly whenNoSegments?: 'wildcard' | 'closed' | undefined
  readonly responseHeaders?: readonly ResponseHeaderRule[] | undefined
  readonly maintenance?: boolean | undefined
  readonly preserveForms?: boolean | undefined
  readonly injectSessionScript?: boolean | undefined
  readonly sessionLifetimeSeconds?: number | undefined
  /** Empty: where everybody signs in. */
  readonly identityProviderId?: string | undefined
  /** What is left out stays as it is. */
  readonly identityHeaders?:
    | { readonly [Key in keyof IdentityHeaders]?: IdentityHeaders[Key] | undefined }
    | undefined
  readonly forwardAccessToken?: boolean | undefined
}

/**
 * One segment of a new list of segments. One that names the `id` of an existing segment keeps what it leaves out; one
 * without an id is new, and takes over the id of the existing segment with the same external URL.
 */
export interface SegmentInput {
  readonly id?: string | undefined
  readonly externalUrl?: string | undefined
  readonly internalUrl?: string | undefined
  readonly alternateUrl?: string | undefined
  readonly corsRules?: readonly CorsRuleInput[] | undefined
  readonly responseHeaders?: readonly ResponseHeaderRule[] | undefined
}
