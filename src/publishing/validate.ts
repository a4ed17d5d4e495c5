import { type Drafted, failed, type Issue, type Parsed } from '../base/check.ts'
import type { Application, Publishing, Segment } from './application.ts'
import { type IdentityHeaders, noIdentityHeaders, parseIdentityHeaders } from './identity-header.ts'
import type { PublishingInput } from './input.ts'
import { type PublishedUrl, parsePublishedUrl } from './published-url.ts'
import { parseResponseHeaders } from './response-header.ts'
import { parseRules, parseSegments } from './segment.ts'

export type { CorsRuleInput } from '../cors/rule.ts'
export type { PublishingInput, SegmentInput } from './input.ts'

// The range of the original's token lifetime policies ends at a day; below a minute nobody could work.
export const sessionLifetimeMinSeconds = 60
export const sessionLifetimeMaxSeconds = 86_400

/**
 * The publishing of an application as it would be after a change, normalised, or every issue. What `input` leaves out
 * stays as in `current`, or gets its default in a new one. Paths are relative to the publishing: `/segments/0/externalUrl`.
 */
export function parsePublishing(
  input: PublishingInput,
  current: Publishing | undefined,
  newId: () => string,
): Drafted<Publishing> {
  const issues: Issue[] = []
  const collect: Collect = (parsed) => {
    if (!failed(parsed)) return parsed.value
    issues.push(...parsed.issues)
    return parsed.draft
  }
  const settings = parseSettings(input, current)
  const urls = parseUrls(input, current, collect)
  issues.push(...urlIssues(urls, settings.preAuthentication), ...lifetimeIssues(settings))
  const segments = parseSegments(input.segments, current?.segments ?? [], newId)
  const corsRules = parseRules(input.corsRules, '/corsRules', current?.corsRules ?? [], newId)
  const headers = input.responseHeaders ?? current?.responseHeaders ?? []
  const publishing: Publishing = {
    ...settings,
    externalUrl: urls.external?.text,
    internalUrl: urls.internal?.text,
    alternateUrl: urls.alternate?.text,
    segments: collect(segments) ?? [],
    corsRules: collect(corsRules) ?? [],
    responseHeaders: collect(parseResponseHeaders(headers, '/responseHeaders')) ?? [],
    identityHeaders: collect(readIdentityHeaders(input, current)) ?? noIdentityHeaders,
  }
  issues.push(...segmentIssues(publishing, urls))
  if (!current && isEmpty(input)) issues.push(nothingToPublish)
  return issues.length > 0 ? { issues, draft: publishing } : { value: publishing }
}

type Collect = <Value>(parsed: Drafted<Value>) => Value | undefined

const nothingToPublish: Issue = {
  path: '/externalUrl',
  code: 'required',
  message: 'give an external and an internal URL, or segments',
}

function readIdentityHeaders(
  { identityHeaders: sent }: PublishingInput,
  current: Publishing | undefined,
): Parsed<IdentityHeaders> {
  const before = current?.identityHeaders ?? noIdentityHeaders
  const wanted = {
    enabled: sent?.enabled ?? before.enabled,
    headers: sent?.headers ?? before.headers,
    encoding: sent?.encoding ?? before.encoding,
    assertion: sent?.assertion ?? before.assertion,
  }
  return parseIdentityHeaders(wanted, '/identityHeaders')
}

function isEmpty(input: PublishingInput): boolean {
  const { externalUrl, internalUrl, alternateUrl, segments } = input
  return !externalUrl && !internalUrl && !alternateUrl && !segments?.length
}

type Settings = Omit<
  Publishing,
  | 'externalUrl'
  | 'internalUrl'
  | 'alternateUrl'
  | 'segments'
  | 'corsRules'
  | 'responseHeaders'
  | 'identityHeaders'
>

