import { isDeepStrictEqual } from 'node:util'
import type { Drafted, Issue } from '../../base/check.ts'
import type { Publishing } from '../../publishing/application.ts'
import type { IdentityHeader } from '../../publishing/identity-header.ts'
import {
  type PublishingInput,
  parsePublishing,
  type SegmentInput,
} from '../../publishing/validate.ts'
import { issueAt, type Reading, readBodyParts, withMeaning } from './body.ts'
import { type PublishingBody, publishingBody, type SegmentBody } from './publishing-body.ts'
import { mergeRules, mergeSegments, segmentAsSent } from './segments.ts'
import { graphTarget, type Place, type SegmentSpelling } from './target.ts'

/** A change of one publishing document: what to set, how the caller spelt it, and what could not be read. */
export interface Edit {
  readonly input: PublishingInput
  readonly place: Place
  /** With the caller's paths, `place.prefix` included. */
  readonly issues: readonly Issue[]
  /** Back to the edge's own session lifetime; leaving it out would leave it as it is. */
  readonly clearsSessionLifetime?: boolean
}

/** The edited publishing, or every issue under the caller's own path. [G4] */
export function applyEdit(
  edit: Edit,
  current: Publishing | undefined,
  newId: () => string,
): Drafted<Publishing> {
  // Where the whole body cannot be read, there is nothing more to say about its parts.
  const root = edit.place.focus === undefined ? edit.place.prefix : ''
  if (edit.issues.some((issue) => issue.path === root)) return { issues: edit.issues }
  const parsed = parsePublishing(edit.input, current, newId)
  const found = 'issues' in parsed ? parsed.issues : []
  const meaning = found.map((issue) => ({ ...issue, path: graphTarget(issue.path, edit.place) }))
  const issues = withMeaning(edit.issues, meaning)
  if (issues.length > 0 || 'issues' in parsed) {
    const draft = 'issues' in parsed ? parsed.draft : parsed.value
    return { issues, ...(draft && { draft }) }
  }
  return edit.clearsSessionLifetime
    ? { value: { ...parsed.value, sessionLifetimeSeconds: undefined } }
    : parsed
}

/** Reads `onPremisesPublishing` once; `prefix` is its path in the body. The edit depends on what is there. */
export function readPublishing(
  body: unknown,
  prefix: string,
): (current: Publishing | undefined) => Edit {
  const reading: Reading<PublishingBody> = readBodyParts(publishingBody, body)
  const typeIssues = segmentTypeIssues(body)
  return (current) => editPublishing(reading, typeIssues, prefix, current)
}

function editPublishing(
  reading: Reading<PublishingBody>,
  typeIssues: readonly Issue[],
  prefix: string,
  current: Publishing | undefined,
): Edit {
  const sent = reading.value ?? {}
  const chosen = chooseSegments(sent, current)
  const place: Place = { prefix, spelling: chosen.spelling }
  const issues = [...reading.issues, ...typeIssues, ...chosen.issues].map((issue) => ({
    ...issue,
    path: [prefix, issue.path].filter((part) => part !== '').join('/'),
  }))
  const input = { ...toInput(sent, current), segments: chosen.segments }
  return {
    input,
    place,
    issues,
    clearsSessionLifetime: sent.sessionLifetimeInSeconds === null,
  }
}

function toInput(sent: PublishingBody, current: Publishing | undefined): PublishingInput {
  return {
    externalUrl: sent.externalUrl,
    internalUrl: sent.internalUrl,
    alternateUrl: sent.alternateUrl,
    preAuthentication: isPreAuthentication(sent.externalAuthenticationType),
    backendTimeout: sent.applicationServerTimeout,
    translateHostHeader: sent.isTranslateHostHeaderEnabled,
    translateLinksInBody: sent.isTranslateLinksInBodyEnabled,
    useAlternateUrl: sent.useAlternateUrlForTranslationAndRedirect,
    validateBackendCertificate: sent.isBackendCertificateValidationEnabled,
    cookie: {
      httpOnly: sent.isHttpOnlyCookieEnabled,
      secure: sent.isSecureCookieEnabled,
      persistent: sent.isPersistentCookieEnabled,
    },
    corsRules:
      sent.corsConfigurations && mergeRules(sent.corsConfigurations, current?.corsRules ?? []),
    allowSiblingSegments: sent.allowSiblingSegments,
    whenNoSegments: sent.whenNoSegments,
    responseHeaders: sent.responseHeaderRules,
    maintenance: sent.isInMaintenance,
    preserveForms: sent.isFormPostPreserved,
    injectSessionScript: sent.isSessionScriptInjected,
    backendHttp2: sent.isBackendHttp2Enabled,
    sessionLifetimeSeconds: sent.sessionLifetimeInSeconds ?? undefined,
    identityProviderId: sent.identityProviderId,
    identityHeaders: toIdentityHeaders(sent),
    forwardAccessToken: sent.isAccessTokenForwarded,
  }
}

