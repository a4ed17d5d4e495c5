import { getDomain } from 'tldts'
import { type CorsPolicy, compileCors } from '../cors/decide.ts'
import type { CorsRule } from '../cors/rule.ts'
import {
  type Application,
  type ApplicationKind,
  applicationKind,
  type CookieSettings,
  type Publishing,
  type ResponseHeaderRule,
  type Segment,
  type UrlPair,
} from './application.ts'
import { compileIdentityHeaders, type IdentityPlan } from './identity-header.ts'
import type { Registration } from './registration.ts'
import { sessionSameSite } from './same-site.ts'

/** Everything the path of a request needs to know about one external URL, compiled once. */
export interface Route {
  readonly application: RoutedApplication
  readonly segmentId: string | undefined
  /** `complex` is the star of a complex application, which leads nowhere, when it has no segment id. [P5] */
  readonly kind: ApplicationKind
  readonly via: 'external' | 'alternate'
  readonly external: RouteBase
  readonly internal: RouteBase
  readonly cors: CorsPolicy
  /** The application's, then the segment's. */
  readonly responseHeaders: readonly ResponseHeaderRule[]
  /** What a cookie for several internal hosts is set for outside; undefined: it can have one host only. [F3] */
  readonly sharedCookieDomain: string | undefined
}

/** A URL taken apart. */
export interface RouteBase {
  readonly scheme: 'http' | 'https'
  /** Without the star. */
  readonly host: string
  readonly starred: boolean
  readonly port: number
  /** As browsers write it; with a star the part behind it, `.contoso.net:8443`. */
  readonly origin: string
  /** Starts and ends with a slash. */
  readonly pathPrefix: string
}

/** An application as the edge and the sign-in see it. */
export interface RoutedApplication {
  readonly id: string
  readonly appId: string
  readonly servicePrincipalId: string
  readonly displayName: string
  readonly connectorGroupId: string | undefined
  readonly preAuthentication: boolean
  /** Else nobody enters. */
  readonly enabled: boolean
  /** Closed for the time being. [P13] */
  readonly maintenance: boolean
  readonly preserveForms: boolean
  readonly injectSessionScript: boolean
  /** Time to the head of the application's answer. [F5] */
  readonly headTimeoutMs: number
  readonly translateHostHeader: boolean
  readonly translateLinksInBody: boolean
  readonly useAlternateUrl: boolean
  readonly verifyCertificate: boolean
  readonly backendHttp2: boolean
  readonly cookie: CookieSettings & { readonly sameSite: 'Lax' | 'None' }
  readonly sessionLifetimeSeconds: number | undefined
  readonly identityProviderId: string | undefined
  /** Where one sign-in must reach: all exact external and alternate origins, each once. [S2] */
  readonly origins: readonly string[]
  /** What an access token for it may name. [S10] */
  readonly identifierUris: readonly string[]
  readonly forwardAccessToken: boolean
  /** What it is told of who is there; undefined: nothing. [S12] */
  readonly identity: IdentityPlan | undefined
  /** Its own roles that are in force: id → value. */
  readonly roles: ReadonlyMap<string, string>
}

// The two values of the original. [F5]
export const defaultHeadTimeoutMs = 85_000
export const longHeadTimeoutMs = 180_000

/** The routes of one application; none when it is not published. */
export function compileApplication(application: Application): readonly Route[] {
  const { publishing } = application
  if (!publishing) return []
  const routed = routeApplication(application, publishing)
  const kind = applicationKind(publishing)
  const routes = publishing.segments.flatMap((segment) =>
    compilePair(segment, segment, routed, publishing, 'complex'),
  )
  const own = ownPair(publishing)
  return own ? [...compilePair(own, undefined, routed, publishing, kind), ...routes] : routes
}

function ownPair(publishing: Publishing): UrlPair | undefined {
  const { externalUrl, internalUrl, alternateUrl } = publishing
  return externalUrl && internalUrl ? { externalUrl, internalUrl, alternateUrl } : undefined
}