function parseSettings(input: PublishingInput, current: Publishing | undefined): Settings {
  const before = current ?? newPublishing
  return {
    preAuthentication: input.preAuthentication ?? before.preAuthentication,
    backendTimeout: input.backendTimeout ?? before.backendTimeout,
    translateHostHeader: input.translateHostHeader ?? before.translateHostHeader,
    translateLinksInBody: input.translateLinksInBody ?? before.translateLinksInBody,
    useAlternateUrl: input.useAlternateUrl ?? before.useAlternateUrl,
    validateBackendCertificate:
      input.validateBackendCertificate ?? before.validateBackendCertificate,
    backendHttp2: input.backendHttp2 ?? before.backendHttp2,
    cookie: {
      httpOnly: input.cookie?.httpOnly ?? before.cookie.httpOnly,
      secure: input.cookie?.secure ?? before.cookie.secure,
      persistent: input.cookie?.persistent ?? before.cookie.persistent,
    },
    allowSiblingSegments: input.allowSiblingSegments ?? before.allowSiblingSegments,
    whenNoSegments: input.whenNoSegments ?? before.whenNoSegments,
    maintenance: input.maintenance ?? before.maintenance,
    preserveForms: input.preserveForms ?? before.preserveForms,
    injectSessionScript: input.injectSessionScript ?? before.injectSessionScript,
    sessionLifetimeSeconds: input.sessionLifetimeSeconds ?? before.sessionLifetimeSeconds,
    identityProviderId: (input.identityProviderId ?? before.identityProviderId) || undefined,
    forwardAccessToken: input.forwardAccessToken ?? before.forwardAccessToken,
  }
}

/** The original's defaults, but for HttpOnly: no page has business with the session cookie. [S3] */
export const newPublishing: Settings = {
  preAuthentication: true,
  backendTimeout: 'default',
  translateHostHeader: true,
  translateLinksInBody: false,
  useAlternateUrl: false,
  validateBackendCertificate: true,
  backendHttp2: false,
  cookie: { httpOnly: true, secure: true, persistent: false },
  allowSiblingSegments: false,
  whenNoSegments: 'wildcard',
  maintenance: false,
  preserveForms: false,
  injectSessionScript: false,
  sessionLifetimeSeconds: undefined,
  forwardAccessToken: false,
}

function lifetimeIssues({ sessionLifetimeSeconds: seconds }: Settings): Issue[] {
  if (seconds === undefined) return []
  const inRange = seconds >= sessionLifetimeMinSeconds && seconds <= sessionLifetimeMaxSeconds
  if (Number.isInteger(seconds) && inRange) return []
  const message = `must be whole seconds from ${sessionLifetimeMinSeconds} to ${sessionLifetimeMaxSeconds}`
  return [{ path: '/sessionLifetimeSeconds', code: 'session-lifetime', message }]
}

interface Urls {
  readonly external: PublishedUrl | undefined
  readonly internal: PublishedUrl | undefined
  readonly alternate: PublishedUrl | undefined
  /** What is written, parsed or not. */
  readonly written: { readonly [Name in keyof Omit<Urls, 'written'>]: string | undefined }
}

function parseUrls(
  input: PublishingInput,
  current: Publishing | undefined,
  collect: Collect,
): Urls {
  const written = {
    external: input.externalUrl ?? current?.externalUrl,
    internal: input.internalUrl ?? current?.internalUrl,
    alternate: input.alternateUrl ?? current?.alternateUrl,
  }
  const parse = (name: keyof typeof written) =>
    written[name]
      ? collect(
          parsePublishedUrl(
            written[name],
            name === 'internal' ? 'internal' : 'external',
            `/${name}Url`,
          ),
        )
      : undefined
  return {
    external: parse('external'),
    internal: parse('internal'),
    alternate: parse('alternate'),
    written,
  }
}