function toIdentityHeaders(sent: PublishingBody): PublishingInput['identityHeaders'] {
  const { singleSignOnSettings: mode, headerBasedSingleSignOn: mapping } = sent
  const switched = mode === null ? 'none' : (mode?.singleSignOnMode ?? undefined)
  return {
    enabled: switched === undefined ? undefined : switched !== 'none',
    headers: mapping === null ? [] : mapping?.headers?.map(withoutGaps),
    encoding: mapping === null ? 'percent' : mapping?.valueEncoding,
    assertion: sent.isIdentityAssertionEnabled,
  }
}

type HeaderBody = NonNullable<
  NonNullable<PublishingBody['headerBasedSingleSignOn']>['headers']
>[number]

function withoutGaps(header: HeaderBody): IdentityHeader {
  return {
    ...header,
    transformation: header.transformation ?? 'none',
    separator: header.separator ?? ',',
  }
}

function isPreAuthentication(type: PublishingBody['externalAuthenticationType']) {
  return type === undefined ? undefined : type === 'aadPreAuthentication'
}

interface Chosen {
  /** Undefined: nothing was said about them. */
  readonly segments: readonly SegmentInput[] | undefined
  readonly spelling: SegmentSpelling
  readonly issues: readonly Issue[]
}

const older = 'onPremisesApplicationSegments'
const newer = 'segmentsConfiguration/applicationSegments'

// A client that reads everything, changes one shape and sends both back means the one it changed.
function chooseSegments(sent: PublishingBody, current: Publishing | undefined): Chosen {
  const kept = current?.segments ?? []
  const unchanged = kept.map(segmentAsSent)
  const lists = [
    { spelling: older, body: sent.onPremisesApplicationSegments },
    { spelling: newer, body: configuredSegments(sent) },
  ] as const
  const issues = lists
    .filter(({ body }) => body === null && kept.length > 0)
    .map(({ spelling }) =>
      issueAt(spelling, 'null-segments', 'must be a list; an empty one deletes all segments'),
    )
  const said = lists.flatMap(({ spelling, body }) =>
    body ? [{ spelling, segments: mergeSegments(body, kept) }] : [],
  )
  const changed = said.filter(({ segments }) => !isDeepStrictEqual(segments, unchanged))
  const [first = said[0], second] = changed
  if (second && !isDeepStrictEqual(withoutIds(first?.segments), withoutIds(second.segments))) {
    const message = `says something else than ${older}; send one of the two`
    issues.push(issueAt(newer, 'conflicting-segments', message))
  }
  // The newer shape carries ids, so it is the better one of two that say the same.
  const best = second ?? first
  return {
    segments: best?.segments,
    spelling: best?.spelling ?? older,
    issues,
  }
}

// Generated clients send segmentsConfiguration with nothing but its type: that is silence, never an empty list.
function configuredSegments(sent: PublishingBody): readonly SegmentBody[] | null | undefined {
  return sent.segmentsConfiguration === null
    ? null
    : sent.segmentsConfiguration?.applicationSegments
}

function withoutIds(segments: readonly SegmentInput[] | undefined): unknown {
  return segments?.map(({ id: _, corsRules, ...segment }) => ({
    ...segment,
    corsRules: corsRules?.map(({ id: _, ...rule }) => rule),
  }))
}

const webType = '#microsoft.graph.websegmentconfiguration'

// The other type of segments is for raw IP traffic, which no proxy for the web forwards.
function segmentTypeIssues(body: unknown): Issue[] {
  const configuration = (body as { segmentsConfiguration?: unknown } | null)?.segmentsConfiguration
  const type = (configuration as { '@odata.type'?: unknown } | null | undefined)?.['@odata.type']
  if (type === undefined || (typeof type === 'string' && type.toLowerCase() === webType)) return []
  const message = 'must be #microsoft.graph.webSegmentConfiguration'
  return [issueAt('segmentsConfiguration/@odata.type', 'unsupported-type', message)]
}
