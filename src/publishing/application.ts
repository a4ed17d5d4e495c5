import type { CorsRule } from '../cors/rule.ts'
import type { IdentityHeaders } from './identity-header.ts'
import type { Registration } from './registration.ts'

/** What an administrator publishes. Plain data as kept in the directory: validated, normalised, not yet compiled. */
export interface Application {
  /** The object id (GUID) that management paths name. */
  readonly id: string
  /** The client id (GUID); cookie names derive from it. */
  readonly appId: string
  readonly servicePrincipalId: string
  readonly displayName: string
  /** Another key, given when it is made and never changed. */
  readonly uniqueName?: string | undefined
  readonly createdAt: number
  readonly identifierUris: readonly string[]
  readonly redirectUris: readonly string[]
  readonly homePageUrl: string | undefined
  readonly tags: readonly string[]
  /** When false, everyone who can sign in may enter. */
  readonly assignmentRequired: boolean
  /** undefined means the `Default` group. */
  readonly connectorGroupId: string | undefined
  readonly registration: Registration
  /** undefined until the application is published. */
  readonly publishing: Publishing | undefined
}

/** One external/internal URL pair. URLs are absolute and normalised: lower-case host, no default port, path ending in `/`. */
export interface UrlPair {
  readonly externalUrl: string
  readonly internalUrl: string
  readonly alternateUrl: string | undefined
}

export interface Publishing {
  /** Both or neither. Without them the application is made of its segments only (docs/decisions/0004). */
  readonly externalUrl: string | undefined
  readonly internalUrl: string | undefined
  readonly alternateUrl: string | undefined
  readonly preAuthentication: boolean
  readonly backendTimeout: 'default' | 'long'
  readonly translateHostHeader: boolean
  readonly translateLinksInBody: boolean
  readonly useAlternateUrl: boolean
  readonly validateBackendCertificate: boolean
  /** The application is offered HTTP/2, or spoken to in it where there is no TLS to offer it by. */
  readonly backendHttp2: boolean
  readonly cookie: CookieSettings
  readonly segments: readonly Segment[]
  /** Rules of the application itself, for regular and wildcard applications. [C11] */
  readonly corsRules: readonly CorsRule[]
  /** Segments of this application may call each other without a typed rule. [C12] */
  readonly allowSiblingSegments: boolean
  /** What a complex application becomes without segments. [P8] */
  readonly whenNoSegments: 'wildcard' | 'closed'
  readonly responseHeaders: readonly ResponseHeaderRule[]
  /** Every request gets 503 and a page that says so; all settings stay. [P13] */
  readonly maintenance: boolean
  /** A form that comes without a session is kept and sent once the person has signed in again. [S5] */
  readonly preserveForms: boolean
  /** Pages get a script element for session.js, so that the application need not be changed. [S5] */
  readonly injectSessionScript: boolean
  /** Lifetime of a session at this application in seconds; undefined: the edge's setting. */
  readonly sessionLifetimeSeconds: number | undefined
  /** The identity provider where its people sign in; undefined: where everybody does. */
  readonly identityProviderId?: string | undefined
  readonly identityHeaders: IdentityHeaders
  /** An access token that let its bearer in goes on to the application; else it ends at the edge. [S10] */
  readonly forwardAccessToken: boolean
}

export interface CookieSettings {
  readonly httpOnly: boolean
  readonly secure: boolean
  readonly persistent: boolean
}

export interface Segment extends UrlPair {
  readonly id: string
  readonly corsRules: readonly CorsRule[]
  readonly responseHeaders: readonly ResponseHeaderRule[]
}

/** Adds, sets or removes a response header without touching the application. [C14] */
export type ResponseHeaderRule =
  | { readonly action: 'add' | 'set'; readonly name: string; readonly value: string }
  | { readonly action: 'remove'; readonly name: string }

export type ApplicationKind = 'regular' | 'wildcard' | 'complex'

/** Wildcard and complex applications have a star as the first label of their external host. [P3] [P5] [P8] */
export function applicationKind(publishing: Publishing): ApplicationKind {
  if (publishing.externalUrl === undefined) return 'complex'
  if (!/^https?:\/\/\*\./.test(publishing.externalUrl)) return 'regular'
  return publishing.segments.length > 0 || publishing.whenNoSegments === 'closed'
    ? 'complex'
    : 'wildcard'
}