/** What must be true between the URLs of the application itself. [P3] [P10] */
function urlIssues(urls: Urls, preAuthentication: boolean): Issue[] {
  const { external, internal, alternate, written } = urls
  const issues: Issue[] = []
  const say = (path: string, code: string, message: string) => issues.push({ path, code, message })
  if (written.external && !written.internal) {
    say('/internalUrl', 'required', 'an external URL needs an internal one')
  }
  if (!written.external && (written.internal || written.alternate)) {
    say('/externalUrl', 'required', 'an internal or alternate URL needs an external one')
  }
  if (external && internal && external.starred !== internal.starred) {
    const path = external.starred ? '/internalUrl' : '/externalUrl'
    say(path, 'wildcard-one-side', 'a star must stand in both URLs or in none')
  }
  if (external && alternate && external.starred !== alternate.starred) {
    say('/alternateUrl', 'wildcard-one-side', 'must have a star exactly when the external URL has')
  }
  for (const [path, url] of [
    ['/externalUrl', external],
    ['/alternateUrl', alternate],
  ] as const) {
    issues.push(...schemeIssues(url, path, preAuthentication))
  }
  return issues
}

// Over plain http the session cookie could be read on the way.
function schemeIssues(url: PublishedUrl | undefined, path: string, needsHttps: boolean): Issue[] {
  if (url?.scheme !== 'http' || !needsHttps) return []
  const message = 'a pre-authenticated application must start with https'
  return [{ path, code: 'external-https', message }]
}

/** What must be true between the application's URLs and those of its segments. [P5] [P6] */
function segmentIssues(publishing: Publishing, urls: Urls): Issue[] {
  const { external, alternate, written } = urls
  if (publishing.segments.length === 0) return []
  if (external && !external.starred) {
    const message = 'segments need a wildcard application: https://*.contoso.net/'
    return [{ path: '/segments', code: 'segments-need-wildcard', message }]
  }
  const needsHttps = publishing.preAuthentication
  return publishing.segments.flatMap((segment, index) => [
    ...hostIssues(segment, 'externalUrl', index, external, needsHttps),
    ...hostIssues(
      segment,
      'alternateUrl',
      index,
      written.alternate ? alternate : external,
      needsHttps,
    ),
  ])
}

function hostIssues(
  segment: Segment,
  field: 'externalUrl' | 'alternateUrl',
  index: number,
  wildcard: PublishedUrl | undefined,
  needsHttps: boolean,
): Issue[] {
  const path = `/segments/${index}/${field}`
  const parsed = parsePublishedUrl(segment[field] ?? '', 'external', path)
  if (failed(parsed)) return []
  const issues = schemeIssues(parsed.value, path, needsHttps)
  // Without a wildcard of its own the application has no domain to stay in (docs/decisions/0004).
  if (!wildcard || parentOf(parsed.value.domain) === wildcard.domain) return issues
  const message = `must be one label under the application's wildcard *.${wildcard.domain}`
  return [...issues, { path, code: 'outside-wildcard', message }]
}

function parentOf(domain: string): string {
  return domain.slice(domain.indexOf('.') + 1)
}

/** What an edge allows an application. */
export interface PublishingLimits {
  readonly maxSegments: number
  /** Hosts of the edge itself. */
  readonly reservedHosts: ReadonlySet<string>
}

/**
 * What must be true between an application and all others: URLs are unique, and none is at a host of the edge's own. Paths are relative to the publishing, as
 * those of `parsePublishing`. `before`: what it takes the place of; of two URLs that are the same the one that was there is not to blame. [P6] [P9]
 */