function routeApplication(application: Application, publishing: Publishing): RoutedApplication {
  const { id, appId, servicePrincipalId, displayName, connectorGroupId } = application
  return {
    id,
    appId,
    servicePrincipalId,
    displayName,
    connectorGroupId,
    preAuthentication: publishing.preAuthentication,
    enabled: application.registration.enabled,
    maintenance: publishing.maintenance,
    preserveForms: publishing.preserveForms,
    injectSessionScript: publishing.injectSessionScript,
    headTimeoutMs: publishing.backendTimeout === 'long' ? longHeadTimeoutMs : defaultHeadTimeoutMs,
    translateHostHeader: publishing.translateHostHeader,
    translateLinksInBody: publishing.translateLinksInBody,
    useAlternateUrl: publishing.useAlternateUrl,
    verifyCertificate: publishing.validateBackendCertificate,
    backendHttp2: publishing.backendHttp2,
    cookie: { ...publishing.cookie, sameSite: sessionSameSite(publishing) },
    sessionLifetimeSeconds: publishing.sessionLifetimeSeconds,
    identityProviderId: publishing.identityProviderId,
    origins: exactOrigins(publishing),
    identifierUris: application.identifierUris,
    forwardAccessToken: publishing.forwardAccessToken,
    identity: compileIdentityHeaders(publishing.identityHeaders),
    roles: compileRoles(application.registration),
  }
}

function compileRoles({ appRoles }: Registration): RoutedApplication['roles'] {
  const inForce = appRoles.filter(({ enabled }) => enabled)
  return new Map(inForce.map(({ id, value }) => [id, value]))
}

function exactOrigins(publishing: Publishing): readonly string[] {
  const pairs = publishing.segments.length > 0 ? publishing.segments : [publishing]
  const origins = new Set<string>()
  for (const { externalUrl, alternateUrl } of pairs) {
    for (const url of [externalUrl, alternateUrl]) {
      if (url && !url.includes('://*.')) origins.add(parseBase(url).origin)
    }
  }
  return [...origins]
}

function compilePair(
  pair: UrlPair,
  segment: Segment | undefined,
  application: RoutedApplication,
  publishing: Publishing,
  kind: ApplicationKind,
): Route[] {
  const internal = parseBase(pair.internalUrl)
  const rules = segment ? segment.corsRules : publishing.corsRules
  const responseHeaders = segment
    ? [...publishing.responseHeaders, ...segment.responseHeaders]
    : publishing.responseHeaders
  const compile = (url: string, via: Route['via']): Route => {
    const external = parseBase(url)
    const cors = compileRouteCors(rules, external, application, segment && publishing)
    const segmentId = segment?.id
    const sharedCookieDomain = sharedDomain(external, segment !== undefined)
    return {
      application,
      segmentId,
      kind,
      via,
      external,
      internal,
      cors,
      responseHeaders,
      sharedCookieDomain,
    }
  }
  const routes = [compile(pair.externalUrl, 'external')]
  if (pair.alternateUrl) routes.push(compile(pair.alternateUrl, 'alternate'))
  return routes
}

// The domain all segments of an application lie under, unless browsers refuse cookies for it (RFC 6265 §5.3 step 5).
function sharedDomain(external: RouteBase, isSegment: boolean): string | undefined {
  if (external.starred) return external.host
  if (!isSegment) return undefined
  const parent = external.host.slice(external.host.indexOf('.') + 1)
  return getDomain(parent, { allowPrivateDomains: true }) === null ? undefined : parent
}

function compileRouteCors(
  rules: readonly CorsRule[],
  external: RouteBase,
  application: RoutedApplication,
  complex: Publishing | undefined,
): CorsPolicy {
  return compileCors(rules, {
    ownOrigins: external.starred ? [] : [external.origin],
    resourceBase: external.pathPrefix,
    siblingOrigins: complex?.allowSiblingSegments ? application.origins : [],
    answersPreflights: application.preAuthentication,
  })
}

/** Takes a normalised URL apart; cheaper than the general parser, which 100,000 segments would feel. */
export function parseBase(url: string): RouteBase {
  const scheme = url.startsWith('https:') ? 'https' : 'http'
  const hostStart = scheme.length + 3
  const pathStart = url.indexOf('/', hostStart)
  const authority = url.slice(hostStart, pathStart)
  const starred = authority.startsWith('*.')
  const portStart = authority.indexOf(':', authority.lastIndexOf(']') + 1)
  const host = authority.slice(starred ? 2 : 0, portStart < 0 ? undefined : portStart)
  const defaultPort = scheme === 'https' ? 443 : 80
  return {
    scheme,
    host,
    starred,
    port: portStart < 0 ? defaultPort : Number(authority.slice(portStart + 1)),
    origin: starred ? authority.slice(1) : url.slice(0, pathStart),
    pathPrefix: url.slice(pathStart),
  }
}