export function validateAgainst(
  application: Application,
  others: readonly Application[],
  limits: PublishingLimits,
  before?: Publishing,
): Issue[] {
  const { publishing } = application
  if (!publishing) return []
  const issues = [
    ...limitIssues(publishing, limits.maxSegments),
    ...reservedIssues(publishing, limits.reservedHosts),
  ]
  const was = new Map(before?.segments.map((segment) => [segment.id, segment]))
  const external = claimUrls(externalUrls(publishing, was), 'duplicate-external-url', issues)
  const internal = claimUrls(internalUrls(publishing, was), 'duplicate-internal-url', issues)
  for (const other of others) {
    if (!other.publishing || other.id === application.id) continue
    const by = `is already published by "${other.displayName}"`
    for (const { url } of externalUrls(other.publishing)) {
      const path = external.get(url)
      if (path) issues.push({ path, code: 'duplicate-external-url', message: `${url} ${by}` })
    }
    for (const { url } of internalUrls(other.publishing)) {
      const path = internal.get(url)
      if (path) issues.push({ path, code: 'duplicate-internal-url', message: `${url} ${by}` })
    }
  }
  return issues
}

/** The URLs that no other application may publish: two that `validateAgainst` tells apart share none of them. */
export function claimedUrls({
  externalUrl,
  alternateUrl,
  segments,
}: Publishing): readonly string[] {
  const urls = [externalUrl, alternateUrl]
  for (const segment of segments) {
    urls.push(segment.externalUrl, segment.internalUrl, segment.alternateUrl)
  }
  return urls.flatMap((url) => url || [])
}

function limitIssues({ segments }: Publishing, maxSegments: number): Issue[] {
  if (segments.length <= maxSegments) return []
  const message = `${segments.length} segments are more than the ${maxSegments} that this edge allows an application (sallyport edge --segments-max)`
  return [{ path: '/segments', code: 'too-many-segments', message }]
}

/** Whoever answers on the host of the portal is, to browsers, the portal. */
function reservedIssues(publishing: Publishing, hosts: ReadonlySet<string>): Issue[] {
  if (hosts.size === 0) return []
  return externalUrls(publishing).flatMap(({ path, url }) => {
    const host = URL.parse(url)?.hostname ?? ''
    const message = `${host} is a host of Sallyport itself`
    return hosts.has(host) ? [{ path, code: 'reserved-host', message }] : []
  })
}

interface PlacedUrl {
  readonly path: string
  readonly url: string
  /** It stood there before. */
  readonly isOld?: boolean
}

/** URL → path; a URL claimed twice is an issue at the second place, or at the one that is new. */
function claimUrls(urls: readonly PlacedUrl[], code: string, issues: Issue[]): Map<string, string> {
  const claimed = new Map<string, string>()
  const olderFirst = urls.toSorted((one, other) => Number(!one.isOld) - Number(!other.isOld))
  for (const { path, url } of olderFirst) {
    if (claimed.has(url)) issues.push({ path, code, message: `${url} stands here twice` })
    else claimed.set(url, path)
  }
  return claimed
}

type Segments = ReadonlyMap<string, Segment>

const none: Segments = new Map()

function externalUrls(publishing: Publishing, was = none): readonly PlacedUrl[] {
  const { externalUrl, alternateUrl, segments } = publishing
  return [
    { path: '/externalUrl', url: externalUrl ?? '', isOld: true },
    { path: '/alternateUrl', url: alternateUrl ?? '', isOld: true },
    ...segments.flatMap((segment, index) => [
      placedUrl(segment, index, 'externalUrl', was),
      placedUrl(segment, index, 'alternateUrl', was),
    ]),
  ].filter(({ url }) => url !== '')
}

// Of segments only: a regular application may have the same internal URL as a segment. A draft may lack one.
function internalUrls({ segments }: Publishing, was = none): readonly PlacedUrl[] {
  return segments
    .map((segment, index) => placedUrl(segment, index, 'internalUrl', was))
    .filter(({ url }) => url !== '')
}

function placedUrl(
  segment: Segment,
  index: number,
  field: 'externalUrl' | 'internalUrl' | 'alternateUrl',
  was: Segments,
): PlacedUrl {
  const url = segment[field] ?? ''
  const isOld = was.get(segment.id)?.[field] === segment[field]
  return { path: `/segments/${index}/${field}`, url, isOld }
}
